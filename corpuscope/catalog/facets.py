"""Counts by value or by range, over every matching document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.catalog import instants
from corpuscope.catalog.columns import Column, Mask, NumberColumn, TextColumn
from corpuscope.results import Bin, BinFacet, ValueCount, ValueFacet

Counts = npt.NDArray[np.int64]

#: Integers whose range is at most this get one bin a value.
UNIT_BINS = 40
#: A positive field whose 99th percentile is this many times its median gets bins that grow 1, 2, 5, 10 ...
HEAVY_TAIL = 20
#: Outside of these widths, steps between floating-point numbers over- or underflow.
_FINEST, _WIDEST = 1e-300, 1e300
_DAY = 86_400 * instants.MICROSECONDS


@dataclass(frozen=True)
class Groups:
    """A column cut into groups to count: `labels` per flattened entry, -1 for none."""

    labels: npt.NDArray[Any]
    size: int
    edges: tuple[Any, ...] | None


def group(column: Column, bins: int, shown: Mask) -> Groups:
    """Values of text and bools, bins of numbers and dates that fit the values of the `shown` rows."""
    if isinstance(column, TextColumn):
        return Groups(column.codes, len(column.dictionary), None)
    assert isinstance(column, NumberColumn)
    if column.field.type == "bool":
        return Groups(np.where(column.valid, column.values, -1).astype(np.int8), 2, None)
    present = column.values[column.valid & column.entries_of(shown)]
    if not len(present):
        return Groups(np.broadcast_to(np.int8(-1), len(column.values)), 0, ())
    edges = choose_edges(column, present, bins)
    labels = np.searchsorted(np.asarray(edges), column.values, side="right") - 1
    labels = np.clip(labels, 0, len(edges) - 2)  # the last bin is closed; only rows not shown lie outside of all bins
    dtype = np.min_scalar_type(-len(edges))
    return Groups(np.where(column.valid, labels, -1).astype(dtype), len(edges) - 1, edges)


def count(column: Column, groups: Groups, rows: Mask) -> Counts:
    """Rows in each group; a row of a multi-valued field counts once in each of its groups."""
    entries = column.entries_of(rows)
    labels = groups.labels[np.flatnonzero(entries)]  # up to four times as fast as indexing by a mask
    if column.offsets is not None and groups.edges is not None:
        owners = np.repeat(np.arange(column.rows), np.diff(column.offsets))[entries]
        pairs = np.unique(np.stack([owners, labels.astype(np.int64)]), axis=1)
        labels = pairs[1]
    return np.bincount(labels[labels >= 0], minlength=groups.size).astype(np.int64)


def value_facet(column: Column, groups: Groups, rows: Mask, of: Counts, limit: int, containing: str = "") -> ValueFacet:
    """The `limit` most frequent values among `rows`, by count, then by value; only those with some text in them."""
    counts = count(column, groups, rows)
    wanted = np.where(_containing(column, containing), counts, 0) if containing else counts
    shown = _most_frequent(wanted, limit)
    matching = int(np.count_nonzero(rows))
    with_value = int(np.count_nonzero(rows & column.has_value))
    values = [ValueCount(_label(column, int(g)), int(counts[g]), int(of[g])) for g in shown]
    complete = len(shown) == int(np.count_nonzero(wanted))
    other = 0 if complete and not containing else with_value - _listed(column, groups, rows, shown, counts)
    return ValueFacet(values, matching - with_value, other, complete)


def bin_facet(column: Column, groups: Groups, rows: Mask, of: Counts) -> BinFacet:
    """How many of `rows` fall into each bin."""
    assert groups.edges is not None
    counts = count(column, groups, rows)
    show = instants.from_micros if column.field.type == "timestamp" else (lambda edge: edge)
    bins = [
        Bin(show(low), show(high), int(n), int(total))
        for low, high, n, total in zip(groups.edges[:-1], groups.edges[1:], counts, of, strict=True)
    ]
    return BinFacet(bins, int(np.count_nonzero(rows & ~column.has_value)))


def choose_edges(column: NumberColumn, present: npt.NDArray[Any], bins: int) -> tuple[Any, ...]:
    """Bin edges that cover every present value: declared ones, else round ones that fit the values."""
    low, high = present.min().item(), present.max().item()
    if column.field.bins:
        return _declared_edges(column.field.bins, low, high, whole=column.field.type == "int")
    if column.field.type == "timestamp":
        return _date_edges(low, high, bins)
    if column.field.type == "int" and high - low < UNIT_BINS:
        return tuple(range(low, high + 2))
    median, tail = np.quantile(present, [0.5, 0.99])
    if low >= 0 and median > 0 and tail > HEAVY_TAIL * median:
        return _growing_edges(low, high, whole=column.field.type == "int")
    return _even_edges(low, high, bins, whole=column.field.type == "int")


def _declared_edges(bins: tuple[float, ...], low: float, high: float, *, whole: bool) -> tuple[Any, ...]:
    """The declared edges that the values need, with the outer ones moved out to hold every value."""
    first = max((e for e in bins if e <= low), default=low)
    last = min((e for e in bins if e >= high and e > first), default=max(high, bins[-1]))
    edges = (first, *(e for e in bins if first < e < last), last)
    return tuple(int(e) for e in edges) if whole and all(float(e).is_integer() for e in edges) else edges


def _even_edges(low: float, high: float, bins: int, *, whole: bool) -> tuple[Any, ...]:
    """Edges at a round step (1, 2, 5 times a power of ten)."""
    if low == high:
        return (low, high + 1) if whole else (low, float(np.nextafter(high, np.inf)))
    width = high / bins - low / bins
    if not _FINEST < width < _WIDEST:
        return (low, high)
    step = _round_step(width)
    step = max(1.0, step) if whole else step
    first, last = np.floor(low / step), np.ceil(high / step)
    edges = [(first + i) * step for i in range(int(last - first) + 1)]
    digits = max(0, 1 - int(np.floor(np.log10(step))))
    # Rounding takes the dust off (0.30000000000000004) and may make neighbours of a tiny step one.
    edges = sorted({round(float(e), digits) for e in edges})
    edges = [min(edges[0], low), *(e for e in edges if low < e < high), max(edges[-1], high)]
    return tuple(int(e) for e in edges) if whole else tuple(edges)


def _round_step(width: float) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    return float(power * next(m for m in (1, 2, 5, 10) if m * power >= width * 0.999999))


def _growing_edges(low: float, high: float, *, whole: bool) -> tuple[Any, ...]:
    """0, 1, 2, 5, 10, 20, 50 ... up to the largest value, over at most six powers of ten."""
    steps = (m * 10.0**p for p in range(-6, 19) for m in (1, 2, 5))
    inner = [s for s in steps if s > low and s < high and (s >= 1 or not whole)]
    inner = [s for s in inner if s >= high / 1e6]
    edges = [low if low > 0 else 0, *inner, high]
    return tuple(int(e) if float(e).is_integer() else float(e) for e in dict.fromkeys(edges))


def _date_edges(low: int, high: int, bins: int) -> tuple[int, ...]:
    """Days, months, years, decades or centuries: the finest that needs no more than UNIT_BINS bins."""
    if high - low < UNIT_BINS * _DAY:
        start = low // _DAY * _DAY
        return tuple(range(start, high + _DAY + 1, _DAY))
    first, last = int(instants.from_micros(low)[:4]), int(instants.from_micros(high)[:4])
    months = [instants.start_of(y, m) for y in range(first, last + 1) for m in range(1, 13)] if last - first < 4 else []
    months = [m for i, m in enumerate(months) if m <= high and (i + 1 == len(months) or months[i + 1] > low)]
    if months and len(months) <= UNIT_BINS:
        return (*months, _next_month(months[-1]))
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if (last - first) // s < max(bins, UNIT_BINS))
    years = [y for y in range(max(1, first // step * step), last + step, step) if y < 10_000]
    return (*(instants.start_of(y, 1) for y in years), instants.start_of(min(10_000, years[-1] + step), 1))


def _next_month(micros: int) -> int:
    year, month = (int(x) for x in instants.from_micros(micros).split("-")[:2])
    return instants.start_of(year, month + 1)


def _containing(column: Column, text: str) -> Mask:
    """Which values hold a text, in any case."""
    words = column.dictionary if isinstance(column, TextColumn) else pa.array(["False", "True"])
    found: Mask = np.asarray(pc.match_substring(words, text, ignore_case=True))
    return found


def _label(column: Column, code: int) -> str | bool:
    return column.word(code) if isinstance(column, TextColumn) else bool(code)


def _most_frequent(counts: Counts, limit: int) -> npt.NDArray[np.int64]:
    """Groups with the highest counts, ties by group (which is by value); groups without rows are left out."""
    groups = np.flatnonzero(counts)
    if len(groups) > limit:
        threshold = np.partition(counts[groups], len(groups) - limit)[len(groups) - limit]
        groups = groups[counts[groups] >= threshold]
    order = np.lexsort((groups, -counts[groups]))
    most: npt.NDArray[np.int64] = groups[order][:limit]
    return most


def _listed(column: Column, groups: Groups, rows: Mask, shown: npt.NDArray[np.int64], counts: Counts) -> int:
    """Rows that have at least one of the shown values."""
    if column.offsets is None:
        return int(counts[shown].sum())
    is_shown = np.zeros(groups.size + 1, dtype=np.bool_)  # one more: label -1 points at the last
    is_shown[shown] = True
    return int(np.count_nonzero(column.any_row(is_shown[groups.labels]) & rows))
