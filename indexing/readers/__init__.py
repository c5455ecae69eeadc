"""The file formats that a corpus can be built from: one module each, and the list of them.

The content decides which reader a file gets; its ending decides only whether it is looked at, and what a text
is that any reader could take.
"""

from __future__ import annotations

import json
from pathlib import Path

from indexing.readers.arrow_ipc import ARROW, FILE_MAGIC, STREAM_MAGIC
from indexing.readers.compression import COMPRESSED_ENDINGS, Damaged, stream
from indexing.readers.contract import Block, Reader, Records, Rejection, SourceFile
from indexing.readers.delimited import DELIMITED
from indexing.readers.hub import HUB
from indexing.readers.json_lines import JSON_LINES
from indexing.readers.json_values import JSON_VALUES
from indexing.readers.parquet import MAGIC as PARQUET_MAGIC
from indexing.readers.parquet import PARQUET
from indexing.readers.plain_text import TEXT

READERS: tuple[Reader, ...] = (JSON_LINES, JSON_VALUES, DELIMITED, PARQUET, ARROW, TEXT, HUB)

_SNIFFED_BYTES = 1 << 20

__all__ = ["READERS", "Block", "Reader", "Records", "Rejection", "SourceFile", "detect", "endings", "named"]


def endings() -> tuple[str, ...]:
    """The endings that are read, compression aside."""
    return tuple(ending for reader in READERS for ending in reader.endings)


def named(name: str) -> Reader:
    """The reader of that name."""
    return next(reader for reader in READERS if reader.name == name)


def detect(path: Path) -> Reader | None:
    """The reader for a file, by its content; None for an ending that no reader knows."""
    by_name = _by_name(path)
    if by_name is None:
        return None
    start = _start(path)
    if start.startswith(PARQUET_MAGIC):
        return PARQUET
    if start.startswith((FILE_MAGIC, STREAM_MAGIC)):
        return ARROW
    if by_name is TEXT:
        return TEXT
    return _by_text(start.removeprefix(b"\xef\xbb\xbf").lstrip(), by_name)


def _by_name(path: Path) -> Reader | None:
    name = path.name.lower()
    for ending in COMPRESSED_ENDINGS:
        name = name.removesuffix(ending)
    return next((reader for reader in READERS if name.endswith(reader.endings)), None)


def _by_text(start: bytes, by_name: Reader) -> Reader:
    """Tell lines of objects from one array and from objects over several lines."""
    line, feed, rest = start.partition(b"\n")
    whole = _parses(line)
    if whole is dict:
        return JSON_LINES
    if whole is list and (by_name is JSON_VALUES or not rest.strip()):
        return JSON_VALUES
    if by_name not in (JSON_LINES, JSON_VALUES) or not start:
        return by_name
    if start.startswith(b"["):
        return JSON_VALUES
    return JSON_LINES if not feed or _has_object_line(rest) else by_name


def _has_object_line(text: bytes) -> bool:
    """Whether one of the next lines is an object: then a broken first line is only a broken line."""
    return any(_parses(line) is dict for line in text.split(b"\n", 20)[:20])


def _parses(line: bytes) -> type | None:
    """The type of the JSON value on a line; None where it is not one whole value that can be followed."""
    try:
        return type(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _start(path: Path) -> bytes:
    pieces, size = [], 0
    try:
        for chunk in stream(path):
            pieces.append(chunk)
            size += len(chunk)
            if size >= _SNIFFED_BYTES:
                break
    except (Damaged, OSError):
        pass  # the reader meets the same damage and reports it
    return b"".join(pieces)[:_SNIFFED_BYTES]
