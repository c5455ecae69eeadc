"""Plain text: one document a file."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexing.readers import contract
from indexing.readers.compression import Damaged, stream
from indexing.readers.contract import Block, Reader, Records, Rejection, SourceFile

_FILES_PER_BLOCK = 1000


@dataclass(frozen=True, kw_only=True)
class TextsBlock(Block):
    """Consecutive small files, read where the block is decoded."""

    members: tuple[SourceFile, ...]

    def files(self) -> tuple[SourceFile, ...]:
        """All files of the block."""
        return self.members

    def decode(self) -> Records:
        """One record for every file that can be read."""
        texts, kept, rejections = [], [], list(self.rejections)
        for member in self.members:
            try:
                texts.append(_read(Path(member.path)))
            except _Unusable as error:
                rejections.append(Rejection(error.reason, member.path, 1, error.detail))
            else:
                kept.append(member)
        columns = {"text": texts, "source": [member.stem for member in kept]}
        ordinals = np.array([member.ordinal for member in kept], np.int64)
        return Records(columns, np.ones(len(kept), np.int64), ordinals, rejections=tuple(rejections))

    def head(self) -> Block:
        """The first file."""
        return replace(self, members=self.members[:1])


class _Unusable(Exception):
    """A file that gives no text."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def _read(path: Path) -> str:
    pieces, size = [], 0
    try:
        for chunk in stream(path):
            pieces.append(chunk)
            size += len(chunk)
            if size > contract.RECORD_BYTES:
                raise _Unusable("record_too_large", f"more than {contract.RECORD_BYTES >> 20} MiB")
    except Damaged as error:
        raise _Unusable("truncated_archive", str(error)) from None
    except OSError as error:
        raise _Unusable("unreadable_file", str(error)) from None
    try:
        return b"".join(pieces).removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Unusable("invalid_utf8", f"byte {error.start}") from None


def cut_text(file: SourceFile) -> Iterator[Block]:
    """The file as a block of its own."""
    yield TextsBlock(file=file, first=1, members=(file,))


def group(files: Iterable[SourceFile]) -> Iterator[TextsBlock]:
    """Consecutive text files, so many together that a block is worth its overhead."""
    held: list[SourceFile] = []
    size = 0
    for file in files:
        held.append(file)
        size += file.bytes
        if size >= contract.BLOCK_BYTES or len(held) >= _FILES_PER_BLOCK:
            yield TextsBlock(file=held[0], first=1, members=tuple(held))
            held, size = [], 0
    if held:
        yield TextsBlock(file=held[0], first=1, members=tuple(held))


TEXT = Reader(name="text", endings=(".txt",), cut=cut_text)
