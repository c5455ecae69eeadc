"""Looking for spaCy's exceptions once more, over the tokens of a whole text."""

from __future__ import annotations

import numpy as np

from corpuscope.compiled import compiled
from indexing.signals.english_exceptions import FIRST, LONGEST, MOST_WORDS, PER_WORD, SEVERAL, Rules, look_up
from indexing.signals.english_tokens import OPENS, PLACE, START, Words, hash_stretch, put_exception, put_token

_ONE = np.uint64(1)


@compiled
def hash_tokens(words: Words, count: int, rules: Rules) -> bool:
    """Note the hash of each token; whether any could begin an exception that was cut into several."""
    sums, powers, tokens, hashes, known = words.sums, words.powers, words.tokens, words.hashes, rules.known
    any_first = False
    for k in range(count):
        start, end = tokens[k, START], tokens[k + 1, START]
        hashes[k] = hash_stretch(sums, powers, start, end)
        if end - start <= LONGEST and look_up(known, hashes[k] ^ FIRST):
            any_first = True
    return any_first


@compiled
def merge(words: Words, count: int, rules: Rules) -> int:
    """Cut anew where tokens that follow each other make up an exception: the longest first, none into another.

    `room` says of each token: 0 free, -1 taken, else the number of the exception that begins there.
    """
    tokens, hashes, room, known = words.tokens, words.hashes, words.room, rules.known
    room[:count] = 0
    found = False
    for size in range(MOST_WORDS, 1, -1):
        for k in range(count - size + 1):
            if not look_up(known, hashes[k] ^ FIRST):
                continue
            key, within = _ONE, True
            for at in range(k, k + size):
                key = key * PER_WORD + hashes[at]
                within = within and (at == k or tokens[at, OPENS] == 0)
            number = look_up(known, key ^ SEVERAL)
            if number == 0:
                continue
            free = room[k] == 0 and room[k + size - 1] == 0
            for taken in range(k, k + size):
                if room[taken] == 0:
                    room[taken] = -1
            if free and within:
                room[k] = number
                found = True
    return _recut(words, count, rules) if found else count


@compiled
def _recut(words: Words, count: int, rules: Rules) -> int:
    """Write the tokens anew, with the exceptions noted in `room` as they are cut."""
    tokens, numbers = words.tokens, words.room[:count].copy()
    old = tokens[: count + 1].copy()
    new = k = 0
    while k < count:
        opening = new
        start, shift = old[k, START], old[k, PLACE] - old[k, START]
        if numbers[k] > 0:
            new = put_exception(tokens, new, start, shift, numbers[k], rules)
            start += rules.parts[rules.cuts[numbers[k] - 1] : rules.cuts[numbers[k]]].sum()
        else:
            put_token(tokens, new, start, shift)
            new += 1
        tokens[opening, OPENS] = old[k, OPENS]
        k += 1
        while k < count and old[k, START] < start:
            k += 1
    tokens[new, START] = old[count, START]
    hash_tokens(words, new, rules)
    return new
