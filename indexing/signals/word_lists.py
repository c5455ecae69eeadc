"""Lists of words and phrases, known by their hashes alone.

`english_lists.npz` is made by `indexing/signals/make_word_lists.py` from the files of stopwords-json
(https://github.com/6/stopwords-json, Apache-2.0) and of LDNOOBW (https://github.com/LDNOOBW/
List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words, CC BY 4.0, Shutterstock and contributors). A word that is in no
list is taken for one that is with a probability below one in 10**16.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpuscope.compiled import compiled
from indexing.signals.codepoints import code_points
from indexing.signals.hashing import Hashes, extend, hash_codes

FILE = Path(__file__).with_name("english_lists.npz")
#: What a hash stands for: an entry, and the first words of an entry that has more.
ENTRY, BEGINNING = 1, 2

#: The bits of a cell in which it is said what the hash in the others stands for.
_MARKS = np.uint64(3)
_ONE = np.uint64(1)


class WordLists(NamedTuple):
    """The English lists: hashes in cells, to be looked up."""

    stop_words: Hashes
    bad_words: Hashes


@functools.cache
def word_lists() -> WordLists:
    """The lists that come with the program."""
    with np.load(FILE) as arrays:
        return WordLists(arrays["stop_words"], arrays["bad_words"])


def hash_word(word: str) -> np.uint64:
    """The hash of a word."""
    codes, _ = code_points(pa.array([word], pa.large_string()))
    return np.uint64(hash_codes(codes, 0, len(codes)))


def cells_of(entries: Iterable[str]) -> Hashes:
    """Entries, whose words are parted by single spaces, as cells of an open-addressing table; 0 is a free cell."""
    marks: dict[int, int] = {}
    for entry in entries:
        words = entry.split(" ")
        ngram = hash_word(words[0])
        for word in words[1:]:
            marks[_key(ngram)] = marks.get(_key(ngram), 0) | BEGINNING
            ngram = np.uint64(extend(ngram, hash_word(word)))
        marks[_key(ngram)] = marks.get(_key(ngram), 0) | ENTRY
    cells = np.zeros(1 << (2 * len(marks)).bit_length(), np.uint64)
    for key, mark in sorted(marks.items()):
        cell = (key >> 2) % len(cells)
        while cells[cell]:
            cell = (cell + 1) % len(cells)
        cells[cell] = key | mark
    return cells


def _key(ngram: np.uint64) -> int:
    return int(ngram) & ~int(_MARKS)


@compiled
def look_up(cells: Hashes, ngram: np.uint64) -> int:
    """What the list has of an n-gram: ENTRY, BEGINNING, both or 0."""
    mask = np.uint64(len(cells) - 1)
    key = ngram & ~_MARKS
    cell = (ngram >> np.uint64(2)) & mask
    while cells[cell]:
        if cells[cell] & ~_MARKS == key:
            return np.int64(cells[cell] & _MARKS)  # type: ignore[return-value]
        cell = (cell + _ONE) & mask
    return 0
