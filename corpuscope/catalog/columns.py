"""Row-aligned columns of one corpus, memory-mapped: dictionary codes for text, plain arrays for numbers.

They are a cache of the Parquet files, rebuilt when those change. Codes follow the order of the values
(code points), so that a comparison of codes is a comparison of values; -1 is "no value".
"""

from __future__ import annotations

import bisect
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.cached import cached_property
from corpuscope.fields import Field

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Column(ABC):
    """One field over all rows.

    A multi-valued field has its values flattened and `offsets` (rows + 1) into them; `first` marks, in the
    flattened values, the first time that a row has a value, so that a row counts once for each.
    """

    field: Field
    rows: int
    offsets: npt.NDArray[np.int64] | None
    first: Mask | None

    @property
    @abstractmethod
    def flat(self) -> npt.NDArray[Any]:
        """The flattened codes or values."""

    @property
    @abstractmethod
    def present(self) -> Mask:
        """Which flattened entries are values."""

    @abstractmethod
    def value(self, entry: int) -> Any:
        """The Python value of one flattened entry."""

    @cached_property
    def has_value(self) -> Mask:
        """Which rows have a value."""
        return self.any_row(self.present)

    def any_row(self, entries: Mask) -> Mask:
        """Which rows have at least one of the marked flattened entries."""
        if self.offsets is None:
            return entries
        before = np.concatenate(([0], np.cumsum(entries, dtype=np.int64)))
        hit: Mask = before[self.offsets[1:]] > before[self.offsets[:-1]]
        return hit

    def entries_of(self, rows: Mask) -> Mask:
        """Which flattened entries belong to the marked rows, each value once a row."""
        if self.offsets is None or self.first is None:
            return rows
        out: Mask = np.repeat(rows, np.diff(self.offsets))
        return out & self.first

    def values_at(self, rows: Rows) -> list[Any]:
        """Python values of some rows: None, a scalar, or a list for a multi-valued field."""
        if self.offsets is None:
            return [self.value(int(r)) for r in rows]
        out: list[Any] = []
        for r in rows:
            entries = [self.value(i) for i in range(int(self.offsets[r]), int(self.offsets[r + 1]))]
            out.append(entries or None)
        return out

    def sort_keys(self, *, descending: bool) -> npt.NDArray[Any]:
        """The key of each row to order by: its value, or a list's smallest (descending: largest) value."""
        if self.offsets is None:
            return self.flat
        info = np.iinfo(self.flat.dtype) if self.flat.dtype.kind == "i" else np.finfo(self.flat.dtype)
        entries = np.where(self.present, self.flat, info.min if descending else info.max)
        filled = np.diff(self.offsets) > 0
        keys = np.zeros(self.rows, dtype=self.flat.dtype)
        reduce = np.maximum if descending else np.minimum
        # reduceat misreads empty lists, so only the starts of filled ones are given to it.
        keys[filled] = reduce.reduceat(entries, self.offsets[:-1][filled]) if filled.any() else 0
        return keys

    def to_arrow(self) -> pa.Array:
        """The column as an Arrow array over all rows (zero-copy where it can be); a row without a value is null."""
        values = self._flat_arrow()
        if self.offsets is None:
            return values
        return pa.LargeListArray.from_arrays(pa.array(self.offsets), values, mask=pa.array(~self.has_value))

    @abstractmethod
    def _flat_arrow(self) -> pa.Array:
        """The flattened entries as an Arrow array."""


@dataclass(frozen=True)
class TextColumn(Column):
    """Codes (int32) into a dictionary of values that is sorted by code point."""

    codes: npt.NDArray[np.int32]
    dictionary: pa.Array

    @property
    def flat(self) -> npt.NDArray[np.int32]:
        """Codes, -1 where there is no value."""
        return self.codes

    @cached_property
    def present(self) -> Mask:
        """Which entries are values."""
        out: Mask = self.codes >= 0
        return out

    def value(self, entry: int) -> str | None:
        """The text of an entry."""
        code = int(self.codes[entry])
        return None if code < 0 else self.word(code)

    def word(self, code: int) -> str:
        """The text of a code."""
        word: str = self.dictionary[code].as_py()
        return word

    def first_code(self, value: str, *, after: bool = False) -> int:
        """The first code whose text is >= value (> value with `after`)."""
        find = bisect.bisect_right if after else bisect.bisect_left
        return find(range(len(self.dictionary)), value, key=self.word)

    def code(self, value: str) -> int | None:
        """The code of a text, None when no document has it."""
        code = self.first_code(value)
        return code if code < len(self.dictionary) and self.word(code) == value else None

    def _flat_arrow(self) -> pa.Array:
        if not len(self.codes):  # DuckDB refuses empty lists over a dictionary
            return pa.array([], pa.large_string())
        return pa.DictionaryArray.from_arrays(pa.array(self.codes, mask=~self.present), self.dictionary)


@dataclass(frozen=True)
class NumberColumn(Column):
    """int64 or float64 values; bools are 0 and 1, dates are microseconds since 1970 in UTC."""

    values: npt.NDArray[Any]
    valid: Mask

    @property
    def flat(self) -> npt.NDArray[Any]:
        """Values; what an entry without one holds is undefined."""
        return self.values

    @property
    def present(self) -> Mask:
        """Which entries are values; NaN is none."""
        return self.valid

    def value(self, entry: int) -> Any:
        """The number, bool or UTC datetime of an entry."""
        if not self.valid[entry]:
            return None
        value = self.values[entry]
        match self.field.type:
            case "bool":
                return bool(value)
            case "timestamp":
                return _EPOCH + timedelta(microseconds=int(value))
            case _:
                return value.item()

    def _flat_arrow(self) -> pa.Array:
        values = pa.array(self.values, mask=~self.valid)
        if self.field.type == "timestamp":
            return values.cast(pa.timestamp("us"))
        return values.cast(pa.bool_()) if self.field.type == "bool" else values
