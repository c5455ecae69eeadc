"""Rows of a corpus as a stream of Arrow tables: in row order or in a given one, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.corpus import Corpus, WidenedCorpus
from corpuscope.errors import CorpusDamaged
from corpuscope.fields import Field

#: Rows given out in a foreign order are fetched this many at a time.
_FETCH = 20_000
_OPEN_PARTS = 8
#: Row groups read at once: some megabytes of text.
_GROUPS = 8

#: Columns every document has, beside its fields.
BASE_SCHEMA = pa.schema([("id", pa.string()), ("text", pa.large_string())])


def export_schema(fields: Sequence[Field]) -> pa.Schema:
    """The columns of an export: id, text, then the fields."""
    return pa.schema([*BASE_SCHEMA, *(pa.field(f.name, f.arrow_type) for f in fields)])


def in_row_order(corpus: Corpus, fields: Sequence[Field], matches: Mask) -> Iterator[pa.Table]:
    """The marked rows, part by part."""
    added = _added_columns(corpus, fields)
    for index in range(len(corpus.manifest.parts)):
        part = _PartReader(corpus, index, fields, added)
        part_matches = matches[part.base : part.base + part.rows]
        for groups, start, stop in part.spans(_GROUPS):
            chosen = np.flatnonzero(part_matches[start:stop])
            if len(chosen):
                yield part.read(groups, start, stop, chosen)


def in_order(corpus: Corpus, fields: Sequence[Field], rows: Rows) -> Iterator[pa.Table]:
    """Some rows in the order given."""
    added = _added_columns(corpus, fields)
    bases = corpus.documents.bases
    # A part's fields are read whole, so the last parts stay open for the rows that come next.
    open_part = lru_cache(_OPEN_PARTS)(lambda index: _PartReader(corpus, index, fields, added))
    for start in range(0, len(rows), _FETCH):
        wanted = rows[start : start + _FETCH]
        ascending = np.sort(wanted)
        tables: list[pa.Table] = []
        for index in np.unique(np.searchsorted(bases, ascending, side="right") - 1):
            part = open_part(int(index))
            tables.extend(
                part.pick(ascending[(ascending >= part.base) & (ascending < part.base + part.rows)] - part.base)
            )
        yield pa.concat_tables(tables).take(np.searchsorted(ascending, wanted))


class _PartReader:
    """One part's documents and fields, row-aligned."""

    def __init__(self, corpus: Corpus, index: int, fields: Sequence[Field], added: dict[str, pa.Array]) -> None:
        part = corpus.manifest.parts[index]
        self.base = corpus.documents.bases[index]
        self.rows = part.rows
        self._schema = export_schema(fields)
        self._path = corpus.folder / part.documents.path
        self._file = _open(self._path)
        sizes = [self._file.metadata.row_group(i).num_rows for i in range(self._file.metadata.num_row_groups)]
        self._starts = [0, *np.cumsum(sizes).tolist()]
        self._text_columns = [f for f in fields if f.origin == "source" and f.column in self._file.schema_arrow.names]
        self._computed = {
            f.name: _read_column(corpus.folder / entry.path, f.column)
            for f in fields
            if f.origin != "source" and (entry := part.fields.get(f.origin)) is not None
        }
        self._computed |= {name: column.slice(self.base, self.rows) for name, column in added.items()}

    def spans(self, groups: int) -> Iterator[tuple[list[int], int, int]]:
        """Runs of row groups with the rows they cover."""
        count = len(self._starts) - 1
        for first in range(0, count, groups):
            last = min(first + groups, count)
            yield list(range(first, last)), self._starts[first], self._starts[last]

    def pick(self, rows: Rows) -> Iterator[pa.Table]:
        """Some rows of the part, ascending, group by group."""
        groups = np.searchsorted(self._starts, rows, side="right") - 1
        for group in np.unique(groups):
            start, stop = self._starts[group], self._starts[group + 1]
            yield self.read([int(group)], start, stop, rows[groups == group] - start)

    def read(self, groups: list[int], start: int, stop: int, chosen: Rows) -> pa.Table:
        """The chosen rows (counted from `start`) of some row groups."""
        try:
            table = self._file.read_row_groups(groups, columns=["id", "text", *(f.column for f in self._text_columns)])
        except (OSError, pa.ArrowException) as error:
            raise _damaged(self._path, error) from None
        columns = {name: table.column(name) for name in table.column_names}
        columns |= {name: column.slice(start, stop - start) for name, column in self._computed.items()}
        arrays = [
            columns[f.name].cast(f.type) if f.name in columns else pa.chunked_array([pa.nulls(stop - start, f.type)])
            for f in self._schema
        ]
        whole = pa.table(arrays, schema=self._schema)
        return whole if len(chosen) == stop - start else whole.take(chosen)


def _added_columns(corpus: Corpus, fields: Sequence[Field]) -> dict[str, pa.Array]:
    """Those columns of an export that no file of the corpus holds, over all rows."""
    if not isinstance(corpus, WidenedCorpus):
        return {}
    return {f.name: _plain(corpus.columns[f.name].to_arrow()) for f in fields if f.name in corpus.columns}


def _plain(array: pa.Array) -> pa.Array:
    """The array without a dictionary, which a list of texts cannot be cast out of."""
    if pa.types.is_large_list(array.type):
        return pa.LargeListArray.from_arrays(array.offsets, _plain(array.values), mask=array.is_null())
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, memory_map=True)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from None


def _read_column(path: Path, name: str) -> pa.ChunkedArray:
    try:
        return pq.read_table(path, columns=[name]).column(0)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> CorpusDamaged:
    return CorpusDamaged(f"{path} cannot be read ({error}). Run: corpuscope verify")
