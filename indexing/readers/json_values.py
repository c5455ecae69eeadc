"""JSON files that are one array of objects, or objects written over several lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from indexing.readers import contract
from indexing.readers.compression import Damaged, stream
from indexing.readers.contract import Block, Reader, Records, Rejection, SourceFile, records_of
from indexing.readers.flattening import KEPT_LEVELS, empty_deepest, flatten
from indexing.readers.json_lines import mend_values, transpose

#: Values of a block; they are parsed before their size is known.
_VALUES_PER_BLOCK = 2048
#: A file is read up to where it is nested deeper: the parser's memory grows with the square of the levels.
_LEVELS = 1000
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))


@dataclass(frozen=True, kw_only=True)
class ValuesBlock(Block):
    """Parsed values of a file; `first` is the number of the first one."""

    values: list[Any]
    bytes_read: int
    mended: tuple[Rejection, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that the values took in the file, about."""
        return self.bytes_read

    def decode(self) -> Records:
        """Keep the objects among the values."""
        rejections, mended = list(self.rejections), list(self.mended)
        objects, numbers = [], []
        for number, value in enumerate(self.values, self.first):
            if isinstance(value, dict):
                kept, fields = mend_values(_plain_numbers(value))
                objects.append(kept)
                numbers.append(number)
                mended += [self.reject("not_a_finite_number", number, f"field {field}") for field in fields]
            else:
                rejections.append(self.reject("not_an_object", number, type(value).__name__))
        columns = flatten(transpose(objects))
        lines = np.array(numbers, np.int64)
        return records_of(self, columns, lines, rejections=tuple(rejections), mended=tuple(mended))

    def head(self) -> Block:
        """The first values."""
        share = min(1.0, contract.HEAD_ROWS / max(1, len(self.values)))
        return replace(self, values=self.values[: contract.HEAD_ROWS], bytes_read=int(self.bytes_read * share))


def cut_values(file: SourceFile) -> Iterator[Block]:
    """Read values one after the other; after a mistake in the JSON nothing more can be read."""
    source = _ChunkFile(stream(Path(file.path)))
    held = _Held(file)
    rejection = None
    try:
        for value, end in _values(source):
            held.add(value)
            if len(held.values) >= _VALUES_PER_BLOCK or end - held.start >= contract.BLOCK_BYTES:
                yield held.block(end)
    except Damaged as error:
        rejection = ("truncated_archive", str(error))
    except OSError as error:
        rejection = ("unreadable_file", str(error))
    except ValueError as error:  # the rest of the file has no record that could be told apart
        rejection = ("invalid_json", f"the file is not read from here on: {_first_line(error)}")
    if rejection is not None:
        last = Rejection(rejection[0], file.path, held.first + len(held.values), rejection[1])
        yield held.block(source.position).with_rejection(last)
    elif held.values:
        yield held.block(source.position)


class _Held:
    """Values that have not been made a block yet, the first of them and the byte at which it starts, about."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.first, self.start = 1, 0
        self.values: list[Any] = []
        self.mended: list[Rejection] = []

    def add(self, value: Any) -> None:
        if empty_deepest(value):
            number = self.first + len(self.values)
            detail = f"more than {KEPT_LEVELS} levels"
            self.mended.append(Rejection("nested_too_deep", self.file.path, number, detail))
        self.values.append(value)

    def block(self, end: int) -> ValuesBlock:
        """Give away what is held; it ends at this byte."""
        block = ValuesBlock(
            file=self.file,
            first=self.first,
            values=self.values,
            bytes_read=end - self.start,
            mended=tuple(self.mended),
        )
        self.first, self.start = self.first + len(self.values), end
        self.values, self.mended = [], []
        return block


def _values(source: _ChunkFile) -> Iterator[tuple[Any, int]]:
    """Each value, and how many bytes had been read when it was complete."""
    import ijson

    prefix, many = ("item", False) if source.first_byte() == b"[" else ("", True)
    try:
        for value in ijson.items(source, prefix, multiple_values=many, buf_size=1 << 16):
            yield value, source.position
    except ijson.JSONError as error:
        raise ValueError(*error.args) from None


def _first_line(error: ValueError) -> str:
    message = error.args[0] if error.args else ""
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
    return text.partition("\n")[0].strip()


def _plain_numbers(value: Any) -> Any:
    """Decimals, which the parser makes of every fraction, as floating point."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(inner) for inner in value]
    return value


class _Nesting:
    """Counts how deep JSON is nested, piece by piece."""

    def __init__(self) -> None:
        self._level = 0
        self._in_text = 0
        self._escape = b""

    def check(self, piece: bytes) -> None:
        """Raise ValueError where the piece goes deeper than the parser is let."""
        data = self._escape + piece
        self._escape = b"\\" if (len(data) - len(data.rstrip(b"\\"))) % 2 else b""
        data = data.removesuffix(self._escape).replace(rb"\\", b"").replace(rb"\"", b"")
        pieces = data.split(b'"')
        outside = b"".join(pieces[self._in_text :: 2])
        self._in_text = (self._in_text + len(pieces) - 1) % 2
        levels = np.frombuffer(outside.translate(_STEPS, _NO_BRACKETS), np.int8).cumsum(dtype=np.int64) + self._level
        if len(levels):
            self._level = int(levels[-1])
            if levels.max() > _LEVELS:
                raise ValueError(f"nested in more than {_LEVELS} levels")


class _ChunkFile:
    """Chunks of bytes as a file that ijson can read; a byte-order mark goes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._nesting = _Nesting()
        self._held = b""
        self.position = 0

    def first_byte(self) -> bytes:
        """The first byte that is no white space; asked before anything is read."""
        self._held = next(self._chunks, b"").removeprefix(codecs.BOM_UTF8)
        return self._held.lstrip()[:1]

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; nothing at the end."""
        while not self._held:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._held = chunk
        piece, self._held = (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        self.position += len(piece)
        self._nesting.check(piece)
        return piece


JSON_VALUES = Reader(name="JSON", endings=(".json",), cut=cut_values)
