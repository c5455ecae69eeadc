"""Hashes of words and n-grams, and a table in which they are counted.

Words and n-grams are told apart by 64-bit hashes alone: among 100,000 different ones in a text two share a hash with a
probability below 1 in 3 thousand million.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes

Hashes = npt.NDArray[np.uint64]

#: Odd numbers whose bits look random: the first is 2**64 divided by the golden ratio, the others are the constants of
#: MurmurHash3's and SplitMix64's finalisers (Appleby, 2011; Steele, Lea and Flood, 2014).
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_PER_WORD = np.uint64(0xC4CEB9FE1A85EC53)
_S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_LOW, _ONE = np.uint64(0xFFFFFFFF), np.uint64(1)


@compiled
def mix(value: np.uint64) -> np.uint64:
    """Turn every bit by every other: the finaliser of SplitMix64, a permutation."""
    value = (value ^ (value >> _S30)) * _MIX_1
    value = (value ^ (value >> _S27)) * _MIX_2
    return value ^ (value >> _S31)


@compiled
def add_code(state: np.uint64, code: np.uint32) -> np.uint64:
    """The state of a hash after one more code point; a word begins with the state 0 and ends with `mix`."""
    state = (state ^ (np.uint64(code) + _ONE)) * _STEP  # one more, so that a NUL at the start counts
    return state ^ (state >> _S32)


@compiled
def hash_codes(codes: Codes, start: int, end: int) -> np.uint64:
    """The hash of the code points from `start` to `end`."""
    state = np.uint64(0)
    for i in range(start, end):
        state = add_code(state, codes[i])
    return mix(state)


@compiled
def hash_ngrams(words: Hashes, count: int, n: int, out: Hashes) -> int:
    """Write the hash of each n words that follow each other into `out`, from those of `count` words; how many."""
    if count < n:
        return 0
    leaving = np.uint64(1)
    for _ in range(n):
        leaving = leaving * _PER_WORD
    state = np.uint64(0)
    for i in range(count):
        state = state * _PER_WORD + words[i]
        if i >= n:
            state = state - leaving * words[i - n]
        if i >= n - 1:
            out[i - n + 1] = mix(state)
    return count - n + 1


@compiled
def extend(ngram: np.uint64, word: np.uint64) -> np.uint64:
    """The hash of an n-gram and one more word; that of a single word is the word's."""
    return mix(ngram * _PER_WORD + word)


class Table(NamedTuple):
    """A number for each key, by open addressing; emptied for the next text without being cleared.

    A cell is live when its stamp is the number of times that the table was emptied. `cells` has a row for each cell:
    the key, then the stamp above the number, of 32 bits each. `state` holds the stamp and the mask of cells in use: a
    short text uses few cells, which stay in the processor's cache.
    """

    cells: Hashes
    state: Hashes


def new_table(keys: int) -> Table:
    """A table for up to so many different keys at a time."""
    size = 1 << max(4, (2 * keys - 1).bit_length())
    return Table(np.zeros((size, 2), np.uint64), np.zeros(2, np.uint64))


@compiled
def empty(table: Table, keys: int) -> None:
    """Empty the table and make it ready for up to `keys` different keys."""
    size = 16
    while size < 2 * keys:
        size *= 2
    if size > len(table.cells):
        raise ValueError("The table is too small.")
    table.state[0] += _ONE
    if table.state[0] > _LOW:
        table.cells[:] = 0
        table.state[0] = 1
    table.state[1] = size - 1


@compiled
def find(table: Table, key: np.uint64) -> int:
    """The cell of a key, or the free one that it would take."""
    cells = table.cells
    stamp = table.state[0]
    mask = table.state[1]
    cell = key & mask
    while cells[cell, 1] >> _S32 == stamp and cells[cell, 0] != key:
        cell = (cell + _ONE) & mask
    return np.int64(cell)  # type: ignore[return-value]


@compiled
def get(table: Table, cell: int) -> int:
    """The number in a cell that `find` gave; 0 in a free one."""
    value = table.cells[cell, 1]
    return np.int64(value & _LOW) if value >> _S32 == table.state[0] else 0  # type: ignore[return-value]


@compiled
def put(table: Table, cell: int, key: np.uint64, number: int) -> None:
    """Write a key and its number, below 2**32, into the cell that `find` gave."""
    table.cells[cell, 0] = key
    table.cells[cell, 1] = table.state[0] << _S32 | np.uint64(number)


@compiled
def count(table: Table, key: np.uint64) -> int:
    """Count a key once more; how often it has been counted."""
    cell = find(table, key)
    number = get(table, cell) + 1
    put(table, cell, key, number)
    return number
