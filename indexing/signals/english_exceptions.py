"""The exceptions of spaCy's rules for English as compiled loops look them up: by hash."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from corpuscope.english import characters
from corpuscope.english.exceptions import exceptions
from corpuscope.english.words import merged
from indexing.signals.hashing import Hashes, Table, find, get, mix, new_table, put

Ints = npt.NDArray[np.int64]

#: Odd numbers whose bits look random: a stretch is a number written with the first as its base, words in a row one
#: with the second.
BASE, PER_WORD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC4CEB9FE1A85EC53)


#: The most characters of an exception, and the most words that one is cut into on the way.
LONGEST, MOST_WORDS = max(map(len, exceptions())), max(map(len, merged()))
#: What a key is changed with to mean a unit, the first of several words that make up an exception, or all of them.
UNIT, FIRST, SEVERAL = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB), np.uint64(0xD6E8FEB86659FD93)


_BITS, _IN_WORD = np.uint64(511), np.uint64(63)
_S6, _ONE = np.uint64(6), np.uint64(1)


class Known(NamedTuple):
    """Numbers by key. A bit of 32,768 is set for each key: most words need look no further."""

    bits: Hashes
    table: Table


class Rules(NamedTuple):
    """In `known`, by their hash, the number of each exception, from 1; and what the three numbers above say.

    `parts[cuts[n - 1]:cuts[n]]` are the lengths of the words of exception n.
    """

    known: Known
    cuts: Ints
    parts: Ints


@functools.cache
def rules() -> Rules:
    """The exceptions and units as the loops look them up."""
    strings = exceptions()
    numbers = {string: number for number, string in enumerate(strings, start=1)}
    sizes = [[len(part) for part in parts] for parts in strings.values()]
    known = Known(np.zeros(int(_BITS) + 1, np.uint64), new_table(2 * len(strings)))
    known.table.state[:] = 1, len(known.table.cells) - 1
    for string, number in numbers.items():
        _note(known, hash_word(string), number)
    for unit in characters.UNITS:
        _note(known, hash_word(unit) ^ int(UNIT), 1)
    for words, string in merged().items():
        _note(known, hash_word(words[0]) ^ int(FIRST), 1)
        _note(known, _join(words) ^ int(SEVERAL), numbers[string])
    cuts = np.cumsum([0, *map(len, sizes)])
    return Rules(known, cuts, np.array([n for size in sizes for n in size]))


def _note(known: Known, key: int, number: int) -> None:
    put(known.table, find(known.table, np.uint64(key)), np.uint64(key), number)
    known.bits[key >> 6 & int(_BITS)] |= np.uint64(1 << (key & int(_IN_WORD)))


@compiled
def look_up(known: Known, key: np.uint64) -> int:
    """The number of a key, or 0."""
    if not known.bits[(key >> _S6) & _BITS] >> (key & _IN_WORD) & _ONE:
        return 0
    return get(known.table, find(known.table, key))


def hash_word(string: str) -> int:
    """The hash of a word, as `hash_stretch` gives it."""
    total = 0
    for character in string:
        total = (total * int(BASE) + ord(character) + 1) % 2**64
    return int(mix(np.uint64(total)))


def _join(words: tuple[str, ...]) -> int:
    """The key of words that follow each other."""
    state = 1
    for word in words:
        state = (state * int(PER_WORD) + hash_word(word)) % 2**64
    return state
