"""Staged blocks on disk: one Arrow file a block, which says what its columns hold and what was left out."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from corpuscope.manifest import Reject
from indexing import tally
from indexing.readers.contract import SourceFile
from indexing.records import Documents
from indexing.tally import Tally
from indexing.typed_columns import Column, Kind

_REPORT = b"corpuscope"
TEMPORARY = ".tmp"
_ROWS_PER_BATCH = 4096


@dataclass(frozen=True)
class ColumnReport:
    """What a block's column holds: values by kind, whether in lists, whether of a format without types."""

    counts: dict[Kind, int]
    multi: bool
    untyped: bool


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
        columns = {name: [c.counts, c.multi, c.untyped] for name, c in self.columns.items()}
        rejects = (tally.to_json(self.rejected), tally.to_json(self.mended))
        return json.dumps([self.rows, columns, list(self.files.items()), *rejects]).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> BlockReport:
        """What `to_bytes` wrote."""
        rows, columns, files, rejected, mended = json.loads(raw)
        reports = {name: ColumnReport(*column) for name, column in columns.items()}
        counts = {ordinal: (accepted, lost) for ordinal, (accepted, lost) in files}
        return cls(rows, reports, counts, tally.from_json(rejected), tally.from_json(mended))


def write_block(path: Path, documents: Documents, files: Iterable[SourceFile]) -> BlockReport:
    """Write a block whole or not at all."""
    report = report_of(documents, files)
    names = list(documents.columns)
    arrays = [documents.columns[name].values for name in names]
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
    options = None
    with pa.memory_map(str(path)) as source:
        if names is not None:
            with pa.ipc.open_file(source) as file:
                wanted = [file.schema.get_field_index(name) for name in names]
            options = pa.ipc.IpcReadOptions(included_fields=wanted)
            source.seek(0)
        with pa.ipc.open_file(source, options=options) as file:
            for index in range(file.num_record_batches):
                yield file.get_batch(index)


def staged_column(batch: pa.RecordBatch, name: str, report: ColumnReport) -> Column:
    """A column of a batch with what its block says about it."""
    return Column(batch.column(name), report.counts, report.multi, report.untyped)


def report_of(documents: Documents, files: Iterable[SourceFile]) -> BlockReport:
    """What there is to say about the documents of a block of these files."""
    rejected, mended = Tally(), Tally()
    rejected.add(documents.rejections)
    mended.add(documents.mended)
    columns = {name: ColumnReport(c.counts, c.multi, c.untyped) for name, c in documents.columns.items()}
    accepted = Counter(documents.ordinals.tolist())
    lost = Counter(case.file for case in documents.rejections)
    counts = {file.ordinal: (accepted[file.ordinal], lost[file.path]) for file in files}
    return BlockReport(len(documents.ordinals), columns, counts, rejected.result(), mended.result())
