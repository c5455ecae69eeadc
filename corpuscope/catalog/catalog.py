"""The catalog: every field of a corpus as a column in memory-mapped files; filters, counts and orders over them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog import facets
from corpuscope.catalog.columns import Column, Mask, Rows, TextColumn
from corpuscope.catalog.masks import filter_mask
from corpuscope.catalog.where import Expression, Where, understand, where_mask
from corpuscope.errors import InvalidQuery, UnknownField
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.query import FacetRequest, Sort
from corpuscope.results import BinFacet, ValueFacet

#: Ids can be filtered and sorted by like a field, though they are no field.
ID = Field(name="id", type="text", meaning="The document's id, unique in the corpus.")
_WHERE_MASKS = 16
#: Each holds one to four bytes a row.
_BINNINGS = 64
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Catalog:
    """Fields of one corpus version; `open_column` gives the column of one. Safe to use from many threads."""

    def __init__(self, fields: Iterable[Field], shown: Mask, open_column: Callable[[Field], Column]) -> None:
        self.fields = {f.name: f for f in fields}
        self.rows = len(shown)
        self.shown = shown
        self._open_column = open_column
        self._columns: dict[str, Column] = {}
        self._building = threading.Lock()
        # Caches live with the instance: one corpus version each.
        self._value_groups = lru_cache(maxsize=None)(partial(self._compute_groups, bins=0))
        self._bin_groups = lru_cache(maxsize=_BINNINGS)(self._compute_groups)
        self.where = lru_cache(maxsize=_WHERE_MASKS)(self._compute_where)

    def column(self, name: str) -> Column:
        """The column of a field (or of `id`), opened and if need be built on first use."""
        found = self._columns.get(name)
        if found is not None:
            return found
        field = ID if name == ID.name else self.fields.get(name)
        if field is None:
            raise UnknownField(name, self.fields)
        with self._building:
            if name not in self._columns:
                self._columns[name] = self._open_column(field)
        return self._columns[name]

    def text_column(self, name: str) -> TextColumn:
        """The column of a text field or of `id`."""
        column = self.column(name)
        if not isinstance(column, TextColumn):
            raise InvalidQuery(f"{name} holds {column.field.type} values, not text.")
        return column

    def mask(self, condition: Filter) -> Mask:
        """Rows that satisfy a filter."""
        return filter_mask(self.column(condition.field), condition)

    def _compute_where(self, text: str) -> Where:
        """Rows for which a SQL expression over fields is true."""
        expression = understand(text, frozenset(self.fields))
        mask = self._where_mask(expression)
        mask.setflags(write=False)
        return Where(mask, expression.fields)

    def _where_mask(self, expression: Expression) -> Mask:
        return where_mask(expression, lambda name: self.column(name).to_arrow(), self.rows)

    def facet(self, request: FacetRequest, rows: Mask, containing: str = "") -> ValueFacet | BinFacet:
        """Counts of a field over `rows`, beside its counts over all documents that are not suppressed.

        `containing` keeps the values that hold a text, in any case.
        """
        column = self.column(request.field)
        if column.field.type in ("text", "bool"):
            groups, of = self._value_groups(request.field)
            return facets.value_facet(column, groups, rows, of, request.limit, containing)
        groups, of = self._bin_groups(request.field, request.limit)
        return facets.bin_facet(column, groups, rows, of)

    def _compute_groups(self, name: str, bins: int) -> tuple[facets.Groups, facets.Counts]:
        column = self.column(name)
        groups = facets.group(column, bins, self.shown)
        return groups, facets.count(column, groups, self.shown)

    def total(self, name: str, rows: Mask) -> int:
        """Sum of a number over `rows`."""
        column = self.column(name)
        return int(column.flat[np.flatnonzero(rows & column.present)].sum())

    def values(self, name: str, rows: Rows) -> list[Any]:
        """Values of a field for some rows."""
        return self.column(name).values_at(rows)

    def ordered(self, sort: Sort, matches: Mask, k: int) -> Rows:
        """The first k matching rows by a field; those without a value last, ties by row."""
        column = self.column(sort.field)
        with_value = np.flatnonzero(matches & column.has_value)
        keys = column.sort_keys(descending=sort.descending)[with_value]
        if sort.descending:
            keys = ~keys if keys.dtype.kind == "i" else -keys  # unlike minus, not-x cannot overflow
        if len(keys) > k > 0:
            near = keys <= np.partition(keys, k - 1)[k - 1]
            with_value, keys = with_value[near], keys[near]
        first = with_value[np.argsort(keys, kind="stable")][:k]
        rest = np.flatnonzero(matches & ~column.has_value)[: k - len(first)]
        return np.concatenate((first, rest))


def sampled(matches: Mask, n: int, seed: int) -> Rows:
    """N of the matching rows, drawn by `seed`, in the order of the draw.

    Each row's place is a hash of row and seed (splitmix64), so the draw depends on nothing but the matches.
    """
    rows = np.flatnonzero(matches)
    # The seed is mixed by itself first: added as it is, it would only shift the rows.
    start = _mixed(np.array([seed + 1], dtype=np.uint64) * _GOLDEN)
    x = _mixed(rows.astype(np.uint64) * _GOLDEN + start)
    if len(rows) > n:
        chosen = np.argpartition(x, n - 1)[:n]
        rows, x = rows[chosen], x[chosen]
    out: Rows = rows[np.lexsort((rows, x))]
    return out


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea and Flood, 2014); arithmetic is modulo 2**64."""
    for shift, multiplier in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(multiplier)
    return x ^ (x >> np.uint64(31))


def all_of(masks: Sequence[Mask | None]) -> Mask | None:
    """AND of masks; None stands for "everything"."""
    out: Mask | None = None
    for mask in masks:
        if mask is not None:
            out = mask if out is None else out & mask
    return out
