"""The features of a page: hashed words, n-grams, words by place, kinds of lines and pieces of the address."""

from __future__ import annotations

import numpy as np

from corpuscope.compiled import compiled
from indexing.bundled.tokenizing import (
    LINE,
    MARK,
    PARAGRAPH,
    WORD,
    Hashes,
    Tokens,
    add,
    lower_of,
    mix,
)  # fmt: skip
from indexing.signals.codepoints import Codes

#: The views of a page. Each is weighted and brought to length 1 by itself.
VIEWS = ("words", "pairs", "marks", "head", "tail", "lines", "letters", "address")
WORDS, PAIRS, MARKS, HEAD, TAIL, LINES, LETTERS, ADDRESS = range(len(VIEWS))
#: Words at the start and at the end that are features by their place.
HEAD_WORDS, TAIL_WORDS = 60, 40
#: Room that a text needs: features for each code point, and some.
PER_CODE, MORE = 10, 64
#: Room for the pieces of an address.
ADDRESS_CODES = 300


@compiled
def _salt(view: int, part: int) -> np.uint32:
    return np.uint32(0x9E3779B9 + view * 1013 + part * 7919)


@compiled
def emit(view: int, codes: Codes, tokens: Tokens, count: int, out: Hashes) -> int:
    """Write the hashes of a view's features of a text, as often as they occur; how many."""
    if view == WORDS:
        return _words(view, tokens, 0, count, 1 << 30, out)
    if view == PAIRS:
        return _pairs(view, tokens, count, out)
    if view == MARKS:
        return _marks(view, tokens, count, out)
    if view == HEAD:
        return _words(view, tokens, 0, count, HEAD_WORDS, out)
    if view == TAIL:
        return _tail(view, tokens, count, out)
    if view == LINES:
        return _lines(view, tokens, count, out)
    if view == LETTERS:
        return _letters(view, codes, tokens, count, out)
    return 0


@compiled
def _words(view: int, tokens: Tokens, first: int, count: int, most: int, out: Hashes) -> int:
    """Each word, at most so many of them."""
    made = 0
    for i in range(first, count):
        if tokens.kinds[i] == WORD:
            out[made] = mix(add(_salt(view, 0), tokens.hashes[i]))
            made += 1
            if made == most:
                break
    return made


@compiled
def _tail(view: int, tokens: Tokens, count: int, out: Hashes) -> int:
    """The last words."""
    first = count
    words = 0
    while first > 0 and words < TAIL_WORDS:
        first -= 1
        words += tokens.kinds[first] == WORD
    return _words(view, tokens, first, count, TAIL_WORDS, out)


@compiled
def _pairs(view: int, tokens: Tokens, count: int, out: Hashes) -> int:
    """Each two words that follow each other, whatever stands between them."""
    made = 0
    before = np.uint32(0)
    for i in range(count):
        if tokens.kinds[i] == WORD:
            if before:
                out[made] = mix(add(add(_salt(view, 0), before), tokens.hashes[i]))
                made += 1
            before = tokens.hashes[i]
    return made


@compiled
def _marks(view: int, tokens: Tokens, count: int, out: Hashes) -> int:
    """Marks, numbers and line ends, and each two and three tokens that hold one of them."""
    made = 0
    for i in range(count):
        plain = tokens.kinds[i] == WORD
        first = add(_salt(view, 0), tokens.hashes[i])
        if not plain:
            out[made] = mix(first)
            made += 1
        if i + 1 == count:
            break
        plain = plain and tokens.kinds[i + 1] == WORD
        second = add(first, tokens.hashes[i + 1])
        if not plain:
            out[made] = mix(second)
            made += 1
        if i + 2 < count and not (plain and tokens.kinds[i + 2] == WORD):
            out[made] = mix(add(second, tokens.hashes[i + 2]))
            made += 1
    return made


@compiled
def _line_kind(tokens: Tokens, first: int, end: int) -> np.uint32:
    """What a line looks like: its words in steps, how it starts and how it ends."""
    words = 0
    for i in range(first, end):
        words += tokens.kinds[i] == WORD
    step = 0
    while step < 7 and words > (1 << step):
        step += 1
    start = tokens.kinds[first] * 4 + tokens.cases[first]
    last = tokens.hashes[end - 1] if tokens.kinds[end - 1] == MARK else np.uint32(tokens.kinds[end - 1])
    return add(np.uint32(step * 64 + start), last)


@compiled
def _lines(view: int, tokens: Tokens, count: int, out: Hashes) -> int:
    """Of each line the first word, the first two tokens, the last one, and its kind, alone and after the one before."""
    made = 0
    first = 0
    before = np.uint32(1)
    while first < count:
        end = first
        while end < count and tokens.kinds[end] != LINE and tokens.kinds[end] != PARAGRAPH:
            end += 1
        if end > first:
            kind = _line_kind(tokens, first, end)
            out[made] = mix(add(_salt(view, 0), tokens.hashes[first]))
            out[made + 1] = mix(add(_salt(view, 1), tokens.hashes[end - 1]))
            out[made + 2] = mix(add(_salt(view, 2), kind))
            out[made + 3] = mix(add(add(_salt(view, 3), before), kind))
            made += 4
            if end > first + 1:
                out[made] = mix(add(add(_salt(view, 4), tokens.hashes[first]), tokens.hashes[first + 1]))
                made += 1
            before = kind
        first = end + 1
    return made


@compiled
def _letters(view: int, codes: Codes, tokens: Tokens, count: int, out: Hashes) -> int:
    """Each three, four and five characters of a word and the spaces around it."""
    made = 0
    for i in range(count):
        if tokens.kinds[i] == WORD:
            made = spell(view, codes, tokens.starts[i], tokens.ends[i], out, made)
    return made


@compiled
def spell(view: int, codes: Codes, start: int, end: int, out: Hashes, made: int) -> int:
    """Append the letter n-grams of one word; how many features there are then."""
    for first in range(start - 1, end):
        state = _salt(view, 0)
        for i in range(first, min(first + 5, end + 1)):
            inside = start <= i < end
            state = add(state, lower_of(codes[i]) if inside else np.uint32(0x20))
            if i >= first + 2:
                out[made] = mix(state)
                made += 1
    return made


@compiled
def emit_address(codes: Codes, tokens: Tokens, count: int, out: Hashes) -> int:
    """The pieces of an address: of host and of path each, their letters, which follow each other, and their number."""
    made = 0
    slashes = 0
    words = 0
    before = np.uint32(0)
    for i in range(count):
        if tokens.kinds[i] == MARK:
            slashes += codes[tokens.starts[i]] == 0x2F
            continue
        part = 0 if slashes <= 2 else 1
        out[made] = mix(add(_salt(ADDRESS, part), tokens.hashes[i]))
        made += 1
        if before:
            out[made] = mix(add(add(_salt(ADDRESS, 2 + part), before), tokens.hashes[i]))
            made += 1
        before = tokens.hashes[i]
        words += part
        made = spell(ADDRESS, codes, tokens.starts[i], tokens.ends[i], out, made)
    out[made] = mix(add(_salt(ADDRESS, 4), np.uint32(min(slashes, 8))))
    out[made + 1] = mix(add(_salt(ADDRESS, 5), np.uint32(min(words, 20))))
    return made + 2
