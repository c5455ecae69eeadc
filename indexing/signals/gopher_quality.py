"""The values of Gopher's quality rules, as datatrove 0.10.1 computes them."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import ALPHA, PUNCTUATION, Table
from indexing.signals.english_exceptions import Ints, hash_word
from indexing.signals.english_tokens import Words
from indexing.signals.hashing import Hashes
from indexing.signals.lines import find_line_end, skip_line_end, strip

Values = npt.NDArray[np.float64]

_HASH, _DOT, _ELLIPSIS, _BULLET, _HYPHEN = (ord(c) for c in "#.…•-")
_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
_LONGEST_STOP_WORD = 4


@functools.cache
def stop_words() -> Hashes:
    """The hashes of the stop words."""
    return np.array([hash_word(word) for word in _STOP_WORDS], np.uint64)


@compiled
def gopher_quality(
    codes: Codes, start: int, end: int, classes: Table, words: Words, count: int, stops: Hashes, out: Values
) -> None:
    """Write the eight values; what is divided by nothing stays as it is."""
    proper, letters, alphabetic, stop = _count_words(classes, words.solid, words.bounds, words.keys, count, stops)
    hashes, ellipses = _count_symbols(codes, start, end)
    lines, bullets, trailing = _count_lines(codes, start, end, classes)
    out[0] = proper
    if proper:
        out[1] = letters / proper
    if count:
        out[2], out[3], out[6] = hashes / count, ellipses / count, alphabetic / count
    if lines:
        out[4], out[5] = bullets / lines, trailing / lines
    out[7] = stop


@compiled
def _count_words(
    classes: Table, solid: Codes, bounds: Ints, keys: Hashes, count: int, stops: Hashes
) -> tuple[int, int, int, int]:
    """Words that are not punctuation alone, their characters, words with a letter, different stop words."""
    proper = letters = alphabetic = stop = 0
    met = np.zeros(len(stops), np.bool_)
    for k in range(count):
        first, last = bounds[k], bounds[k + 1]
        any_bit = np.uint32(0)
        every_bit = np.uint32(PUNCTUATION)
        for i in range(first, last):
            any_bit |= classes[solid[i]]
            every_bit &= classes[solid[i]]
        if not every_bit & PUNCTUATION:
            proper += 1
            letters += last - first
        if any_bit & ALPHA:
            alphabetic += 1
        if last - first <= _LONGEST_STOP_WORD:
            for s in range(len(stops)):
                if keys[k] == stops[s] and not met[s]:
                    met[s] = True
                    stop += 1
    return proper, letters, alphabetic, stop


@compiled
def _count_symbols(codes: Codes, start: int, end: int) -> tuple[int, int]:
    """Hash signs, and ellipses: … and three full stops."""
    hashes = ellipses = dots = 0
    for i in range(start, end):
        code = codes[i]
        if code == _DOT:
            dots += 1
            if dots == 3:
                ellipses += 1
                dots = 0
        else:
            dots = 0
            hashes += code == _HASH
            ellipses += code == _ELLIPSIS
    return hashes, ellipses


@compiled
def _count_lines(codes: Codes, start: int, end: int, classes: Table) -> tuple[int, int, int]:
    """Lines, those that begin with a bullet, those that end with an ellipsis."""
    lines = bullets = trailing = 0
    while start < end:
        stop = find_line_end(codes, start, end, classes)
        first, last = strip(codes, start, stop, classes)
        lines += 1
        if first < last:
            bullets += codes[first] == _BULLET or codes[first] == _HYPHEN
            trailing += codes[last - 1] == _ELLIPSIS or (
                last - first >= 3 and codes[last - 1] == _DOT and codes[last - 2] == _DOT and codes[last - 3] == _DOT
            )
        start = skip_line_end(codes, stop, end)
    return lines, bullets, trailing
