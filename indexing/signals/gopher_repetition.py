"""The values of Gopher's repetition rules, as datatrove 0.10.1 computes them."""

from __future__ import annotations

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import Table as Classes
from indexing.signals.english_tokens import Words, hash_stretch
from indexing.signals.gopher_quality import Values
from indexing.signals.hashing import Hashes, Table, count, empty, find, get, hash_codes, hash_ngrams, put
from indexing.signals.lines import count_new_lines, find_new_line, strip

_NEW_LINE = 10


@compiled
def gopher_repetition(
    codes: Codes,
    start: int,
    end: int,
    classes: Classes,
    words: Words,
    number: int,
    table: Table,
    ngrams: Hashes,
    out: Values,
) -> None:
    """Write the fourteen values; what is divided by nothing stays as it is."""
    length = end - start
    out[0] = length
    if length == 0:
        return
    first, last = strip(codes, start, end, classes)
    out[1], out[2] = _repeated(codes, first, last, 2, table)
    out[3], out[4] = _repeated(codes, start, end, 1, table)
    out[2] /= length
    out[4] /= length
    for n in range(2, 5):
        if number >= n:
            out[3 + n] = _top_ngram(words, number, n, table, ngrams) / length
    for n in range(5, 11):
        out[3 + n] = _repeated_ngrams(words, number, n, table) / length


@compiled
def _repeated(codes: Codes, start: int, end: int, line_ends: int, table: Table) -> tuple[float, int]:
    """Of the pieces between runs of so many line ends or more: the fraction of repeats, and their characters."""
    empty(table, count_new_lines(codes, start, end) + 1)
    pieces = repeats = characters = 0
    i = first = start
    while True:
        i = find_new_line(codes, i, end)
        after = i
        while after < end and codes[after] == _NEW_LINE:
            after += 1
        if i < end and after - i < line_ends:
            i = after
            continue
        pieces += 1
        if count(table, hash_codes(codes, first, i)) > 1:
            repeats += 1
            characters += i - first
        if i == end:
            return repeats / pieces, characters
        i = first = after


@compiled
def _top_ngram(words: Words, number: int, n: int, table: Table, ngrams: Hashes) -> int:
    """Occurrences times length of the most frequent n words (the first among equals), written with single spaces."""
    found = hash_ngrams(words.keys, number, n, ngrams)
    empty(table, found)
    most = 0
    for k in range(found):
        most = max(most, count(table, ngrams[k]))
    k = 0
    while get(table, find(table, ngrams[k])) < most:
        k += 1
    return most * int(words.bounds[k + n] - words.bounds[k] + n - 1)


@compiled
def _repeated_ngrams(words: Words, number: int, n: int, table: Table) -> int:
    """Characters in n words that repeat earlier ones; the next look is behind them. Where words part is not seen."""
    solid, sums, powers, bounds = words.solid, words.sums, words.powers, words.bounds
    empty(table, max(number, 1))
    characters = k = 0
    while k + n <= number:
        start, end = bounds[k], bounds[k + n]
        key = hash_stretch(sums, powers, start, end)
        cell = find(table, key)
        before = get(table, cell)
        if before and _same(solid, before - 1, start, end):
            characters += end - start
            k += n
        else:
            put(table, cell, key, start + 1)
            k += 1
    return characters


@compiled
def _same(solid: Codes, before: int, start: int, end: int) -> bool:
    """Whether the same characters stand at `before`: sums of a text that was made for it may agree by design."""
    i = 0
    while start + i < end and solid[before + i] == solid[start + i]:
        i += 1
    return start + i == end
