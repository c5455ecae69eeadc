"""The values of C4's rules, as datatrove 0.10.1 computes them without the rule of terminal punctuation."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from corpuscope.compiled import compiled
from corpuscope.rules import C4_FEWEST_WORDS, C4_JAVASCRIPT, C4_LONGEST_WORD, C4_LOREM_IPSUM, C4_POLICIES
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import DECIMAL, NEEDLE, SENTENCE_END, SPACE, P, Table
from indexing.signals.english_exceptions import Ints, Rules
from indexing.signals.english_tokens import PLACE, START, Words
from indexing.signals.english_words import cut_words
from indexing.signals.gopher_quality import Values
from indexing.signals.lines import find_line_end, skip_line_end, strip

#: What may be in a line, as bits.
LOREM_IPSUM, JAVASCRIPT, CURLY_BRACKET, POLICY = 1, 2, 4, 8
_OPEN, _CLOSE, _CURLY = ord("["), ord("]"), ord("{")
_A, _Z, _KELVIN, _K, _TO_LOWER = ord("A"), ord("Z"), 0x212A, ord("k"), 32

_NEEDLES = (
    (C4_LOREM_IPSUM, LOREM_IPSUM),
    (C4_JAVASCRIPT, JAVASCRIPT),
    *((phrase, POLICY) for phrase in C4_POLICIES),
)
_BEGINNINGS = tuple({ord(text[0]) << 8 | ord(text[1]) for text, _ in _NEEDLES})
_CITATIONS = ("[edit]", "[citation needed]")


class Needles(NamedTuple):
    """Texts to find, one a row and padded with zeros, their lengths, and the bit of each (0: a citation mark)."""

    codes: Codes
    lengths: Ints
    bits: Ints


@functools.cache
def needles() -> Needles:
    """What is looked for in lines: first the phrases, then the citation marks."""
    texts = (*_NEEDLES, *((mark, 0) for mark in _CITATIONS))
    codes = np.zeros((len(texts), max(len(text) for text, _ in texts)), np.uint32)
    for row, (text, _) in enumerate(texts):
        codes[row, : len(text)] = [ord(c) for c in text]
    return Needles(codes, np.array([len(text) for text, _ in texts]), np.array([bit for _, bit in texts]))


@compiled
def c4_quality(
    codes: Codes,
    start: int,
    end: int,
    classes: Table,
    rules: Rules,
    words: Words,
    tokens: int,
    marks: Needles,
    line: Codes,
    line_words: Words,
    out: Values,
) -> None:
    """Write the six values; `tokens` are those in `words`.

    They are lines with lorem ipsum, lines with a curly bracket, sentences of the lines that are kept, lines and
    characters that are dropped, and 1 if a curly bracket stands in a line before all with lorem ipsum.
    """
    out[:] = 0
    token = 0
    while start < end:
        stop = find_line_end(codes, start, end, classes)
        first, last = strip(codes, start, stop, classes)
        start = skip_line_end(codes, stop, end)
        while token < tokens and words.tokens[token, PLACE] < first:
            token += 1
        if first == last:
            continue
        length = -1
        has = 0
        keeps = _enough_words(codes, first, last, classes)
        if keeps:
            length = _without_citations(codes, first, last, classes, marks, line)
            has = (
                _search(codes, first, last, classes, marks) if length < 0 else _search(line, 0, length, classes, marks)
            )
        if has & LOREM_IPSUM:
            out[0] += 1
        if has & CURLY_BRACKET and not has & JAVASCRIPT:
            out[1] += 1
            if out[1] == 1:
                out[5] = out[0] == 0
        if not keeps or has & (JAVASCRIPT | POLICY):
            out[3] += 1
            out[4] += last - first
        elif length < 0:
            after = token
            while after < tokens and words.tokens[after, PLACE] < last:
                after += 1
            out[2] += _count_sentences(words.solid, words.tokens, token, after, classes)
        else:
            found = cut_words(line, 0, length, classes, rules, line_words)
            out[2] += _count_sentences(line_words.solid, line_words.tokens, 0, found, classes)


@compiled
def _enough_words(codes: Codes, start: int, end: int, classes: Table) -> bool:
    """At least three words, and none too long."""
    words = size = 0
    for i in range(start, end):
        if classes[codes[i]] & SPACE:
            size = 0
        else:
            words += size == 0
            size += 1
            if size > C4_LONGEST_WORD:
                return False
    return words >= C4_FEWEST_WORDS


@compiled
def _without_citations(codes: Codes, start: int, end: int, classes: Table, marks: Needles, line: Codes) -> int:
    """Write the line without [1], [], [edit] and [citation needed] into `line`; its length, or -1 if it has none."""
    length = -1
    i = start
    while i < end:
        size = _citation(codes, i, end, classes, marks) if codes[i] == _OPEN else 0
        if size and length < 0:
            length = i - start
            line[:length] = codes[start:i]
        if size:
            i += size
            continue
        if length >= 0:
            line[length] = codes[i]
            length += 1
        i += 1
    return length


@compiled
def _citation(codes: Codes, at: int, end: int, classes: Table, marks: Needles) -> int:
    """The length of the citation mark that begins here, or 0."""
    i = at + 1
    while i < end and classes[codes[i]] & DECIMAL:
        i += 1
    if i < end and codes[i] == _CLOSE:
        return i + 1 - at
    for row in range(len(marks.bits)):
        size = marks.lengths[row]
        if marks.bits[row] == 0 and at + size <= end and (codes[at : at + size] == marks.codes[row, :size]).all():
            return int(size)
    return 0


@compiled
def _search(codes: Codes, start: int, end: int, classes: Table, marks: Needles) -> int:
    """The bits of what is in a line, in whatever case."""
    found = 0
    for i in range(start, end):
        if codes[i] == _CURLY:
            found |= CURLY_BRACKET
        elif classes[codes[i]] & NEEDLE and i + 1 < end and _may_begin(codes[i], codes[i + 1]):
            for row in range(len(marks.bits)):
                size = marks.lengths[row]
                k = 0
                while k < size and i + k < end and _lower(codes[i + k]) == marks.codes[row, k]:
                    k += 1
                if k == size:
                    found |= marks.bits[row]
    return found


@compiled
def _may_begin(first: np.uint32, second: np.uint32) -> bool:
    """Whether these two letters begin a phrase: asked first, since few others do."""
    pair = _lower(first) << 8 | _lower(second)
    return pair in _BEGINNINGS


@compiled
def _lower(code: np.uint32) -> int:
    """The lower case of a letter of ASCII; the sign of kelvin has one too. No other character's is in the phrases."""
    if _A <= code <= _Z:
        return int(code) + _TO_LOWER
    return _K if code == _KELVIN else int(code)


@compiled
def _count_sentences(solid: Codes, tokens: Ints, first: int, last: int, classes: Table) -> int:
    """A sentence begins with the first token and with each that is not punctuation and follows the end of one."""
    count = 1
    ended = False
    for k in range(first, last):
        start, end = tokens[k, START], tokens[k + 1, START]
        if end - start == 1 and classes[solid[start]] & SENTENCE_END:
            ended = True
        elif ended:
            all_marks = start < end
            for i in range(start, end):
                all_marks = all_marks and classes[solid[i]] & P != 0
            if not all_marks:
                count += 1
                ended = False
    return count
