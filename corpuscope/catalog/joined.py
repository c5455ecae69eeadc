"""Several catalogs as one: their rows one after another, their fields by name.

A filter, an expression or the fields of a page are asked of each catalog. What is counted or sorted by over all
of them needs one set of codes: such a column is joined in memory, once (a row takes 4 bytes for a text, 9 for a
number; the distinct texts are copied).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.catalog.catalog import ID, Catalog
from corpuscope.catalog.columns import Column, Mask, NumberColumn, Rows, TextColumn
from corpuscope.catalog.masks import filter_mask
from corpuscope.catalog.where import Expression, where_mask
from corpuscope.errors import InvalidQuery, UnknownField
from corpuscope.fields import Field
from corpuscope.filters import Filter


class Stack:
    """Ranges of rows one after another, of the given sizes."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.starts: Rows = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))

    @property
    def slices(self) -> list[slice]:
        """Where each range lies."""
        return [slice(int(a), int(b)) for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)]

    def owners(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Which range each row lies in."""
        found: npt.NDArray[np.int64] = np.searchsorted(self.starts, rows, side="right") - 1
        return found


class JoinedCatalog(Catalog):
    """The fields of several catalogs. A field that only some have is a field without a value in the others."""

    def __init__(self, catalogs: Sequence[Catalog]) -> None:
        fields = _join_fields([c.fields.values() for c in catalogs])
        super().__init__(fields, np.concatenate([c.shown for c in catalogs]), self._join)
        self._catalogs = tuple(catalogs)
        self._stack = Stack([c.rows for c in catalogs])

    def mask(self, condition: Filter) -> Mask:
        """Rows that satisfy a filter; each catalog understands it by its own type of the field."""
        return np.concatenate([filter_mask(column, condition) for column in self._column_of_each(condition.field)])

    def values(self, name: str, rows: Rows) -> list[Any]:
        """Values of a field for some rows."""
        out: list[Any] = [None] * len(rows)
        owners = self._stack.owners(rows)
        for i, column in enumerate(self._column_of_each(name)):
            places = np.flatnonzero(owners == i)
            values = column.values_at(rows[places] - self._stack.starts[i])
            for place, value in zip(places.tolist(), values, strict=True):
                out[place] = value
        return out

    def _where_mask(self, expression: Expression) -> Mask:
        return np.concatenate([self._where_in(catalog, expression) for catalog in self._catalogs])

    def _where_in(self, catalog: Catalog, expression: Expression) -> Mask:
        def column(name: str) -> pa.Array:
            return _for_sql(self.fields[name], _column_in(catalog, self.fields[name]))

        return where_mask(expression, column, catalog.rows)

    def _column_of_each(self, name: str) -> list[Column]:
        field = ID if name == ID.name else self.fields.get(name)
        if field is None:
            raise UnknownField(name, self.fields)
        return [_column_in(catalog, field) for catalog in self._catalogs]

    def _join(self, field: Field) -> Column:
        columns = self._column_of_each(field.name)
        types = {c.field.type for c in columns}
        if len(types) > 1 and not types <= {"int", "double"}:
            raise InvalidQuery(
                f"The field {field.name!r} holds {' and '.join(sorted(types))} values in different corpora, which "
                "cannot be counted or sorted together; search these corpora one after the other."
            )
        return _join_columns(field, columns)


def _column_in(catalog: Catalog, field: Field) -> Column:
    """The column of a field in a catalog, an empty one when the catalog has no such field."""
    if field is ID or field.name in catalog.fields:
        return catalog.column(field.name)
    return _empty_column(field, catalog.rows)


def _for_sql(field: Field, column: Column) -> pa.Array:
    """The column as an expression is to see it: as lists if any corpus has lists."""
    if column.field.multi != field.multi:
        column = _join_columns(field, [column])
    return column.to_arrow()


def _join_fields(catalogs: Iterable[Iterable[Field]]) -> list[Field]:
    """One field a name, in order of appearance."""
    by_name: dict[str, list[Field]] = {}
    for fields in catalogs:
        for field in fields:
            by_name.setdefault(field.name, []).append(field)
    return [_join_field(same) for same in by_name.values()]


def _join_field(same: Sequence[Field]) -> Field:
    """A field as the first corpus describes it, wide enough for the values of all."""
    types = {f.type for f in same}
    return replace(
        same[0],
        type="double" if types == {"int", "double"} else same[0].type,
        multi=any(f.multi for f in same),
        estimated=any(f.estimated for f in same),
    )


def _empty_column(field: Field, rows: int) -> Column:
    """A column without a value; it takes no memory."""
    entries, offsets, first = rows, None, None
    if field.multi:
        entries, offsets, first = 0, np.broadcast_to(np.int64(0), rows + 1), np.empty(0, dtype=np.bool_)
    if field.type == "text":
        codes = np.broadcast_to(np.int32(-1), entries)
        return TextColumn(field, rows, offsets, first, codes, pa.array([], pa.large_string()))
    dtype = {"double": np.float64, "bool": np.int8}.get(field.type, np.int64)
    values, valid = np.broadcast_to(np.zeros((), dtype), entries), np.broadcast_to(np.False_, entries)
    return NumberColumn(field, rows, offsets, first, values, valid)


def _join_columns(field: Field, columns: Sequence[Column]) -> Column:
    """Columns one after another: all of text, or all of numbers."""
    rows = sum(c.rows for c in columns)
    offsets = _join_offsets(columns) if field.multi else None
    first = np.concatenate([_first(c) for c in columns]) if field.multi else None
    texts = [c for c in columns if isinstance(c, TextColumn)]
    if texts:
        codes, dictionary = _join_texts(texts)
        return TextColumn(field, rows, offsets, first, codes, dictionary)
    numbers = [c for c in columns if isinstance(c, NumberColumn)]
    values, valid = np.concatenate([c.values for c in numbers]), np.concatenate([c.valid for c in numbers])
    return NumberColumn(field, rows, offsets, first, values, valid)


def _join_texts(columns: Sequence[TextColumn]) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Codes into the sorted dictionary of the values of all columns."""
    words = pc.unique(pa.chunked_array([c.dictionary for c in columns], pa.large_string()))
    dictionary = words.take(pc.sort_indices(words))  # Arrow compares bytes, which orders UTF-8 by code point
    codes = []
    for column in columns:
        new = pc.index_in(column.dictionary, value_set=dictionary).to_numpy(zero_copy_only=False).astype(np.int32)
        codes.append(np.append(new, np.int32(-1))[column.codes])  # code -1 takes the last one
    return np.concatenate(codes), dictionary


def _join_offsets(columns: Sequence[Column]) -> npt.NDArray[np.int64]:
    """Where the values of each row start; a single value counts as a list of one."""
    lengths = [np.ones(c.rows, np.int64) if c.offsets is None else np.diff(c.offsets) for c in columns]
    return np.concatenate(([0], np.cumsum(np.concatenate(lengths))))


def _first(column: Column) -> Mask:
    return np.ones(column.rows, np.bool_) if column.first is None else column.first
