"""A fastText classifier over words and n-grams of words, evaluated for many lines at once.

Formulas: fastText 0.9.2 (https://github.com/facebookresearch/fastText, MIT), `Dictionary::addWordNgrams`; Joulin et
al., 2016, "Bag of Tricks for Efficient Text Classification".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from indexing.annotators.fasttext_file import Floats, WordNgramFile
from indexing.annotators.fasttext_model import (
    EPSILON,
    OFFSET_BASIS,
    PRIME,
    Hashes64,
    Integers,
    Words,
    sum_rows,
    up_to_line_end,
)

#: What one word's hash is multiplied with before the next one's is added.
_NEXT_WORD = np.uint64(116049371)
#: Words of more bytes are hashed one by one.
_LONG = 64
#: Characters of lines that are looked at together; a longer line goes alone.
_AT_ONCE = 1 << 17


class WordNgramModel:
    """Gives the probabilities of all labels of a line, as fastText's `predict` with k = -1 does."""

    def __init__(self, file: WordNgramFile) -> None:
        self._file = file
        known = Words.of(b" " + b" ".join(file.words) + b" ").hashes
        order = np.argsort(known)
        self._known, self._rows_of = known[order], order
        self._end = Words.of_lines([""]).hashes[0]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the probabilities."""
        return self._file.labels

    def predict(self, lines: Sequence[str]) -> tuple[Floats, int]:
        """Lines x labels, and the number of words read; a line end or NUL inside a line counts as a space."""
        out = np.zeros((len(lines), len(self.labels)), np.float32)
        words = 0
        for start, stop in _together(lines):
            hidden, read = self._hidden(lines[start:stop])
            # A product of matrices may hang on the number of lines; sums of each line alone do not.
            logits = (hidden[:, None, :] * self._file.outputs).sum(axis=2, dtype=np.float32)
            out[start:stop] = _softmax(logits) + EPSILON
            words += read
        return out, words

    def _hidden(self, lines: Sequence[str]) -> tuple[Floats, int]:
        """The mean vector of each line's words and n-grams."""
        words = Words.of_lines(lines)
        if np.count_nonzero(words.hashes == self._end) > len(lines):
            words = Words.of_lines([up_to_line_end(line) for line in lines])
        line = np.cumsum(words.hashes == self._end) - (words.hashes == self._end)
        unique, first, number = np.unique(words.hashes, return_index=True, return_inverse=True)
        labels = words.are_labels(first)
        kept = ~labels[number]
        rows, lines_of = self._features(_fnv(words, first)[number[kept]], self._rows(unique)[number[kept]], line[kept])
        return self._means(rows, lines_of, len(lines)), len(words.hashes)

    def _rows(self, hashes: Hashes64) -> Integers:
        """The row of each word; -1 where the model does not know it."""
        place = np.minimum(np.searchsorted(self._known, hashes), len(self._known) - 1)
        return np.where(self._known[place] == hashes, self._rows_of[place], -1)

    def _features(self, hashes: npt.NDArray[np.uint32], rows: Integers, line: Integers) -> tuple[Integers, Integers]:
        """The rows of all words that are known and of all n-grams, and the line of each, in fastText's order."""
        signed = hashes.view(np.int32).astype(np.int64).view(np.uint64)  # as fastText keeps them
        places = np.arange(len(hashes))
        found, begins = [rows[rows >= 0]], [places[rows >= 0]]
        ngram = signed
        for longer in range(1, self._file.longest if self._file.buckets else 1):
            ngram = ngram[:-1] * _NEXT_WORD + signed[longer:]
            inside = np.flatnonzero(line[: len(ngram)] == line[longer:])
            buckets = (ngram[inside] % np.uint64(self._file.buckets)).astype(np.int64)
            found.append(len(self._file.words) + buckets)
            begins.append(inside)
        begin = np.concatenate(begins)
        of_words = np.arange(len(begin)) < len(begins[0])
        order = np.lexsort((begin, ~of_words, line[begin]))
        return np.concatenate(found)[order], line[begin][order]

    def _means(self, rows: Integers, line: Integers, lines: int) -> Floats:
        counts = np.bincount(line, minlength=lines)
        own, place = np.unique(rows, return_inverse=True)
        sums = sum_rows(self._file.rows[own], place.astype(np.int32), np.cumsum(counts))
        means: Floats = sums * (np.float32(1) / np.maximum(counts, 1)[:, None].astype(np.float32))
        return means


def _together(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last + 1 of the lines that are evaluated together."""
    start = size = 0
    for i, line in enumerate(lines):
        if size and size + len(line) > _AT_ONCE:
            yield start, i
            start, size = i, 0
        size += len(line)
    if start < len(lines):
        yield start, len(lines)


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _fnv(words: Words, chosen: Integers) -> npt.NDArray[np.uint32]:
    """FastText's 32-bit hash of each chosen word: FNV-1a over bytes taken as signed."""
    starts, lengths = words.starts[chosen], words.ends[chosen] - words.starts[chosen]
    values = words.text.view(np.int8).astype(np.int32).view(np.uint32)
    hashes = np.full(len(chosen), OFFSET_BASIS)
    for place in range(int(min(lengths.max(initial=0), _LONG))):
        at = np.flatnonzero((lengths > place) & (lengths <= _LONG))
        hashes[at] = (hashes[at] ^ values[starts[at] + place]) * PRIME
    for at in np.flatnonzero(lengths > _LONG).tolist():
        hash_ = int(OFFSET_BASIS)
        for value in values[starts[at] : starts[at] + lengths[at]].tolist():
            hash_ = ((hash_ ^ value) * int(PRIME)) & 0xFFFFFFFF
        hashes[at] = hash_
    return hashes
