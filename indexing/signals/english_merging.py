"""Looking for spaCy's exceptions once more, over the tokens of a whole text."""

from __future__ import annotations

import numpy as np

from indexing.signals.compiled import compiled
from indexing.signals.english_exceptions import PER_WORD, Rules
from indexing.signals.english_tokens import Words, hash_stretch, put_exception
from indexing.signals.hashing import find, get

_ONE = np.uint64(1)


@compiled
def hash_tokens(words: Words, count: int, rules: Rules) -> bool:
    """Note the hash of each token; whether any could begin an exception that was cut into several."""
    any_first = False
    for k in range(count):
        start, end = words.starts[k], words.starts[k + 1]
        words.hashes[k] = hash_stretch(words, start, end)
        if end - start <= rules.longest[0] and get(rules.firsts, find(rules.firsts, words.hashes[k])):
            any_first = True
    return any_first


@compiled
def merge(words: Words, count: int, rules: Rules) -> int:
    """Cut anew where tokens that follow each other make up an exception: the longest first, none into another.

    `room` says of each token: 0 free, -1 taken, else the number of the exception that begins there.
    """
    words.room[:count] = 0
    found = False
    for size in range(rules.longest[1], 1, -1):
        for k in range(count - size + 1):
            key, within = _join_tokens(words, k, size)
            number = get(rules.merges, find(rules.merges, key))
            if number == 0:
                continue
            free = words.room[k] == 0 and words.room[k + size - 1] == 0
            for taken in range(k, k + size):
                if words.room[taken] == 0:
                    words.room[taken] = -1
            if free and within:
                words.room[k] = number
                found = True
    return _recut(words, count, rules) if found else count


@compiled
def _join_tokens(words: Words, first: int, size: int) -> tuple[np.uint64, bool]:
    """The key of tokens that follow each other, and whether no white space is between them."""
    key, within = _ONE, True
    for k in range(first, first + size):
        key = key * PER_WORD + words.hashes[k]
        within = within and (k == first or not words.opens[k])
    return key, within


@compiled
def _recut(words: Words, count: int, rules: Rules) -> int:
    """Write the tokens anew, with the exceptions noted in `room` as they are cut."""
    starts, places, opens = words.starts[: count + 1].copy(), words.places[:count].copy(), words.opens[:count].copy()
    numbers = words.room[:count].copy()
    new = k = 0
    while k < count:
        opening = new
        new = put_exception(words, new, starts[k], places[k] - starts[k], max(numbers[k], 0), rules)
        words.opens[opening] = opens[k]
        end = starts[k + 1]
        if numbers[k] > 0:
            number = numbers[k]
            end = starts[k] + rules.parts[rules.cuts[number - 1] : rules.cuts[number]].sum()
        k += 1
        while k < count and starts[k] < end:
            k += 1
    words.starts[new] = starts[count]
    hash_tokens(words, new, rules)
    return new
