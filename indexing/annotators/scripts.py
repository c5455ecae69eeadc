"""The script of most letters of a text, for many texts at once."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_CODE_POINTS = 0x110000
#: Scripts that say nothing about the writing: common, inherited, unknown.
_NEUTRAL = frozenset({"Zyyy", "Zinh", "Zzzz"})


def main_scripts(texts: Sequence[str]) -> list[str | None]:
    """The ISO 15924 code of the script that most letters of each text are in; None where it has none.

    Ties go to the code that comes first in the alphabet.
    """
    names, table = _script_table()
    if not texts:
        return []
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    rows = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    scripts = table[points]
    letters = np.flatnonzero(scripts)
    used, compact = np.unique(scripts[letters], return_inverse=True)
    if len(used) == 0:
        return [None] * len(texts)
    cells = np.bincount(rows[letters] * len(used) + compact, minlength=len(texts) * len(used))
    counts = cells.reshape(len(texts), len(used))
    best = [names[used[i]] for i in counts.argmax(axis=1)]
    return [name if total else None for name, total in zip(best, counts.sum(axis=1), strict=True)]


@functools.cache
def _script_table() -> tuple[list[str], npt.NDArray[np.uint8]]:
    """Names by number, in alphabetical order from 1, and the number of every code point; 0 is neutral."""
    from fontTools.unicodedata import Scripts

    names = ["", *sorted(set(Scripts.VALUES) - _NEUTRAL)]
    number = {name: i for i, name in enumerate(names)}
    table = np.zeros(_CODE_POINTS, np.uint8)
    for start, end, name in zip(Scripts.RANGES, [*Scripts.RANGES[1:], _CODE_POINTS], Scripts.VALUES, strict=True):
        table[start:end] = number.get(name, 0)
    return names, table
