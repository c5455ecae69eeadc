"""Staged blocks on disk: one Arrow file a block, which says what its columns hold and what was left out."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.manifest import Reject
from indexing import tally
from indexing.readers.contract import SourceFile
from indexing.records import Documents
from indexing.tally import Tally
from indexing.typed_columns import Column, Kind

_REPORT = b"corpuscope"
#: Where each row comes from: the last two columns, found by their place, as a source's field may bear any name.
_PLACE = ("file", "line")
TEMPORARY = ".tmp"
_ROWS_PER_BATCH = 4096


@dataclass(frozen=True)
class ColumnReport:
    """What a block's column holds: values by kind, whether in lists, whether of a format without types.

    `first` is the file and line of the first value of each kind.
    """

    counts: dict[Kind, int]
    multi: bool
    untyped: bool
    first: dict[Kind, tuple[str, int]]


@dataclass(frozen=True)
class BlockReport:
    """What a block holds, without its rows. `files` gives accepted and rejected records by file ordinal."""

    rows: int
    columns: dict[str, ColumnReport]
    files: dict[int, tuple[int, int]]
    rejected: dict[str, Reject]
    mended: dict[str, Reject]

    def to_bytes(self) -> bytes:
        """JSON for the file's schema."""
        columns = {name: [c.counts, c.multi, c.untyped, c.first] for name, c in self.columns.items()}
        rejects = (tally.to_json(self.rejected), tally.to_json(self.mended))
        return json.dumps([self.rows, columns, list(self.files.items()), *rejects]).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> BlockReport:
        """What `to_bytes` wrote."""
        rows, columns, files, rejected, mended = json.loads(raw)
        reports = {
            name: ColumnReport(counts, multi, untyped, {kind: (path, line) for kind, (path, line) in first.items()})
            for name, (counts, multi, untyped, first) in columns.items()
        }
        counts = {ordinal: (accepted, lost) for ordinal, (accepted, lost) in files}
        return cls(rows, reports, counts, tally.from_json(rejected), tally.from_json(mended))


def write_block(path: Path, documents: Documents, files: Iterable[SourceFile]) -> BlockReport:
    """Write a block whole or not at all."""
    report = report_of(documents, files)
    names = [*documents.columns, *_PLACE]
    arrays = [column.values for column in documents.columns.values()]
    arrays += [pa.array(documents.ordinals), pa.array(documents.lines)]
    schema = pa.schema([pa.field(n, a.type) for n, a in zip(names, arrays, strict=True)], {_REPORT: report.to_bytes()})
    # The process id keeps a dying worker of a killed run from writing into this run's file.
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, schema, options=options) as file:
        file.write_table(pa.Table.from_arrays(arrays, schema=schema), max_chunksize=_ROWS_PER_BATCH)
    temporary.replace(path)
    return report


def read_report(path: Path) -> BlockReport | None:
    """The report of a whole block; None where there is none."""
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
            return BlockReport.from_bytes(file.schema.metadata[_REPORT])
    except (OSError, pa.ArrowInvalid):
        return None


def read_batches(path: Path, names: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a block, a few thousand at a time; only the named columns where names are given."""
    columns = _columns(path)[: -len(_PLACE)]
    return _read(path, [columns.index(name) for name in columns if names is None or name in names])


def place_of(path: Path, row: int) -> tuple[int, int]:
    """Ordinal of the file, and line in it, that a row of a block comes from."""
    width = len(_columns(path))
    for batch in _read(path, list(range(width - len(_PLACE), width))):
        if row < batch.num_rows:
            ordinal, line = (column[row].as_py() for column in batch.columns)
            return ordinal, line
        row -= batch.num_rows
    raise IndexError(f"{path} has no row {row} more.")


def _columns(path: Path) -> list[str]:
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        names: list[str] = file.schema.names
        return names


def _read(path: Path, columns: list[int]) -> Iterator[pa.RecordBatch]:
    options = pa.ipc.IpcReadOptions(included_fields=columns)
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source, options=options) as file:
        for index in range(file.num_record_batches):
            yield file.get_batch(index)


def staged_column(batch: pa.RecordBatch, name: str, report: ColumnReport) -> Column:
    """A column of a batch with what its block says about it."""
    return Column(batch.column(name), report.counts, report.multi, report.untyped)


def report_of(documents: Documents, files: Iterable[SourceFile]) -> BlockReport:
    """What there is to say about the documents of a block of these files."""
    files = tuple(files)
    rejected, mended = Tally(), Tally()
    rejected.add(documents.rejections)
    mended.add(documents.mended)
    paths = {file.ordinal: file.path for file in files}
    columns = {
        name: ColumnReport(c.counts, c.multi, c.untyped, _first_places(c, documents, paths))
        for name, c in documents.columns.items()
    }
    accepted = Counter(documents.ordinals.tolist())
    lost = Counter(case.file for case in documents.rejections)
    counts = {file.ordinal: (accepted[file.ordinal], lost[file.path]) for file in files}
    return BlockReport(len(documents.ordinals), columns, counts, rejected.result(), mended.result())


def _first_places(column: Column, documents: Documents, paths: Mapping[int, str]) -> dict[Kind, tuple[str, int]]:
    rows = column.first
    if len(column.counts) == 1:
        rows = dict.fromkeys(column.counts, pc.index(column.values.is_valid(), value=True).as_py())
    return {
        kind: (paths[int(documents.ordinals[row])], int(documents.lines[row])) for kind, row in rows.items() if row >= 0
    }
