"""Room for the words of a text, and the hashes of its stretches.

Words follow each other without a gap in the text without its white space: so a word, or a run of words written as one,
is a stretch of that text, and the hash of any stretch comes from two sums.

What is called for every chunk of a text gets the arrays that it needs, not the tuple that holds them all: that would be
copied for each call.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes
from indexing.signals.english_exceptions import BASE, LONGEST, Ints, Known, Rules, look_up
from indexing.signals.hashing import Hashes, mix

#: The columns of a token.
START, PLACE, OPENS = 0, 1, 2


def _powers(length: int) -> Hashes:
    powers = np.full(length + 1, BASE)
    powers[0] = 1
    return np.multiply.accumulate(powers)


_POWERS = _powers(LONGEST)


class Words(NamedTuple):
    """Room for the words of one text.

    `solid` is the text without white space, `sums` and `powers` give the hashes of its stretches. A row of `tokens`
    says where a token begins in `solid`, where in the text, and whether it begins a chunk; white space is a token of no
    length, and the row behind the last says where `solid` ends. `hashes` holds the tokens' hashes. `room` is used on
    the way. `bounds` and `keys` are the starts and hashes of the tokens that are words, once `keep_words` has gone
    through them.
    """

    solid: Codes
    sums: Hashes
    powers: Hashes
    tokens: Ints
    hashes: Hashes
    room: Ints
    bounds: Ints
    keys: Hashes


def new_words(length: int, other: Words | None = None) -> Words:
    """Room for texts of up to so many characters; powers are shared with another such room."""
    sums, hashes, keys = (np.zeros(length + 2, np.uint64) for _ in range(3))
    room, bounds = (np.zeros(length + 2, np.int64) for _ in range(2))
    tokens = np.zeros((length + 2, 3), np.int64)
    powers = other.powers if other else _powers(length)
    return Words(np.zeros(length + 1, np.uint32), sums, powers, tokens, hashes, room, bounds, keys)


@compiled
def keep_words(words: Words, count: int) -> int:
    """Write the words among the tokens into `bounds` and `keys`; how many."""
    tokens, hashes, bounds, keys = words.tokens, words.hashes, words.bounds, words.keys
    kept = 0
    for k in range(count):
        if tokens[k, START] < tokens[k + 1, START]:
            bounds[kept] = tokens[k, START]
            keys[kept] = hashes[k]
            kept += 1
    bounds[kept] = tokens[count, START]
    return kept


@compiled
def hash_stretch(sums: Hashes, powers: Hashes, start: int, end: int) -> np.uint64:
    """The hash of the characters from `start` to `end` of the text without white space."""
    return mix(sums[end] - sums[start] * powers[end - start])


@compiled
def hash_short(sums: Hashes, start: int, end: int) -> np.uint64:
    """The same of a stretch that is no longer than an exception."""
    return mix(sums[end] - sums[start] * _POWERS[end - start])


@compiled
def put_token(tokens: Ints, count: int, start: int, shift: int) -> None:
    """Begin a token; `shift` is how much further it begins in the text."""
    tokens[count, START] = start
    tokens[count, PLACE] = start + shift
    tokens[count, OPENS] = 0


@compiled
def put_exception(tokens: Ints, count: int, start: int, shift: int, number: int, rules: Rules) -> int:
    """The words of an exception; how many tokens there are then."""
    for part in range(rules.cuts[number - 1], rules.cuts[number]):
        put_token(tokens, count, start, shift)
        start += rules.parts[part]
        count += 1
    return count


@compiled
def exception_at(sums: Hashes, start: int, end: int, known: Known) -> int:
    """The number of the exception that a stretch is, or 0."""
    if start >= end or end - start > LONGEST:
        return 0
    return look_up(known, hash_short(sums, start, end))
