"""Texts without ASCII punctuation, in lower case and decomposed, exactly as Python's own functions make them.

The same as `unicodedata.normalize("NFD", text.translate(without_punctuation).lower())`, by tables made with them.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.characters import PUNCTUATION, Classes
from indexing.signals.codepoints import Codes

#: A character becomes at most so many.
LONGEST = 4

_CODE_POINTS = 0x110000
#: Characters from here on stay as they are; a few of them are passed over around a sigma.
_FIXED = 0x30000
_PASSED_OVER = range(0xE0000, 0xE0200)
#: Parts the characters in the making of the tables; neither changes nor combines, and no character becomes it.
_SEPARATOR = 0xFFFF
_SIGMA, _SMALL_FINAL_SIGMA = 0x3A3, 0x3C2
#: Around a sigma: a letter with case, or what is passed over (Unicode Standard, section 3.13, Final_Sigma).
_CASED, _IGNORED = 1, 2
#: No character below combines.
_COMBINING = 0x300


class Forms(NamedTuple):
    """What characters become, how they combine, and what they are beside a sigma.

    Character c becomes `codes[starts[c]]` and what follows up to `codes[starts[c + 1] - 2]`.
    """

    codes: Codes
    starts: npt.NDArray[np.int64]
    combining: npt.NDArray[np.uint8]
    beside_sigma: npt.NDArray[np.uint8]


@functools.cache
def forms() -> Forms:
    """The forms of all characters, by Python's own tables."""
    every = [chr(code) for code in range(_FIXED)]
    every[_SEPARATOR] = " "
    codes, ends = _joined(every)
    starts = np.append(0, ends + 1)
    codes[starts[_SEPARATOR]] = _SEPARATOR
    combining = np.zeros(_CODE_POINTS, np.uint8)
    combining[:_FIXED] = [unicodedata.combining(c) for c in every]
    return Forms(codes, starts, combining, _beside_sigma(every))


def _beside_sigma(every: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Told by whether a sigma behind the character, and behind it and an A, is a final one."""
    passed_over = [chr(code) for code in _PASSED_OVER]
    out = np.zeros(_CODE_POINTS, np.uint8)
    for first, characters in ((0, every), (_PASSED_OVER.start, passed_over)):
        cased = _final_sigmas([c + chr(_SIGMA) for c in characters])
        either = _final_sigmas([f"A{c}{chr(_SIGMA)}" for c in characters])
        out[first : first + len(characters)] = np.where(cased, _CASED, np.where(either, _IGNORED, 0))
    return out


def _final_sigmas(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    codes, ends = _joined(texts)
    final: npt.NDArray[np.bool_] = codes[ends - 1] == _SMALL_FINAL_SIGMA
    return final


def _joined(texts: Sequence[str]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """All texts in lower case and decomposed, and the place of the separator behind each."""
    text = unicodedata.normalize("NFD", chr(_SEPARATOR).join([*texts, ""]).lower())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    return codes, np.flatnonzero(codes == _SEPARATOR)


@compiled
def normalize(codes: Codes, classes: Classes, forms: Forms, out: Codes) -> int:
    """Write the normalised text of one document into `out`; its length."""
    size = 0
    for i in range(len(codes)):
        code = codes[i]
        if code >= _FIXED:
            out[size] = code
            size += 1
        elif code == _SIGMA and _is_final(codes, i, classes, forms.beside_sigma):
            out[size] = _SMALL_FINAL_SIGMA
            size += 1
        elif not classes[code] & PUNCTUATION:
            for k in range(forms.starts[code], forms.starts[code + 1] - 1):
                out[size] = forms.codes[k]
                size += 1
    _order(out[:size], forms.combining)
    return size


@compiled
def _is_final(codes: Codes, at: int, classes: Classes, beside_sigma: npt.NDArray[np.uint8]) -> bool:
    """Whether a sigma ends a word: what comes next before it has case, and what comes next after it has none."""
    before = at - 1
    while before >= 0 and (classes[codes[before]] & PUNCTUATION or beside_sigma[codes[before]] == _IGNORED):
        before -= 1
    if before < 0 or beside_sigma[codes[before]] != _CASED:
        return False
    after = at + 1
    while after < len(codes) and (classes[codes[after]] & PUNCTUATION or beside_sigma[codes[after]] == _IGNORED):
        after += 1
    return after == len(codes) or beside_sigma[codes[after]] != _CASED


@compiled
def _order(codes: Codes, combining: npt.NDArray[np.uint8]) -> None:
    """Put each run of combining characters into canonical order (Unicode Standard, section 3.11), in place."""
    i = 0
    while i < len(codes):
        if codes[i] < _COMBINING or combining[codes[i]] == 0:
            i += 1
            continue
        first, low, high, ordered = i, np.int64(255), np.int64(0), True
        while i < len(codes) and combining[codes[i]] != 0:
            kind = np.int64(combining[codes[i]])
            if kind < high:
                ordered = False
            low, high = min(low, kind), max(high, kind)
            i += 1
        if not ordered:
            _sort(codes[first:i], combining, low, high)


@compiled
def _sort(codes: Codes, combining: npt.NDArray[np.uint8], low: np.int64, high: np.int64) -> None:
    """Sort a run by combining class, those of one class in their old order; in linear time, however long the run."""
    run = codes.copy()
    at = 0
    for kind in range(low, high + 1):
        for code in run:
            if combining[code] == kind:
                codes[at] = code
                at += 1
