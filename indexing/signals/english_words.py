"""Words as spaCy 3.8 cuts them in English text: the same as `corpuscope.english.words`, compiled."""

from __future__ import annotations

import numpy as np

from corpuscope.english import characters
from indexing.signals.addresses import is_address
from indexing.signals.codepoints import Codes
from indexing.signals.compiled import compiled
from indexing.signals.english_affixes import infix, prefix, suffix
from indexing.signals.english_classes import ASCII_DIGIT, MAY_CUT, PREFIX, SPACE, SUFFIX, Table
from indexing.signals.english_exceptions import BASE, Rules
from indexing.signals.english_merging import hash_tokens, merge
from indexing.signals.english_tokens import Words, exception_at, hash_stretch, put_exception, put_token
from indexing.signals.hashing import find, get

_ONE = np.uint64(1)
_SINGLE_SPACE = 32
#: A chunk without any of these is a word, or an exception.
_CUTTING = PREFIX | SUFFIX | MAY_CUT | ASCII_DIGIT
_LONGEST_UNIT = max(map(len, characters.UNITS))


@compiled
def cut_words(codes: Codes, start: int, end: int, classes: Table, rules: Rules, words: Words) -> int:
    """Cut a stretch of a text; how many tokens, white space but for a single space after a word included."""
    count = length = 0
    i = start
    while i < end:
        begin, first = i, length
        if classes[codes[i]] & SPACE:
            while i < end and classes[codes[i]] & SPACE:
                i += 1
            if begin > start and codes[begin] == _SINGLE_SPACE:
                begin += 1
            if begin < i:
                put_token(words, count, length, begin - length)
                words.opens[count] = True
                count += 1
            continue
        seen = np.uint32(0)
        total = words.sums[length]
        while i < end and not classes[codes[i]] & SPACE:
            seen |= classes[codes[i]]
            total = total * BASE + (np.uint64(codes[i]) + _ONE)
            words.solid[length] = codes[i]
            length += 1
            words.sums[length] = total
            i += 1
        if seen & _CUTTING:
            opening = count
            count = _cut_chunk(words, count, first, length, begin - first, classes, rules)
        else:
            opening = count
            count = put_exception(words, count, first, begin - first, exception_at(words, first, length, rules), rules)
        words.opens[opening] = True
    words.starts[count] = length
    return merge(words, count, rules) if hash_tokens(words, count, rules) else count


@compiled
def _cut_chunk(words: Words, count: int, start: int, end: int, shift: int, classes: Table, rules: Rules) -> int:
    """Cut prefixes and suffixes off until nothing changes or an exception is left, then cut inside."""
    suffixes = 0
    size = -1
    number = exception_at(words, start, end, rules)
    while number == 0 and start < end and end - start != size:
        size = end - start
        front = prefix(words.solid, start, end, classes)
        if front:
            number = exception_at(words, start + front, end, rules)
            back = 0
        if number == 0:
            back = _suffix(words, start + front, end, classes, rules)
            if back:
                number = exception_at(words, start, end - back, rules)
                if number:
                    front = 0
        if front:
            put_token(words, count, start, shift)
            count += 1
            start += front
        if back:
            end -= back
            words.room[suffixes] = end
            suffixes += 1
        if number == 0:
            number = exception_at(words, start, end, rules)
    if number:
        count = put_exception(words, count, start, shift, number, rules)
    elif start < end:
        count = _cut_inside(words, count, start, end, shift, classes)
    for k in range(suffixes - 1, -1, -1):
        put_token(words, count, words.room[k], shift)
        count += 1
    return count


@compiled
def _suffix(words: Words, start: int, end: int, classes: Table, rules: Rules) -> int:
    """The longest suffix: a unit after a digit, or another."""
    size = suffix(words.solid, start, end, classes)
    for unit in range(1, min(_LONGEST_UNIT, end - start - 1) + 1):
        if classes[words.solid[end - unit]] & ASCII_DIGIT:
            break
        if classes[words.solid[end - unit - 1]] & ASCII_DIGIT:
            if unit > size and get(rules.units, find(rules.units, hash_stretch(words, end - unit, end))):
                size = unit
            break
    return size


@compiled
def _cut_inside(words: Words, count: int, start: int, end: int, shift: int, classes: Table) -> int:
    """Cut out infixes, but not the first character's, and none if the chunk is an address."""
    first = count
    last = i = start
    while i < end:
        size = infix(words.solid, i, start, end, classes) if classes[words.solid[i]] & MAY_CUT else 0
        if size and i > start:
            if count == first and is_address(words.solid, start, end, classes):
                break
            if i > last:
                put_token(words, count, last, shift)
                count += 1
            put_token(words, count, i, shift)
            count += 1
            last = i + size
        i += max(size, 1)
    if last < end:
        put_token(words, count, last, shift)
        count += 1
    return count
