"""Which words and phrases of a list a text has, and where; the list is known by hashes alone.

`words.npz` is made by `indexing/toxicity/make_word_list.py` from the English file of LDNOOBW
(https://github.com/LDNOOBW/List-of-Dirty-Naughty-Obscene-and-Otherwise-Bad-Words, CC BY 4.0, Shutterstock and
contributors), sorted into categories, with entries of this project's own. Words are looked up in the normal form of a
window: case, accents and simple disguises make no difference.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.toxicity.linear import Hashes, Numbers, extend, hash_word, word_end
from indexing.toxicity.normal import Characters, characters, normalise
from indexing.toxicity.windows import LONGEST, Codes, Places, Windows

FILE = Path(__file__).with_name("words.npz")
#: Words of a phrase at most.
LONGEST_PHRASE = 8

_FILTER = np.uint64((1 << 14) - 1)


class WordList(NamedTuple):
    """Entries by the hash of their words, ascending, and their categories; which low bits first words have."""

    hashes: Hashes
    categories: Numbers
    firsts: npt.NDArray[np.bool_]


class Hits(NamedTuple):
    """Where entries stand: the window, the code points in the joined texts (end exclusive), the category's number."""

    windows: Numbers
    starts: Places
    ends: Places
    categories: Numbers


@functools.cache
def word_list() -> WordList:
    """The list that comes with the program."""
    with np.load(FILE) as arrays:
        firsts = np.zeros(int(_FILTER) + 1, np.bool_)
        firsts[arrays["firsts"]] = True
        return WordList(arrays["hashes"], arrays["categories"].astype(np.int64), firsts)


def hash_entry(entry: str) -> tuple[int, int]:
    """The hash of an entry, and the low bits of its first word's; (0, 0) for one without words."""
    codes = np.array([ord(c) for c in entry], np.uint32)
    out, origins = np.empty(len(codes), np.uint32), np.empty(len(codes), np.int64)
    count = normalise(codes, 0, len(codes), characters(), out, origins)
    words = []
    i = 0
    while i < count:
        end = word_end(out, i, count, characters())
        if end > i:
            words.append(np.uint64(hash_word(out, i, end)))
        i = max(end, i + 1)
    if not words:
        return 0, 0
    return int(functools.reduce(lambda a, b: np.uint64(extend(a, b)), words)), int(words[0] & _FILTER)


def hits(codes: Codes, windows: Windows) -> Hits:
    """All hits, the longest entry at each word, in the order of the text; a phrase that a window cuts is missed."""
    room = int(np.sum(windows.ends - windows.starts)) // 2 + 1
    found = Hits(*(np.empty(room, np.int64) for _ in range(4)))
    count = _hits(codes, windows, characters(), word_list(), found)
    return Hits(*(column[:count].copy() for column in found))


@compiled
def _hits(codes: Codes, windows: Windows, characters: Characters, entries: WordList, found: Hits) -> int:
    out = np.empty(LONGEST, np.uint32)
    origins = np.empty(LONGEST, np.int64)
    total = 0
    for w in range(len(windows.rows)):
        count = normalise(codes, windows.starts[w], windows.ends[w], characters, out, origins)
        i = 0
        while i < count:
            end, category = _longest_entry(out, i, count, characters, entries)
            if category >= 0:
                found.windows[total] = w
                found.starts[total] = origins[i]
                found.ends[total] = origins[end - 1] + 1
                found.categories[total] = category
                total += 1
            i = end
    return total


@compiled
def _longest_entry(out: Codes, i: int, count: int, characters: Characters, entries: WordList) -> tuple[int, int]:
    """The end and the category of the longest entry that begins at i; the end of the word and -1 where none does."""
    end = word_end(out, i, count, characters)
    if end == i:
        return i + 1, -1
    words = hash_word(out, i, end)
    after = end
    category = -1
    if not entries.firsts[words & _FILTER]:
        return after, category
    for _ in range(LONGEST_PHRASE):
        place = np.searchsorted(entries.hashes, words)
        if place < len(entries.hashes) and entries.hashes[place] == words:
            after = end
            category = entries.categories[place]
        start = end + 1
        if start >= count:
            break
        end = word_end(out, start, count, characters)
        if end == start:
            break
        words = extend(words, hash_word(out, start, end))
    return after, category
