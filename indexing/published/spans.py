"""Ratings of stretches of a text: lists of `[start, end, score]`, offsets in code points, the end excluded.

RedPajama-V2 (togethercomputer/RedPajama-Data, app/src/core/quality_signals) and Dolma (allenai/dolma,
docs/data-format.md) both write them; a rating of the whole document is one span over all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from corpuscope.arrow_types import is_list
from corpuscope.fields import Field
from indexing.published.contract import Cells, Mask, Rating
from indexing.published.values import doubles, finite, from_doubles, number

Doubles = npt.NDArray[np.float64]

_TRIPLES = pa.large_list(pa.list_(pa.float64()))


@dataclass(frozen=True)
class Spans:
    """The spans of a block, flat: those of row i stand at `offsets[i]` to `offsets[i + 1]`; a null score is NaN."""

    offsets: npt.NDArray[np.int64]
    starts: Doubles
    ends: Doubles
    scores: Doubles

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Spans by row."""
        return np.diff(self.offsets)

    def first(self, values: Doubles) -> Doubles:
        """The value of each row's first span, NaN where a row has none."""
        out = np.full(len(self.offsets) - 1, np.nan)
        some = self.counts > 0
        out[some] = values[self.offsets[:-1][some]]
        return out

    def reduced(self, ufunc: np.ufunc, values: Doubles, keep: Mask) -> Doubles:
        """`ufunc` over the kept values of each row, NaN where none is kept."""
        ends = np.concatenate(([0], np.cumsum(keep)))[self.offsets]
        out = np.full(len(ends) - 1, np.nan)
        some = np.diff(ends) > 0
        if some.any():
            out[some] = ufunc.reduceat(values[keep], ends[:-1][some])
        return out


def is_plain(cells: Cells, column: str) -> bool:
    """Whether a column holds no lists but plain values: one rating a document."""
    values = cells.column(column)
    if isinstance(values, pa.Array):
        return not is_list(values.type)
    return not any(isinstance(value, list) for value in values)


def spans_of(cells: Cells, column: str) -> Spans:
    """The spans of a column; a row with anything else in it has none, and is counted."""
    values = cells.column(column)
    held = _of_array(cells, column, values) if isinstance(values, pa.Array) else _of_list(cells, column, values)
    inner = held.flatten()
    sound = pc.fill_null(pc.equal(pc.list_value_length(inner), 3), False)  # noqa: FBT003
    if not pc.all(sound).as_py():
        bad = np.zeros(cells.rows, np.bool_)
        owners = pc.list_parent_indices(held).to_numpy(zero_copy_only=False)
        bad[owners[~sound.to_numpy(zero_copy_only=False)]] = True
        cells.fault("not_a_span", column, bad)
        held = pc.if_else(pa.array(bad), pa.scalar(None, held.type), held)
        inner = held.flatten()
    counts = pc.fill_null(pc.list_value_length(held), 0).to_numpy(zero_copy_only=False)
    flat = doubles(inner.flatten()).reshape(-1, 3)
    offsets = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
    return Spans(offsets, flat[:, 0], flat[:, 1], flat[:, 2])


def _of_array(cells: Cells, column: str, array: pa.Array) -> pa.Array:
    if is_list(array.type) and pt.is_struct(array.type.value_type):
        lengths = pc.list_value_length(array)
        parts = [doubles(child) for child in array.flatten().flatten()[:3]]
        flat = pa.array(np.column_stack(parts).ravel(), from_pandas=True)
        triples = pa.FixedSizeListArray.from_arrays(flat, 3).cast(pa.list_(pa.float64()))
        ends = np.concatenate(([0], np.cumsum(pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False))))
        return pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), triples)
    try:
        return array.cast(_TRIPLES)
    except pa.ArrowException:  # texts, truth values, lists of another depth
        return _of_list(cells, column, array.to_pylist())


def _of_list(cells: Cells, column: str, values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, _TRIPLES)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        rows = [_triples(value) for value in values]
    bad = [kept is None and value is not None for kept, value in zip(rows, values, strict=True)]
    cells.fault("not_a_span", column, np.array(bad, np.bool_))
    return pa.array(rows, _TRIPLES)


def _triples(value: Any) -> list[list[float | None]] | None:
    """Spans out of what the quick way refused: truth values are 0 and 1, anything else that is no number is no span."""
    try:
        return [[None if part is None else float(part) for part in span] for span in value]
    except (TypeError, ValueError):
        return None


def whole_document(cells: Cells, rating: Rating) -> list[pa.Array]:
    """One number a document, out of the span that covers all of it (or a plain number)."""
    (column,), field = rating.columns, rating.fields[0]
    return [document_value(cells, column, field)]


def document_value(cells: Cells, column: str, field: Field) -> pa.Array:
    """The score of the one span that each row has; several, or one inside the text, are no rating of the document."""
    if is_plain(cells, column):
        return number(cells, column, field)
    spans = spans_of(cells, column)
    cells.fault("several_spans", column, spans.counts > 1)
    inside = (spans.counts == 1) & (spans.first(spans.starts) != 0)
    cells.fault("span_inside_the_text", column, inside)
    one = (spans.counts == 1) & ~inside
    scores = np.where(one, spans.first(spans.scores), np.nan)
    return finite(cells, column, field, pa.array(scores, mask=np.isnan(scores)))


def document_lengths(cells: Cells, columns: tuple[str, ...]) -> pa.Array:
    """Where the span over a whole document ends, by the first of the columns that has one: the text's code points."""
    ends = np.full(cells.rows, np.nan)
    for column in columns:
        if not np.isnan(ends).any():
            break
        if not is_plain(cells, column):
            spans = spans_of(cells, column)
            one = (spans.counts == 1) & (spans.first(spans.starts) == 0)
            ends = np.where(np.isnan(ends) & one, spans.first(spans.ends), ends)
    return from_doubles(ends)


def per_line(fails: Callable[[Doubles], Mask]) -> Callable[[Cells, Rating], list[pa.Array]]:
    """Mean and minimum of a line signal over the lines, and the share of lines that fail a published rule."""

    def convert(cells: Cells, rating: Rating) -> list[pa.Array]:
        spans = spans_of(cells, rating.columns[0])
        rated = np.isfinite(spans.scores)
        lines = spans.reduced(np.add, np.ones(len(spans.scores)), rated)
        failing = spans.reduced(np.add, fails(spans.scores).astype(np.float64), rated)
        total, least = (spans.reduced(ufunc, spans.scores, rated) for ufunc in (np.add, np.minimum))
        made = (total / lines, least, failing / lines)
        fields = zip(rating.fields, made, strict=True)
        return [from_doubles(values).cast(field.arrow_type, safe=False) for field, values in fields]

    return convert
