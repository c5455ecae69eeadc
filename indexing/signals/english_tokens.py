"""Room for the words of a text, and the hashes of its stretches.

Words follow each other without a gap in the text without its white space: so a word, or a run of words written as one,
is a stretch of that text, and the hash of any stretch comes from two sums.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexing.signals.codepoints import Codes
from indexing.signals.compiled import compiled
from indexing.signals.english_exceptions import BASE, Ints, Rules
from indexing.signals.hashing import Hashes, find, get, mix


class Words(NamedTuple):
    """Room for the words of one text.

    `solid` is the text without white space, `sums` and `powers` give the hashes of its stretches. Token k begins at
    `starts[k]` of `solid` and at `places[k]` of the text; white space is a token of no length. `opens` says whether a
    token begins a chunk, and `hashes` holds the tokens' hashes. `room` is used on the way.
    `bounds` and `keys` are the starts and hashes of the tokens that are words, once `keep_words` has gone through them.
    """

    solid: Codes
    sums: Hashes
    powers: Hashes
    starts: Ints
    places: Ints
    opens: npt.NDArray[np.bool_]
    hashes: Hashes
    room: Ints
    bounds: Ints
    keys: Hashes


def new_words(length: int) -> Words:
    """Room for texts of up to so many characters."""
    powers = np.full(length + 1, BASE)
    powers[0] = 1
    sums, hashes, keys = (np.zeros(length + 2, np.uint64) for _ in range(3))
    starts, places, room, bounds = (np.zeros(length + 2, np.int64) for _ in range(4))
    opens = np.zeros(length + 2, np.bool_)
    solid = np.zeros(length + 1, np.uint32)
    return Words(solid, sums, np.multiply.accumulate(powers), starts, places, opens, hashes, room, bounds, keys)


@compiled
def keep_words(words: Words, count: int) -> int:
    """Write the words among the tokens into `bounds` and `keys`; how many."""
    kept = 0
    for k in range(count):
        if words.starts[k] < words.starts[k + 1]:
            words.bounds[kept] = words.starts[k]
            words.keys[kept] = words.hashes[k]
            kept += 1
    words.bounds[kept] = words.starts[count]
    return kept


@compiled
def hash_stretch(words: Words, start: int, end: int) -> np.uint64:
    """The hash of the characters from `start` to `end` of `solid`."""
    return mix(words.sums[end] - words.sums[start] * words.powers[end - start])


@compiled
def put_token(words: Words, count: int, start: int, shift: int) -> None:
    """Begin a token; `shift` is how much further it begins in the text."""
    words.starts[count] = start
    words.places[count] = start + shift
    words.opens[count] = False


@compiled
def put_exception(words: Words, count: int, start: int, shift: int, number: int, rules: Rules) -> int:
    """The words of an exception, or one word where there is none (0); how many tokens there are then."""
    put_token(words, count, start, shift)
    if number:
        for part in range(rules.cuts[number - 1], rules.cuts[number] - 1):
            count += 1
            start += rules.parts[part]
            put_token(words, count, start, shift)
    return count + 1


@compiled
def exception_at(words: Words, start: int, end: int, rules: Rules) -> int:
    """The number of the exception that a stretch is, or 0."""
    if start >= end or end - start > rules.longest[0]:
        return 0
    return get(rules.known, find(rules.known, hash_stretch(words, start, end)))
