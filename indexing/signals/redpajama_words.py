"""RedPajama-V2's signals of the words of a normalised text: how many, how different, how much is said again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.characters import SPACE, Classes
from indexing.signals.codepoints import Codes
from indexing.signals.hashing import Hashes, Table, add_code, empty, extend, find, get, mix, put
from indexing.signals.redpajama_raw import Figures
from indexing.signals.word_lists import BEGINNING, ENTRY, look_up

Numbers = npt.NDArray[np.int64]

_LOREM = (0x6C, 0x6F, 0x72, 0x65, 0x6D)
_IPSUM = (0x69, 0x70, 0x73, 0x75, 0x6D)
#: What regular expressions without regard to case take for i and s as well: dotless i and long s.
_OTHER_I, _OTHER_S = 0x131, 0x17F


class Words(NamedTuple):
    """The words of a text: where they start, how long they are, their hashes; and room for work on n-grams.

    `ngrams` holds the hash of the n-gram that starts at a word, `cells` its cell in a table, `places` the words at
    which an n-gram may start that occurs again.
    """

    starts: Numbers
    lengths: Numbers
    hashes: Hashes
    ngrams: Hashes
    cells: Numbers
    places: Numbers


def new_words(count: int) -> Words:
    """Room for so many words."""
    numbers = [np.empty(count, np.int64) for _ in range(4)]
    hashes = [np.empty(count, np.uint64) for _ in range(2)]
    return Words(numbers[0], numbers[1], hashes[0], hashes[1], numbers[2], numbers[3])


@compiled
def cut_words(codes: Codes, kinds: Classes, words: Words) -> int:
    """Find the words between white space; how many there are."""
    count = 0
    i = 0
    while i < len(codes):
        if kinds[i] & SPACE:
            i += 1
            continue
        start = i
        state = np.uint64(0)
        while i < len(codes) and not kinds[i] & SPACE:
            state = add_code(state, codes[i])
            i += 1
        words.starts[count] = start
        words.lengths[count] = i - start
        words.hashes[count] = mix(state)
        count += 1
    return count


@compiled
def total(numbers: Numbers) -> int:
    """The sum."""
    out = 0
    for number in numbers:
        out += number
    return out


@compiled
def write_variety(words: Words, count: int, table: Table, out: Figures) -> None:
    """Number and mean length of words, share of different ones, and the entropy of their distribution."""
    characters = total(words.lengths[:count])
    empty(table, count)
    different = 0
    for i in range(count):
        words.cells[different] = find(table, words.hashes[i])
        seen = get(table, words.cells[different])
        put(table, words.cells[different], words.hashes[i], seen + 1)
        different += seen == 0
    entropy = 0.0
    for k in range(different):
        share = get(table, words.cells[k]) / count
        entropy -= share * np.log(share)
    out[0] = count
    out[1] = characters / count if count else np.nan
    out[2] = different / count if count else np.nan
    out[3] = entropy if count else np.nan


@compiled
def write_repetitions(words: Words, count: int, table: Table, out: Figures) -> None:
    """Shares of characters in the most frequent n-gram (n = 2 to 4) and in all n-grams that occur again (5 to 10).

    An n-gram that occurs again begins with a shorter one that does, so only those places are looked at. `cells` is
    read before it is written: entry k belongs to the k-th place.
    """
    characters = max(1, total(words.lengths[:count]))
    words.ngrams[:count] = words.hashes[:count]
    places = count
    for i in range(count):
        words.places[i] = i
    for n in range(2, 11):
        places = count_ngrams(words, count, n, places, table)
        found = top_ngram(words, n, places, table) if n < 5 else covered_by(words, n, places, table)
        out[n - 2] = found / characters
        places = keep_repeated(words, places, table)


@compiled
def count_ngrams(words: Words, count: int, n: int, places: int, table: Table) -> int:
    """Count the n-grams that start at the places; how many places have n words."""
    while places > 0 and words.places[places - 1] > count - n:
        places -= 1
    empty(table, places)
    for k in range(places):
        i = words.places[k]
        words.ngrams[i] = extend(words.ngrams[i], words.hashes[i + n - 1])
        words.cells[k] = find(table, words.ngrams[i])
        put(table, words.cells[k], words.ngrams[i], get(table, words.cells[k]) + 1)
    return places


@compiled
def top_ngram(words: Words, n: int, places: int, table: Table) -> int:
    """Characters in all occurrences of the most frequent n-gram, the first of several; 0 where none occurs again."""
    most, first = 1, 0
    for k in range(places):
        often = get(table, words.cells[k])
        if often > most:
            most, first = often, words.places[k]
    return 0 if most == 1 else most * total(words.lengths[first : first + n])


@compiled
def covered_by(words: Words, n: int, places: int, table: Table) -> int:
    """Characters of the words in any n-gram that occurs again, each word once."""
    covered = reached = 0
    for k in range(places):
        if get(table, words.cells[k]) > 1:
            i = words.places[k]
            covered += total(words.lengths[max(i, reached) : i + n])
            reached = i + n
    return covered


@compiled
def keep_repeated(words: Words, places: int, table: Table) -> int:
    """Keep the places at which an n-gram starts that occurs again; how many."""
    kept = 0
    for k in range(places):
        if get(table, words.cells[k]) > 1:
            words.places[kept] = words.places[k]
            kept += 1
    return kept


@compiled
def count_listed(hashes: Hashes, cells: Hashes) -> int:
    """Occurrences of the entries of a list among words: of each entry at each place."""
    listed = 0
    for i in range(len(hashes)):
        ngram = hashes[i]
        found = look_up(cells, ngram)
        listed += found & ENTRY
        end = i + 1
        while found & BEGINNING and end < len(hashes):
            ngram = extend(ngram, hashes[end])
            found = look_up(cells, ngram)
            listed += found & ENTRY
            end += 1
    return listed


@compiled
def count_lorem_ipsum(codes: Codes, words: Words, count: int) -> int:
    """Matches of `lorem ipsum` without regard to case, or 0 where it is nowhere as it is written here."""
    matches = 0
    exact = False
    for i in range(count - 1):
        end = words.starts[i] + words.lengths[i]
        if words.lengths[i] < 5 or words.lengths[i + 1] < 5 or codes[end - 1] != _LOREM[-1]:
            continue
        match = same = True
        for k in range(5):
            code = codes[words.starts[i + 1] + k]
            same = same and code == _IPSUM[k]
            other = (k == 0 and code == _OTHER_I) or (k == 2 and code == _OTHER_S)
            match = match and (code == _IPSUM[k] or other) and codes[end - 5 + k] == _LOREM[k]
        matches += match
        exact = exact or (match and same)
    return matches if exact else 0
