"""Staged blocks -> documents.parquet: rows in order, settled types, row groups that are quick to read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.errors import CorpusDamaged
from indexing.blocks import BlockReport, read_batches, read_report, staged_column
from indexing.duplicates import read_repeats
from indexing.settle import Settled
from indexing.typed_columns import conform

#: A row group ends with the row that fills either: reading one document decodes its row group.
GROUP_ROWS = 500
GROUP_BYTES = 1 << 20
_COMPRESSION_LEVEL = 1
#: Columns whose values hardly repeat within a row group.
_DISTINCT = frozenset({"id", "text", "title", "url", "date"})


def schema_of(settled: Settled) -> pa.Schema:
    """The columns of documents.parquet, the same in all parts."""
    columns = [("id", pa.string()), ("text", pa.large_string())]
    return pa.schema([*columns, *((field.name, field.arrow_type) for field in settled.fields)])


def write_documents(
    settled: Settled, part_index: int, target: Path, advance: Callable[[int], None] = lambda rows: None
) -> int:
    """Write one part, whole or not at all; gives its rows. The same bytes whoever writes it."""
    schema = schema_of(settled)
    return write_tables(_tables(settled, part_index, schema), schema, target, advance)


def write_tables(
    tables: Iterator[pa.Table], schema: pa.Schema, target: Path, advance: Callable[[int], None] = lambda rows: None
) -> int:
    """Write rows as a documents.parquet, whole or not at all; how they are cut into tables leaves no trace."""
    temporary = target.with_name(f".{target.name}.tmp")
    counted = [_leaf(field) for field in schema if field.name not in ("id", "text")]
    coded = [_leaf(field) for field in schema if field.name not in _DISTINCT]
    rows = 0
    with pq.ParquetWriter(
        temporary,
        schema,
        compression="zstd",
        compression_level=_COMPRESSION_LEVEL,
        use_dictionary=coded,
        write_statistics=["id", *counted],
    ) as writer:
        for group in _row_groups(tables):
            writer.write_table(group, row_group_size=group.num_rows)
            rows += group.num_rows
            advance(group.num_rows)
    temporary.replace(target)
    return rows


def _leaf(field: pa.Field) -> str:
    """The path of the Parquet column that holds a field's values."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else str(field.name)


def _tables(settled: Settled, part_index: int, schema: pa.Schema) -> Iterator[pa.Table]:
    """The part's rows in their settled form."""
    start, end = settled.part_starts[part_index], settled.part_starts[part_index + 1]
    repeats = _Repeats(settled, start, end)
    row = 0
    for name, rows in settled.blocks:
        if row < end and row + rows > start:
            path = settled.staging / "blocks" / name
            report = read_report(path)
            if report is None:
                raise CorpusDamaged(f"The staged file {path} is missing or damaged; build again with --force.")
            at = row
            for batch in read_batches(path):
                piece = batch.slice(max(0, start - at), max(0, min(end, at + batch.num_rows) - max(start, at)))
                if piece.num_rows:
                    table = _conformed(piece, report, settled, schema)
                    yield repeats.apply(table, max(start, at))
                at += batch.num_rows
        row += rows


def _conformed(batch: pa.RecordBatch, report: BlockReport, settled: Settled, schema: pa.Schema) -> pa.Table:
    arrays = [batch.column("id"), batch.column("text")]
    for field, column in zip(settled.fields, settled.columns, strict=True):
        if column is None or column not in report.columns:
            arrays.append(pa.nulls(batch.num_rows, field.arrow_type))
        else:
            held = staged_column(batch, column, report.columns[column])
            arrays.append(conform(held, field.type, multi=field.multi)[0])
    return pa.Table.from_arrays(arrays, schema=schema)


class _Repeats:
    """The repeated ids of a part, renamed or dropped."""

    def __init__(self, settled: Settled, start: int, end: int) -> None:
        table = read_repeats(settled.repeats, start, end)
        self._rows = table.column("row").to_numpy()
        self._ids = table.column("id").combine_chunks()
        self._drop = settled.drop_repeats

    def apply(self, table: pa.Table, first: int) -> pa.Table:
        """Rename or drop the repeats of a table whose first row is the staged row `first`."""
        low, high = np.searchsorted(self._rows, [first, first + table.num_rows])
        if low == high:
            return table
        here = np.zeros(table.num_rows, np.bool_)
        here[self._rows[low:high] - first] = True
        if self._drop:
            return table.filter(pa.array(~here))
        ids = table.column("id").combine_chunks()
        renamed = pc.replace_with_mask(ids, pa.array(here), self._ids.slice(low, high - low))
        return table.set_column(0, table.schema.field(0), renamed)


def _row_groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Cut tables anew, so that no row group depends on where a block ended."""
    held: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        lengths = pc.binary_length(table.column("text")).to_numpy()
        start = 0
        while start < len(lengths):
            window = lengths[start : start + GROUP_ROWS - rows]
            filled = int(np.searchsorted(np.cumsum(window) + size, GROUP_BYTES)) + 1
            taken = min(filled, len(window))
            held.append(table.slice(start, taken))
            start, rows, size = start + taken, rows + taken, size + int(window[:taken].sum())
            if filled <= len(window) or rows == GROUP_ROWS:
                yield pa.concat_tables(held)
                held, rows, size = [], 0, 0
    if held:
        yield pa.concat_tables(held)
