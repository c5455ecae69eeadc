"""One column of a block with what it holds: the ground on which types are settled over all blocks.

A column of one kind is stored as that kind; a column of several is stored as text, each value in the spelling of
its source, so that nothing is lost before all blocks have been seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from typing import Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from corpuscope.fields import ARROW_TYPES, FieldType
from indexing.dates import instants_of
from indexing.readers.contract import Values
from indexing.readers.flattening import as_text

#: What values were; "json" is a list that holds more than plain values.
Kind: TypeAlias = Literal["bool", "int", "double", "text", "timestamp", "json"]

#: Kinds that are a type of their own where no other kind is mixed in.
_ALONE: tuple[FieldType, ...] = ("bool", "int", "double", "timestamp")
_INT64 = range(-(2**63), 2**63)
_INTEGER = r"^-?(0|[1-9][0-9]{0,17})$"
_NUMBER = r"^(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?|[nN]a[nN])$"
_BOOLEAN = r"^(true|false|True|False)$"
_PYTHON_KINDS: Mapping[type, Kind] = {bool: "bool", int: "int", float: "double", str: "text"}


@dataclass(frozen=True)
class Column:
    """Values as they are staged, how many there are of each kind, and whether rows hold lists of them.

    `untyped` marks texts of a format without types. `mended` names values that were changed: reason and row. `first`
    is the row of the first value of each kind, where there are several.
    """

    values: pa.Array
    counts: dict[Kind, int]
    multi: bool = False
    untyped: bool = False
    mended: list[tuple[str, int]] = field(default_factory=list)
    first: dict[Kind, int] = field(default_factory=dict)


def resolve(kinds: Iterable[Kind], *, multi: bool) -> tuple[FieldType, bool]:
    """The type that holds all these kinds (bool, int -> double -> text), and whether it is multi-valued."""
    found = set(kinds)
    if "json" in found:
        return "text", False
    for kind in _ALONE:
        if found == {kind}:
            return kind, multi
    return ("double" if found == {"int", "double"} else "text"), multi


def column_of(values: Values, *, untyped: bool = False) -> Column:
    """Type the values of one flat column."""
    if isinstance(values, pa.Array):
        return _of_array(values)
    if untyped:
        return _of_untyped(values)
    types = set(map(type, values)) - {type(None)}
    if list in types or tuple in types:
        return _of_lists(values)
    return _of_scalars(values, types)


def _of_scalars(values: list[Any], types: set[type]) -> Column:
    if types == {str}:
        return _texts(values, {"text": len(values) - values.count(None)})
    counts = Counter(_kind(v) for v in values if v is not None)
    if len(counts) == 1 and "text" not in counts:
        kind = next(iter(counts))
        if kind != "int" or all(v is None or v in _INT64 for v in values):
            return Column(pa.array(values, ARROW_TYPES[kind]), dict(counts))
    wide = [("integer_beyond_64_bits", row) for row, v in enumerate(values) if type(v) is int and v not in _INT64]
    counts["int"] -= len(wide)
    counts["text"] += len(wide)
    column = _texts([as_text(v) for v in values], {kind: count for kind, count in counts.items() if count})
    return Column(column.values, column.counts, mended=wide + column.mended, first=_first_rows(values, column.counts))


def _first_rows(values: list[Any], counts: Mapping[Kind, int]) -> dict[Kind, int]:
    """The row of the first value of each kind that was counted, where there are several."""
    first: dict[Kind, int] = {}
    if len(counts) > 1:
        for row, value in enumerate(values):
            if value is not None:
                first.setdefault("text" if type(value) is int and value not in _INT64 else _kind(value), row)
                if len(first) == len(counts):
                    break
    return first


def _kind(value: Any) -> Kind:
    return _PYTHON_KINDS.get(type(value), "text")


def _texts(values: list[str | None], counts: dict[Kind, int]) -> Column:
    """A column of texts; a text that UTF-8 cannot hold becomes null."""
    try:
        return Column(pa.array(values, pa.string()), counts)
    except UnicodeEncodeError:
        bad = [row for row, value in enumerate(values) if value is not None and not encodable(value)]
        kept = [value if value is None or encodable(value) else None for value in values]
        return Column(pa.array(kept, pa.string()), counts, mended=[("lone_surrogate", row) for row in bad])


def encodable(text: str) -> bool:
    """Whether UTF-8 can hold the text: it has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _of_lists(values: list[Any]) -> Column:
    """Lists of plain values are multi-valued, and then a plain value is a list of one; other lists become JSON."""
    elements = chain.from_iterable(v if isinstance(v, list | tuple) else (v,) for v in values if v is not None)
    flat = list(elements)
    if any(isinstance(v, list | tuple | dict) for v in flat):
        texts = _texts([as_text(v) for v in values], {"json": len(values) - values.count(None)})
        return Column(texts.values, texts.counts, mended=texts.mended)
    inner = _of_scalars(flat, set(map(type, flat)) - {type(None)})
    lengths = [None if v is None else len(v) if isinstance(v, list | tuple) else 1 for v in values]
    rows = [row for row, length in enumerate(lengths) for _ in range(length or 0)]
    return Column(
        listed(inner.values, pa.array(lengths, pa.int32())),
        inner.counts,
        multi=True,
        mended=[(reason, rows[at]) for reason, at in inner.mended],
        first={kind: rows[at] for kind, at in inner.first.items()},
    )


def listed(flat: pa.Array, lengths: pa.Array) -> pa.Array:
    """Put a flat array back into lists of the given lengths; a null length is a null list."""
    ends = pc.cumulative_sum(pc.fill_null(lengths, 0)).cast(pa.int32())
    starts = pc.subtract(ends, pc.fill_null(lengths, 0)).cast(pa.int32())
    offsets = pa.concat_arrays([pc.if_else(pc.is_null(lengths), pa.scalar(None, pa.int32()), starts), _last(ends)])
    return pa.ListArray.from_arrays(offsets, flat)


def _last(ends: pa.Array) -> pa.Array:
    return ends.slice(len(ends) - 1) if len(ends) else pa.array([0], pa.int32())


def _of_untyped(values: list[str | None]) -> Column:
    """Texts that may all be whole numbers, numbers or truth values."""
    texts = _texts(values, {})
    present = texts.values.drop_null()
    kind: Kind = "text"
    patterns: tuple[tuple[Kind, str], ...] = (("int", _INTEGER), ("double", _NUMBER), ("bool", _BOOLEAN))
    for candidate, pattern in patterns:
        if len(present) and pc.all(pc.match_substring_regex(present, pattern)).as_py():
            kind = candidate
            break
    counts: dict[Kind, int] = {kind: len(present)} if len(present) else {}
    return Column(texts.values, counts, untyped=True, mended=texts.mended)


def _of_array(array: pa.Array) -> Column:
    """An Arrow column under the few types that fields have."""
    t = array.type
    if pt.is_list(t) or pt.is_large_list(t) or pt.is_fixed_size_list(t):
        if pt.is_nested(t.value_type):
            return _of_python(array, _of_lists)
        inner = _of_array(array.flatten())
        rows = pc.list_parent_indices(array)
        return Column(
            listed(inner.values, pc.list_value_length(array).cast(pa.int32())),
            inner.counts,
            multi=True,
            mended=[(reason, rows[at].as_py()) for reason, at in inner.mended],
        )
    if pt.is_nested(t):
        return _of_python(array, _of_spellings)
    for belongs, kind in _ARROW_KINDS:
        if belongs(t):
            return _cast(array, kind)
    return _of_python(array, _of_spellings)


def _of_spellings(values: list[Any]) -> Column:
    return _of_scalars([as_text(_readable(v)) for v in values], {str})


def _of_python(array: pa.Array, make: Callable[[list[Any]], Column]) -> Column:
    """A column made of Python values; what Python has no value for (a duration, an instant far off) becomes null."""
    try:
        return make(array.to_pylist())
    except (OverflowError, ValueError):
        values = [_python_value(scalar) for scalar in array]
    lost = [row for row, value in enumerate(values) if value is None and array[row].is_valid]
    column = make(values)
    return replace(column, mended=[*(("value_of_wrong_type", row) for row in lost), *column.mended])


def _python_value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return None


_ARROW_KINDS: tuple[tuple[Any, Kind], ...] = (
    (pt.is_boolean, "bool"),
    (pt.is_integer, "int"),
    (pt.is_floating, "double"),
    (pt.is_decimal, "double"),
    (pt.is_string, "text"),
    (pt.is_large_string, "text"),
    (pt.is_string_view, "text"),
    (pt.is_timestamp, "timestamp"),
    (pt.is_date, "timestamp"),
)


def _cast(array: pa.Array, kind: Kind) -> Column:
    if kind == "text":
        values, bad = valid_texts(array, pa.string())
        mended = [("value_of_wrong_type", row) for row in bad]
        return Column(values, _counted("text", values), mended=mended)
    if pt.is_uint64(array.type) and len(array) and (pc.max(array).as_py() or 0) not in _INT64:
        return _of_scalars(array.to_pylist(), {int})
    if kind == "timestamp":
        values, outside = instants_of(array)
        return Column(values, _counted(kind, values), mended=[("value_of_wrong_type", row) for row in outside])
    values = array.cast(ARROW_TYPES[kind], safe=False)
    return Column(values, _counted(kind, values))


def _counted(kind: Kind, values: pa.Array) -> dict[Kind, int]:
    present = len(values) - values.null_count
    return {kind: present} if present else {}


def valid_texts(array: pa.Array, target: pa.DataType) -> tuple[pa.Array, list[int]]:
    """Texts of an Arrow array; what is not valid UTF-8 becomes null, and its rows are said."""
    texts = array.cast(target)
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raw = texts.cast(pa.large_binary()).to_pylist()
        decoded = [_decoded(value) for value in raw]
        bad = [row for row, value in enumerate(raw) if value is not None and decoded[row] is None]
        return pa.array(decoded, target), bad
    return texts, []


def _decoded(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def _readable(value: Any) -> Any:
    """Values that JSON does not know, as something it does."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, list | dict | str | int | float) else str(value)


def conform(column: Column, kind: FieldType, *, multi: bool) -> tuple[pa.Array, int]:
    """Cast a staged column to its settled type; also count the values that do not fit and become null."""
    values = column.values
    if column.multi and not multi:
        values = pa.array([as_text(v) for v in values.to_pylist()], pa.string())
        column = Column(values, {"text": 1})
    if column.multi:
        flat, misfits = _conform_flat(values.flatten(), kind)
        return listed(flat, pc.list_value_length(values).cast(pa.int32())), misfits
    flat, misfits = _conform_flat(values, kind)
    if not multi:
        return flat, misfits
    lengths = pc.if_else(pc.is_valid(flat), pa.scalar(1, pa.int32()), pa.scalar(None, pa.int32()))
    return listed(flat.drop_null(), lengths), misfits


def _conform_flat(values: pa.Array, kind: FieldType) -> tuple[pa.Array, int]:
    target = ARROW_TYPES[kind]
    if values.type == target:
        return values, 0
    if kind == "text":
        return _spelled(values), 0
    if pt.is_string(values.type):
        fitting = _fitting(values, kind)
    elif kind == "double" and pt.is_integer(values.type):
        return values.cast(target, safe=False), 0
    elif kind == "int" and pt.is_floating(values.type):
        whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), pa.scalar(2.0**63)))
        fitting = pc.if_else(pc.fill_null(whole, False), values, pa.scalar(None, values.type))  # noqa: FBT003
    else:
        fitting = pa.nulls(len(values), target)
    out = fitting.cast(target)
    return out, out.null_count - values.null_count


def _fitting(texts: pa.Array, kind: FieldType) -> pa.Array:
    """Null in place of texts that do not spell a value of the kind."""
    pattern = {"int": _INTEGER, "double": _NUMBER, "bool": _BOOLEAN}.get(kind)
    if pattern is None:
        return pa.nulls(len(texts), pa.string())
    fits = pc.fill_null(pc.match_substring_regex(texts, pattern), False)  # noqa: FBT003
    return pc.if_else(fits, texts, pa.scalar(None, texts.type))


def _spelled(values: pa.Array) -> pa.Array:
    """Numbers, truth values and instants as texts, as JSON spells them."""
    if pt.is_floating(values.type) or pt.is_timestamp(values.type):
        return pa.array([as_text(v) for v in values.to_pylist()], pa.string())
    return values.cast(pa.string())
