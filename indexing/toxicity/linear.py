"""The first stage: words, pairs of words and pieces of words, hashed; a weight for each hash; their sum.

Feature hashing: Weinberger et al., 2009 (arXiv 0902.2206). Pieces are the 3 to 5 characters that follow each other in a
word with its boundaries. The sum is divided by the root of the number of features, so that length alone says nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.toxicity.normal import Characters, characters, kind_of, normalise
from indexing.toxicity.windows import LONGEST, Codes, Windows

#: Hashes of this many bits.
BITS = 18

_PIECES = (3, 5)
_APOSTROPHE, _STAR, _BOUNDARY = ord("'"), ord("*"), 1
_MASK = np.uint64((1 << BITS) - 1)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_PAIR = np.uint64(0xC4CEB9FE1A85EC53)
_WORD_SEED = np.uint64(0x517CC1B727220A95)
_S29, _S32 = np.uint64(29), np.uint64(32)
#: A code point gives at most this many features.
_FEATURES = 5

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def features(codes: Codes, windows: Windows) -> tuple[Numbers, Numbers]:
    """The hashes of all windows, one after the other, and where each window's begin (one more than windows)."""
    room = int(np.sum(windows.ends - windows.starts)) * _FEATURES + 2 * len(windows.rows)
    hashes = np.empty(room, np.int64)
    offsets = np.empty(len(windows.rows) + 1, np.int64)
    count = _features(codes, windows, characters(), hashes, offsets)
    return hashes[:count], offsets


def scores(codes: Codes, windows: Windows, weights: Weights, bias: float) -> Doubles:
    """The log-odds of each window by the first stage."""
    out = np.empty(len(windows.rows))
    _scores(codes, windows, characters(), weights, bias, out)
    return out


def normal_form(codes: Codes, start: int, end: int) -> str:
    """The normal form of a stretch as a string, for the second stage."""
    out, origins = np.empty(end - start, np.uint32), np.empty(end - start, np.int64)
    count = normalise(codes, start, end, characters(), out, origins)
    return out[:count].tobytes().decode("utf-32-le", "replace")


@compiled
def _features(codes: Codes, windows: Windows, characters: Characters, hashes: Numbers, offsets: Numbers) -> int:
    out = np.empty(LONGEST, np.uint32)
    origins = np.empty(LONGEST, np.int64)
    buffer = np.empty(LONGEST * _FEATURES + 2, np.uint64)
    total = 0
    for w in range(len(windows.rows)):
        offsets[w] = total
        count = normalise(codes, windows.starts[w], windows.ends[w], characters, out, origins)
        found = _hash_window(out, count, characters, buffer)
        for i in range(found):
            hashes[total] = np.int64(buffer[i] & _MASK)
            total += 1
    offsets[len(windows.rows)] = total
    return total


@compiled
def _scores(
    codes: Codes, windows: Windows, characters: Characters, weights: Weights, bias: float, scores: Doubles
) -> None:
    out = np.empty(LONGEST, np.uint32)
    origins = np.empty(LONGEST, np.int64)
    buffer = np.empty(LONGEST * _FEATURES + 2, np.uint64)
    for w in range(len(windows.rows)):
        count = normalise(codes, windows.starts[w], windows.ends[w], characters, out, origins)
        found = _hash_window(out, count, characters, buffer)
        total = 0.0
        for i in range(found):
            total += weights[buffer[i] & _MASK]
        scores[w] = bias + total / np.sqrt(max(found, 1))


@compiled
def _hash_window(out: Codes, count: int, characters: Characters, buffer: Hashes) -> int:
    """Write the hashes of a window in normal form; how many."""
    found = 0
    before = np.uint64(0)
    i = 0
    while i < count:
        end = word_end(out, i, count, characters)
        if end == i:
            i += 1
            continue
        word = hash_word(out, i, end)
        buffer[found] = word
        buffer[found + 1] = _mix(before * _PAIR + word)
        found = _hash_pieces(out, i, end, buffer, found + 2)
        before = word
        i = end
    return found


@compiled
def word_end(out: Codes, i: int, count: int, characters: Characters) -> int:
    """The end of the word that begins at i; i where none does. Words have letters, digits, inner ' and *."""
    end = i
    while end < count and (
        kind_of(out[end], characters.kinds) or (end > i and (out[end] == _APOSTROPHE or out[end] == _STAR))
    ):
        end += 1
    while end > i and out[end - 1] == _APOSTROPHE:
        end -= 1
    return end


@compiled
def hash_word(out: Codes, start: int, end: int) -> np.uint64:
    """The hash of a word."""
    state = _WORD_SEED
    for i in range(start, end):
        state = _add(state, out[i])
    return _mix(state)


@compiled
def _hash_pieces(out: Codes, start: int, end: int, buffer: Hashes, found: int) -> int:
    """Write the hashes of all pieces of a word between its boundaries; how many hashes there are now."""
    for i in range(start - 1, end + 2 - _PIECES[0]):
        state = np.uint64(0)
        for k in range(i, min(i + _PIECES[1], end + 1)):
            state = _add(state, np.uint32(_BOUNDARY) if k < start or k == end else out[k])
            if k - i + 1 >= _PIECES[0]:
                buffer[found] = _mix(state)
                found += 1
    return found


@compiled
def extend(words: np.uint64, word: np.uint64) -> np.uint64:
    """The hash of some words and one more."""
    return _mix(words * _PAIR + word)


@compiled
def _add(state: np.uint64, code: np.uint32) -> np.uint64:
    state = (state ^ (np.uint64(code) + np.uint64(1))) * _STEP
    return state ^ (state >> _S32)


@compiled
def _mix(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> _S29)) * _MIX
    return value ^ (value >> _S32)
