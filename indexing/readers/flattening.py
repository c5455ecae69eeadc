"""Columns of nested values -> flat columns with dotted names."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, compress
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from indexing.readers.contract import Values

#: An object with more keys than this in one block is a table, not a structure: it stays JSON text.
KEYS_PER_OBJECT = 256
#: Objects further inside than this stay JSON text.
SPREAD_LEVELS = 64
#: What is further inside than this goes: parsers, pickles and JSON writers follow about 250 levels.
KEPT_LEVELS = 200
_NESTED = frozenset({dict, list})


def flatten(columns: Mapping[str, Values]) -> dict[str, Values]:
    """Spread objects into `outer.inner` columns; names that meet get `#2` behind them."""
    flat: dict[str, Values] = {}
    for name, values in columns.items():
        _spread(flat, name or "unnamed", values, 1)
    return flat


def empty_deepest(value: Any) -> bool:
    """Empty the lists and objects that are nested deeper than KEPT_LEVELS, in place; says whether there were any."""
    level = [value] if type(value) in (dict, list) else []
    for _ in range(KEPT_LEVELS):
        inside = list(chain.from_iterable(node.values() if type(node) is dict else node for node in level))
        level = list(compress(inside, map(_NESTED.__contains__, map(type, inside))))
        if not level:
            return False
    filled = [node for node in level if node]
    for node in filled:
        node.clear()
    return bool(filled)


def as_text(value: Any) -> str | None:
    """A value as text: texts as they are, everything else in JSON's spelling."""
    if value is None or type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    import orjson

    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # an integer beyond 64 bits, or a lone surrogate, somewhere inside
        import json

        return json.dumps(value, default=str)


def _spread(flat: dict[str, Values], name: str, values: Values, level: int) -> None:
    if isinstance(values, pa.Array):
        _spread_array(flat, name, values, level)
    elif dict in set(map(type, values)):
        _spread_objects(flat, name, values, level)
    else:
        _put(flat, name, values)


def _spread_array(flat: dict[str, Values], name: str, array: pa.Array, level: int) -> None:
    if pt.is_dictionary(array.type):
        array = array.dictionary_decode()
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if not pt.is_struct(array.type) or level > SPREAD_LEVELS:
        _put(flat, name, array)
        return
    for field, child in zip(array.type.fields, array.flatten(), strict=True):
        _spread(flat, f"{name}.{field.name}", child, level + 1)


def _spread_objects(flat: dict[str, Values], name: str, values: list[Any], level: int) -> None:
    keys = dict.fromkeys(chain.from_iterable(v for v in values if type(v) is dict))
    if len(keys) > KEYS_PER_OBJECT or level > SPREAD_LEVELS:
        _put(flat, name, [as_text(v) for v in values])
        return
    rest = [None if type(v) is dict else v for v in values]
    if any(v is not None for v in rest):
        _put(flat, name, rest)
    for key in keys:
        _spread(flat, f"{name}.{key}", [v.get(key) if type(v) is dict else None for v in values], level + 1)


def _put(flat: dict[str, Values], name: str, values: Values) -> None:
    """Add a column under a name that is still free."""
    free, number = name, 1
    while free in flat:
        number += 1
        free = f"{name}#{number}"
    flat[free] = values
