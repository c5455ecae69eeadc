"""Words as spaCy 3.8 cuts them in English text: the same as `corpuscope.english.words`, compiled."""

from __future__ import annotations

import numpy as np

from corpuscope.compiled import compiled
from corpuscope.english import characters
from indexing.signals.addresses import is_address
from indexing.signals.codepoints import Codes
from indexing.signals.english_affixes import infix, prefix, suffix
from indexing.signals.english_classes import ASCII_DIGIT, MAY_CUT, PREFIX, SPACE, SUFFIX
from indexing.signals.english_classes import Table as Classes
from indexing.signals.english_exceptions import BASE, LONGEST, UNIT, Ints, Known, Rules, look_up
from indexing.signals.english_merging import hash_tokens, merge
from indexing.signals.english_tokens import OPENS, START, Words, exception_at, hash_short, put_exception, put_token
from indexing.signals.hashing import Hashes, mix

_ZERO, _ONE = np.uint64(0), np.uint64(1)
_SINGLE_SPACE = 32
#: A chunk without any of these is a word, or an exception.
_CUTTING = PREFIX | SUFFIX | MAY_CUT | ASCII_DIGIT
_LONGEST_UNIT = max(map(len, characters.UNITS))


@compiled
def cut_words(codes: Codes, start: int, end: int, classes: Classes, rules: Rules, words: Words) -> int:
    """Cut a stretch of a text; how many tokens, white space but for a single space after a word included."""
    solid, sums, tokens, room, known = words.solid, words.sums, words.tokens, words.room, rules.known
    count = length = 0
    i = start
    while i < end:
        opening, begin = count, i
        if classes[codes[i]] & SPACE:
            while i < end and classes[codes[i]] & SPACE:
                i += 1
            if begin > start and codes[begin] == _SINGLE_SPACE:
                begin += 1
            if begin < i:
                put_token(tokens, count, length, begin - length)
                count += 1
        else:
            first = length
            seen, own, total = np.uint32(0), _ZERO, sums[length]
            while i < end and not classes[codes[i]] & SPACE:
                seen |= classes[codes[i]]
                code = np.uint64(codes[i]) + _ONE
                own, total = own * BASE + code, total * BASE + code
                solid[length] = codes[i]
                length += 1
                sums[length] = total
                i += 1
            number = 0
            if length - first <= LONGEST:
                number = look_up(known, mix(own))
            if number:
                count = put_exception(tokens, count, first, begin - first, number, rules)
            elif seen & _CUTTING:
                count = _cut_chunk(solid, sums, tokens, room, count, first, length, begin - first, classes, rules)
            else:
                put_token(tokens, count, first, begin - first)
                count += 1
        tokens[opening, OPENS] = 1
    tokens[count, START] = length
    return merge(words, count, rules) if hash_tokens(words, count, rules) else count


@compiled
def _cut_chunk(
    solid: Codes,
    sums: Hashes,
    tokens: Ints,
    room: Ints,
    count: int,
    start: int,
    end: int,
    shift: int,
    classes: Classes,
    rules: Rules,
) -> int:
    """Cut prefixes and suffixes off until nothing changes or an exception is left, then cut inside."""
    known = rules.known
    suffixes = number = 0
    size = -1
    while number == 0 and start < end and end - start != size:
        size = end - start
        back = 0
        front = prefix(solid, start, end, classes)
        if front:
            number = exception_at(sums, start + front, end, known)
        if number == 0:
            back = _suffix(solid, sums, start + front, end, classes, known)
            if back:
                number = exception_at(sums, start, end - back, known)
                if number:
                    front = 0
        if front:
            put_token(tokens, count, start, shift)
            count += 1
            start += front
        if back:
            end -= back
            room[suffixes] = end
            suffixes += 1
        if number == 0:
            number = exception_at(sums, start, end, known)
    if number:
        count = put_exception(tokens, count, start, shift, number, rules)
    elif start < end:
        count = _cut_inside(solid, tokens, count, start, end, shift, classes)
    for k in range(suffixes - 1, -1, -1):
        put_token(tokens, count, room[k], shift)
        count += 1
    return count


@compiled
def _suffix(solid: Codes, sums: Hashes, start: int, end: int, classes: Classes, known: Known) -> int:
    """The longest suffix: a unit after a digit, or another."""
    size = suffix(solid, start, end, classes)
    for unit in range(1, min(_LONGEST_UNIT, end - start - 1) + 1):
        if classes[solid[end - unit]] & ASCII_DIGIT:
            break
        if classes[solid[end - unit - 1]] & ASCII_DIGIT:
            if unit > size and look_up(known, hash_short(sums, end - unit, end) ^ UNIT):
                size = unit
            break
    return size


@compiled
def _cut_inside(solid: Codes, tokens: Ints, count: int, start: int, end: int, shift: int, classes: Classes) -> int:
    """Cut out infixes, but not the first character's, and none if the chunk is an address."""
    first = count
    last = i = start
    while i < end:
        size = infix(solid, i, start, end, classes) if classes[solid[i]] & MAY_CUT else 0
        if size and i > start:
            if count == first and is_address(solid, start, end, classes):
                break
            if i > last:
                put_token(tokens, count, last, shift)
                count += 1
            put_token(tokens, count, i, shift)
            count += 1
            last = i + size
        i += max(size, 1)
    if last < end:
        put_token(tokens, count, last, shift)
        count += 1
    return count
