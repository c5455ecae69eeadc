"""The exceptions of spaCy's rules for English as compiled loops look them up: by hash."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.english import characters
from corpuscope.english.exceptions import exceptions
from corpuscope.english.words import merged
from indexing.signals.hashing import Table, find, mix, new_table, put

Ints = npt.NDArray[np.int64]

#: Odd numbers whose bits look random: a stretch is a number written with the first as its base, words in a row one
#: with the second.
BASE, PER_WORD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC4CEB9FE1A85EC53)


class Rules(NamedTuple):
    """The exceptions, by hash: their number from 1, or for units 1; `merges` by the hashes of several words.

    `parts[cuts[n]:cuts[n + 1]]` are the lengths of the words of exception n; `longest` holds the most characters of an
    exception and the most words of a merge.
    """

    known: Table
    units: Table
    firsts: Table
    merges: Table
    cuts: Ints
    parts: Ints
    longest: Ints


@functools.cache
def rules() -> Rules:
    """The exceptions and units as the loops look them up."""
    strings = exceptions()
    numbers = {string: number for number, string in enumerate(strings)}
    sizes = [[len(part) for part in parts] for parts in strings.values()]
    tables = [new_table(len(strings) + len(characters.UNITS)) for _ in range(4)]
    for table in tables:
        table.state[:] = 1, len(table.cells) - 1
    known, units, firsts, merges = tables
    for string, number in numbers.items():
        _note(known, hash_word(string), number + 1)
    for unit in characters.UNITS:
        _note(units, hash_word(unit), 1)
    for words, string in merged().items():
        _note(firsts, hash_word(words[0]), 1)
        _note(merges, _join(words), numbers[string] + 1)
    cuts = np.cumsum([0, *map(len, sizes)])
    longest = np.array([max(map(len, strings)), max(map(len, merged()))])
    return Rules(known, units, firsts, merges, cuts, np.array([n for size in sizes for n in size]), longest)


def _note(table: Table, key: int, number: int) -> None:
    put(table, find(table, np.uint64(key)), np.uint64(key), number)


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
