"""The script of most letters of a text, for many texts at once."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_CODE_POINTS = 0x110000
#: Texts counted together: few enough for the arrays to stay in the processor's cache.
_AT_ONCE = 256
_ASCII_LETTER = re.compile("[A-Za-z]").search
#: Scripts that say nothing about the writing: common, inherited, unknown.
_NEUTRAL = frozenset({"Zyyy", "Zinh", "Zzzz"})


def main_scripts(texts: Sequence[str]) -> list[str | None]:
    """The ISO 15924 code of the script that most letters of each text are in; None where it has none.

    Ties go to the code that comes first in the alphabet.
    """
    # ASCII text, the most common by far, has letters of one script.
    out = ["Latn" if text.isascii() and _ASCII_LETTER(text) else None for text in texts]
    rest = [i for i, text in enumerate(texts) if not text.isascii()]
    for i in range(0, len(rest), _AT_ONCE):
        some = rest[i : i + _AT_ONCE]
        for place, script in zip(some, _main_scripts([texts[j] for j in some]), strict=True):
            out[place] = script
    return out


def _main_scripts(texts: Sequence[str]) -> list[str | None]:
    names, table = _script_table()
    scripts = table[np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)]
    # The neutral script is counted too (as none), so that every text has a cell.
    used = np.union1d(np.flatnonzero(np.bincount(scripts, minlength=len(names))), [0])
    column = np.zeros(len(names), np.int64)
    column[used] = np.arange(len(used))
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    cells = np.repeat(np.arange(len(texts)) * len(used), lengths) + column[scripts]
    counts = np.bincount(cells, minlength=len(texts) * len(used)).reshape(len(texts), len(used))
    counts[:, 0] = 0
    return [names[used[i]] or None for i in counts.argmax(axis=1)]


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
