"""CSV and TSV: a header, then rows; quoted fields may hold line feeds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexing.readers import contract
from indexing.readers.compression import COMPRESSED_ENDINGS, Damaged, stream
from indexing.readers.contract import Block, Reader, Records, Rejection, SourceFile, Values, records_of

_ROWS_PER_BLOCK = 20_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, kw_only=True)
class RowsBlock(Block):
    """Rows under a header, with the line on which each ends."""

    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def decode(self) -> Records:
        """Check the rows and turn them into columns of texts; an empty cell is null."""
        good, rejections = [], list(self.rejections)
        for at, row in enumerate(self.rows):
            reason, detail = self._fault(row)
            if reason:
                rejections.append(self.reject(reason, self.lines[at], detail))
            else:
                good.append(at)
        columns: dict[str, Values] = {
            name: [self.rows[at][column] or None for at in good] for column, name in enumerate(self.header)
        }
        lines = np.array([self.lines[at] for at in good], np.int64)
        return records_of(self, columns, lines, rejections=tuple(rejections), untyped=True)

    def _fault(self, row: list[str]) -> tuple[str, str]:
        if len(row) != len(self.header):
            return "csv_error", f"{len(row)} fields where the header has {len(self.header)}"
        if any(not cell.isascii() and any("\udc80" <= c <= "\udcff" for c in cell) for cell in row):
            return "invalid_utf8", ""
        return "", ""

    @property
    def size(self) -> int:
        """Characters of the cells and what separates them: a little less than bytes."""
        return sum(sum(map(len, row)) + len(row) for row in self.rows)

    def head(self) -> Block:
        """The first rows."""
        return replace(self, rows=self.rows[: contract.HEAD_ROWS], lines=self.lines[: contract.HEAD_ROWS])


def cut_rows(file: SourceFile) -> Iterator[Block]:
    """Read rows in order; a row that cannot be read is rejected and reading goes on after it."""
    csv.field_size_limit(contract.RECORD_BYTES)
    raw = io.BufferedReader(_RawChunks(stream(Path(file.path))), buffer_size=1 << 20)
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        rows = _Rows(file, text)
        yield from rows.blocks()
    except (OSError, Damaged, csv.Error) as error:  # before the first row
        reasons: dict[type, str] = {Damaged: "truncated_archive", csv.Error: "csv_error"}
        failure = Rejection(reasons.get(type(error), "unreadable_file"), file.path, 1, str(error))
        yield RowsBlock(file=file, first=1, header=(), rows=[], lines=[], rejections=(failure,))


class _Rows:
    """The rows of one file, gathered into blocks."""

    def __init__(self, file: SourceFile, text: io.TextIOWrapper) -> None:
        first_line = text.readline()
        delimiter = "\t" if _is_tsv(file.path) else max(_DELIMITERS, key=first_line.count)
        self.file = file
        self.reader = csv.reader(_chain(first_line, text), delimiter=delimiter, strict=True)
        self.header = _unique(next(self.reader, []))
        self.rejections: list[Rejection] = []
        self.first = 1

    def blocks(self) -> Iterator[RowsBlock]:
        rows: list[list[str]] = []
        lines: list[int] = []
        size = 0
        for row, line in self._read():
            rows.append(row)
            lines.append(line)
            size += sum(map(len, row))
            if size >= contract.BLOCK_BYTES or len(rows) >= _ROWS_PER_BLOCK:
                yield self._block(rows, lines)
                rows, lines, size = [], [], 0
        if rows or self.rejections:
            yield self._block(rows, lines)

    def _read(self) -> Iterator[tuple[list[str], int]]:
        while True:
            try:
                row = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._reject("csv_error", str(error))
            except Damaged as error:
                self._reject("truncated_archive", str(error))
                return
            except OSError as error:
                self._reject("unreadable_file", str(error))
                return
            else:
                if row:
                    yield row, self.reader.line_num

    def _reject(self, reason: str, detail: str) -> None:
        self.rejections.append(Rejection(reason, self.file.path, self.reader.line_num, detail))

    def _block(self, rows: list[list[str]], lines: list[int]) -> RowsBlock:
        rejections, self.rejections = tuple(self.rejections), []
        first, self.first = self.first, self.first + len(rows)
        return RowsBlock(file=self.file, first=first, header=self.header, rows=rows, lines=lines, rejections=rejections)


def _is_tsv(path: str) -> bool:
    name = path.lower()
    for ending in COMPRESSED_ENDINGS:
        name = name.removesuffix(ending)
    return name.endswith(".tsv")


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _unique(names: list[str]) -> tuple[str, ...]:
    """Header names, each once: a repeated one gets `#2` behind it."""
    out: list[str] = []
    for at, name in enumerate(names, 1):
        base = name.strip().encode("utf-8", "replace").decode() or f"column {at}"
        free, number = base, 1
        while free in out:
            number += 1
            free = f"{base}#{number}"
        out.append(free)
    return tuple(out)


class _RawChunks(io.RawIOBase):
    """Chunks of bytes as a raw stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer will do
        if not self._held:
            self._held = memoryview(next(self._chunks, b""))
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size


DELIMITED = Reader(name="CSV", endings=(".csv", ".tsv"), cut=cut_rows)
