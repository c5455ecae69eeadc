"""Published values -> values of a field: numbers out of whatever spells them, labels out of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from corpuscope.arrow_types import is_list, is_text
from corpuscope.fields import Field
from indexing.published.contract import Cells, Mask, Rating
from indexing.typed_columns import column_of

#: What fastText's probabilities keep to: they leave 0 to 1 by some 0.00001.
PROBABILITY = (-0.0001, 1.0001)

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_INTEGER = r"^[+-]?[0-9]{1,18}$"
_NOT_FINITE = r"(?i)^[+-]?(nan|inf|infinity)$"


def numbers(cells: Cells, rating: Rating) -> list[pa.Array]:
    """One column as numbers; what is no finite number within the field's range becomes null and is counted."""
    (column,), (field,) = rating.columns, rating.fields
    return [number(cells, column, field)]


def number(cells: Cells, column: str, field: Field) -> pa.Array:
    """The numbers of a column, as the field takes them."""
    held = column_of(cells.column(column), untyped=cells.untyped).values
    present = held.is_valid().to_numpy(zero_copy_only=False)
    if pt.is_boolean(held.type):
        held = held.cast(pa.int64())
    if pt.is_integer(held.type) and field.type == "int":
        return _within(cells, column, field, held)
    if is_text(held.type):
        held = _spelled(held)
        lost = present & held.is_null().to_numpy(zero_copy_only=False)
        cells.fault("not_a_number", column, lost)
    elif not (pt.is_integer(held.type) or pt.is_floating(held.type)):
        cells.fault("not_a_number", column, present)
        return pa.nulls(cells.rows, field.arrow_type)
    if pt.is_integer(held.type) and field.type == "int":
        return _within(cells, column, field, held)
    return finite(cells, column, field, held.cast(pa.float64(), safe=False))


def finite(cells: Cells, column: str, field: Field, held: pa.Array) -> pa.Array:
    """Doubles as the field takes them; what is not finite, not whole or out of range is counted."""
    known = held.is_valid().to_numpy(zero_copy_only=False)
    values = pc.fill_null(held, 0.0).to_numpy(zero_copy_only=False)
    sound = np.isfinite(values)
    cells.fault("not_a_finite_number", column, known & ~sound)
    known = known & sound
    if field.type == "int":
        whole = (np.floor(values) == values) & (np.abs(values) < 2.0**63)
        cells.fault("not_a_whole_number", column, known & ~whole)
        known = known & whole
    kept = pa.array(np.where(known, values, 0.0), mask=~known)
    return _within(cells, column, field, kept.cast(field.arrow_type))


def _within(cells: Cells, column: str, field: Field, held: pa.Array) -> pa.Array:
    if field.range is None:
        return held
    low, high = field.range
    inside = pc.and_(pc.greater_equal(held, low), pc.less_equal(held, high))
    outside = pc.fill_null(pc.invert(inside), False)  # noqa: FBT003
    cells.fault("out_of_range", column, outside.to_numpy(zero_copy_only=False))
    return pc.if_else(outside, pa.scalar(None, held.type), held)


def _spelled(texts: pa.Array) -> pa.Array:
    """Texts that spell numbers as numbers (whole ones where all are), null for the others."""
    bare = pc.utf8_trim_whitespace(texts)
    whole = _matching(bare, _INTEGER)
    if whole.null_count == texts.null_count:
        return whole.cast(pa.int64())
    odd = pc.fill_null(pc.match_substring_regex(bare, _NOT_FINITE), False)  # noqa: FBT003
    spelled = _matching(bare, _NUMBER).cast(pa.float64())
    return pc.if_else(odd, pa.scalar(float("nan")), spelled)


def _matching(texts: pa.Array, pattern: str) -> pa.Array:
    fits = pc.fill_null(pc.match_substring_regex(texts, pattern), False)  # noqa: FBT003
    return pc.if_else(fits, texts, pa.scalar(None, texts.type))


def texts(cells: Cells, column: str) -> pa.Array:
    """The values of a column as plain strings, numbers as JSON spells them."""
    held = column_of(cells.column(column)).values
    if pt.is_floating(held.type):
        whole = pc.fill_null(pc.equal(pc.floor(held), held), True)  # noqa: FBT003
        if pc.all(whole).as_py():
            held = held.cast(pa.int64())
    if is_list(held.type):
        cells.fault("not_a_label", column, known(held))
        return pa.nulls(cells.rows, pa.string())
    return held.cast(pa.string())


def labels(cells: Cells, column: str, spellings: Mapping[str, str]) -> pa.Array:
    """What each value stands for; one that stands for nothing becomes null and is counted."""
    said = pc.utf8_trim_whitespace(texts(cells, column))
    keys = pa.array(list(spellings), pa.string())
    out = pa.array(list(spellings.values()), pa.string()).take(pc.index_in(said, keys))
    unknown = pc.and_(said.is_valid(), out.is_null())
    cells.fault("unknown_label", column, unknown.to_numpy(zero_copy_only=False))
    return out


def by_number(names: Sequence[str]) -> dict[str, str]:
    """Labels that are published by their number, from 0; their names are taken too."""
    return {str(number): name for number, name in enumerate(names)} | {name: name for name in names}


def known(array: pa.Array) -> Mask:
    """Where there is a value."""
    mask: Mask = array.is_valid().to_numpy(zero_copy_only=False)
    return mask


def doubles(array: pa.Array) -> npt.NDArray[np.float64]:
    """The numbers, NaN for null."""
    out: npt.NDArray[np.float64] = pc.fill_null(array.cast(pa.float64(), safe=False), float("nan")).to_numpy(
        zero_copy_only=False
    )
    return out


def from_doubles(values: npt.NDArray[np.float64]) -> pa.Array:
    """Doubles, null for whatever is not finite."""
    return pa.array(values, pa.float64(), mask=~np.isfinite(values))
