"""A filter on a field becomes a mask over all rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpuscope.catalog import instants
from corpuscope.catalog.columns import Column, Mask, NumberColumn, TextColumn
from corpuscope.errors import InvalidQuery
from corpuscope.filters import Filter, Range


def filter_mask(column: Column, condition: Filter) -> Mask:
    """Rows that satisfy a filter. `!=` keeps rows without a value, every other filter drops them."""
    if condition.op == "?":
        return column.has_value
    if condition.op == "!?":
        return ~column.has_value
    if condition.op in ("=", "!="):
        matching = np.zeros(len(column.flat), dtype=np.bool_)
        for value in condition.values:
            matching |= _equal(column, value, condition)
        rows = column.any_row(matching)
        return ~rows if condition.op == "!=" else rows
    (value,) = condition.values
    assert isinstance(value, str)
    is_strict = len(condition.op) == 1
    wanted = Range(value, None, above=is_strict) if condition.op[0] == ">" else Range(None, value, below=is_strict)
    return column.any_row(_between(column, wanted, condition))


def _equal(column: Column, value: str | Range, condition: Filter) -> Mask:
    if isinstance(value, Range):
        return _between(column, value, condition)
    if isinstance(column, TextColumn):
        code = column.code(value)
        return np.zeros(len(column.codes), dtype=np.bool_) if code is None else column.codes == code
    return _between(column, Range(value, value), condition)


def _between(column: Column, wanted: Range, condition: Filter) -> Mask:
    """Entries within a range."""
    low, high = wanted.low, wanted.high
    if isinstance(column, TextColumn):
        first = 0 if low is None else column.first_code(low, after=wanted.above)
        end = len(column.dictionary) if high is None else column.first_code(high, after=not wanted.below)
        return (column.codes >= first) & (column.codes < end)
    assert isinstance(column, NumberColumn)
    out = column.present.copy()
    if low is not None:
        start, end = _bounds(column, low, condition)
        out &= (column.values >= end) if wanted.above else (column.values >= start)
    if high is not None:
        start, end = _bounds(column, high, condition)
        out &= (column.values < start) if wanted.below else (column.values < end)
    return out


def _bounds(column: NumberColumn, text: str, condition: Filter) -> tuple[Any, Any]:
    """Half-open interval of stored numbers that a written value stands for."""
    try:
        match column.field.type:
            case "timestamp":
                return instants.span(text)
            case "bool":
                truth = {"true": 1, "false": 0, "1": 1, "0": 0}[text.strip().lower()]
                return truth, truth + 1
            case "int":
                return _int_bounds(text)
            case _:
                number = float(text)
                return number, np.nextafter(number, np.inf)
    except (ValueError, KeyError, OverflowError):
        wanted = {"timestamp": "a date such as 2016, 2016-11 or 2016-11-02", "bool": "true or false"}
        kind = wanted.get(column.field.type, "a number")
        raise InvalidQuery(
            f"The filter {str(condition)!r} compares {column.field.name} with {text!r}, which is not {kind}."
        ) from None


def _int_bounds(text: str) -> tuple[Any, Any]:
    """An integer stands for itself; 2.5 lies between 2 and 3 and equals neither."""
    try:
        number = int(text)
    except ValueError:
        real = float(text)
        if real != real:
            raise
        if np.isinf(real) or real != np.floor(real):
            return real, real
        number = int(real)
    return number, number + 1  # they may lie outside of int64: NumPy compares Python integers by their value
