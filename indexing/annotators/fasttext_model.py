"""A fastText classifier with a hierarchical softmax, evaluated for many lines at once.

Formulas: fastText 0.9.2 (https://github.com/facebookresearch/fastText, MIT); Bojanowski et al., 2017 (n-grams of words)
and Joulin et al., 2016, "Bag of Tricks" (label tree). The features of a word are summed once and the sum is kept, so
that a common word costs one look-up. A line adds the same numbers in the same order whatever is kept and whatever
stands beside it in the batch, so neither changes a result.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from indexing.annotators.fasttext_file import FastTextFile, Floats

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]
Hashes64 = npt.NDArray[np.uint64]

#: FNV-1a of 32 bits (RFC 9923).
OFFSET_BASIS, PRIME = np.uint32(2166136261), np.uint32(16777619)
LINE_END, _LABEL = b"</s>", b"__label__"
#: A random number for each byte; 0 for those that part words.
_OF_BYTES = np.random.default_rng(0).integers(1, 1 << 64, 256, np.uint64)
_OF_BYTES[list(b" \n\r\t\v\f\0")] = 0
#: Lines evaluated together: few enough for the arrays to stay in the processor's cache.
_AT_ONCE = 512
#: The table of words seen lately has 2 to this power slots.
_SLOT_BITS = 16
#: fastText adds this to each probability on the way to a label.
EPSILON = np.float32(1e-5)


class FastTextModel:
    """Predicts the likeliest label of each line, as fastText's `predict` does with k = 1."""

    def __init__(self, file: FastTextFile) -> None:
        self._labels = file.labels
        self._words = _WordSums(file)
        self._tree = _LabelTree.of(file)
        self._lock = threading.Lock()  # the threads of a process share the words kept

    def predict(self, lines: Sequence[str]) -> tuple[list[str], Floats]:
        """The label of each line and its probability; a line end or NUL inside a line counts as a space."""
        labels: list[str] = []
        scores = np.empty(len(lines), np.float32)
        for i in range(0, len(lines), _AT_ONCE):
            with self._lock:
                means = self._words.means(lines[i : i + _AT_ONCE])
            best, scores[i : i + _AT_ONCE] = self._tree.likeliest(means)
            labels += [self._labels[label] for label in best.tolist()]
        return labels, scores


@dataclass(frozen=True, eq=False)
class Words:
    """The words of lines as fastText cuts them, at ASCII white space and NUL; an end mark follows each line.

    `text` is UTF-8, `starts` and `ends` the bytes where each word begins and where it has ended.
    """

    text: npt.NDArray[np.uint8]
    starts: Integers
    ends: Integers
    hashes: Hashes64

    @classmethod
    def of(cls, text: bytes) -> Words:
        """Cut a UTF-8 text that begins and ends with white space, and hash its words."""
        codes = np.frombuffer(text, np.uint8)
        numbers = _OF_BYTES[codes]
        in_word = numbers != 0
        edges = np.flatnonzero(in_word[1:] != in_word[:-1]) + 1
        starts, ends = edges[::2], edges[1::2]
        return cls(codes, starts, ends, _hash_words(numbers, starts))

    @classmethod
    def of_lines(cls, lines: Sequence[str]) -> Words:
        """The words of all lines, with an end mark after each line."""
        return cls.of(f" {' </s> '.join([*lines, ''])}".encode("utf-8", "surrogatepass"))

    def marked(self, chosen: Integers) -> tuple[npt.NDArray[np.int8], Integers]:
        """The chosen words between < and >, one after the other, and how many bytes each takes."""
        lengths = self.ends[chosen] - self.starts[chosen] + len("<>")
        stops = np.cumsum(lengths)
        first = stops - lengths
        text = self.text[np.arange(lengths.sum()) + np.repeat(self.starts[chosen] - 1 - first, lengths)]
        text[first], text[stops - 1] = ord("<"), ord(">")
        return text.view(np.int8), lengths

    def are_labels(self, chosen: Integers) -> npt.NDArray[np.bool_]:
        """Which of the chosen words begin as labels do."""
        starts = self.starts[chosen].tolist()
        return np.array([self.text[start : start + len(_LABEL)].tobytes() == _LABEL for start in starts], np.bool_)


def _hash_words(numbers: Hashes64, starts: Integers) -> Hashes64:
    """A 64-bit hash of each word: the sum of the products of random numbers, one for each byte and one for its place.

    After the multilinear hashing of Carter and Wegman, 1979; two words that differ share one about once in 2**60 pairs.
    White space counts nothing, so a word may be taken to reach to the next one.
    """
    if not len(starts):
        return np.empty(0, np.uint64)
    spans = np.diff(starts, append=len(numbers))
    places = np.arange(starts[0], len(numbers)) - np.repeat(starts, spans)
    of_places = _of_places(1 << int(spans.max()).bit_length())
    hashes: Hashes64 = np.add.reduceat(numbers[starts[0] :] * of_places[places], starts - starts[0])
    return hashes


@functools.cache
def _of_places(count: int) -> Hashes64:
    """Random numbers for the first places of a word; those for more places begin with those for fewer."""
    return np.random.default_rng(1).integers(1, 1 << 64, count, np.uint64)


class _WordSums:
    """Sums of the feature vectors of words, and from them the means of lines.

    The sums of words seen lately stand in a table, each in the slot that the first bits of its hash name; a word that
    is not in its slot is summed anew in the space behind the slots and then takes its slot over.
    """

    def __init__(self, file: FastTextFile) -> None:
        self._file = file
        known = Words.of(b" " + b" ".join(file.words) + b" ").hashes
        order = np.argsort(known)
        self._known, self._known_rows = known[order], order.astype(np.int32)
        self._end = known[file.words.index(LINE_END)]
        self._kept = np.zeros(1 << _SLOT_BITS, np.uint64)
        # One column more than the vectors have: how many features the word has.
        self._sums = np.zeros((2 << _SLOT_BITS, file.rows.shape[1] + 1), np.float32)

    def means(self, lines: Sequence[str]) -> Floats:
        """Mean feature vector of each line: lines x dimension."""
        words = Words.of_lines(lines)
        if np.count_nonzero(words.hashes == self._end) > len(lines):
            words = Words.of_lines([up_to_line_end(line) for line in lines])
        ends = np.flatnonzero(words.hashes == self._end) + 1
        slots = (words.hashes >> np.uint64(64 - _SLOT_BITS)).astype(np.int32)
        missing = np.flatnonzero(self._kept[slots] != words.hashes)
        hashes, first, number = np.unique(words.hashes[missing], return_index=True, return_inverse=True)
        new = self._sum_features(words, missing[first])
        own = slots[missing[first]]
        slots[missing] = len(self._kept) + number
        self._make_room(len(new))
        self._sums[len(self._kept) : len(self._kept) + len(new)] = new
        sums = sum_rows(self._sums, slots, ends)
        self._keep(hashes, own, new)
        means: Floats = sums[:, :-1] * (np.float32(1) / sums[:, -1:])
        return means

    def _make_room(self, words: int) -> None:
        short = len(self._kept) + words - len(self._sums)
        if short > 0:
            self._sums = np.concatenate([self._sums, np.zeros((short, self._sums.shape[1]), np.float32)])

    def _keep(self, hashes: Hashes64, slots: npt.NDArray[np.int32], sums: Floats) -> None:
        """Give the words their slots; of two that want the same slot one gets it."""
        self._kept[slots] = hashes
        won = np.flatnonzero(self._kept[slots] == hashes)
        self._sums[slots[won]] = sums[won]

    def _sum_features(self, words: Words, chosen: Integers) -> Floats:
        """The sum of the feature vectors of the chosen words, and their number; nothing for what looks like a label."""
        text, lengths = words.marked(chosen)
        leads = np.flatnonzero(text >= -64)  # all bytes but the second to fourth of a UTF-8 character
        word = np.repeat(np.arange(len(chosen)), lengths)[leads]
        rows = self._ngram_rows(text, leads, word)
        starts = np.flatnonzero(np.diff(word, prepend=-1))
        hashes = words.hashes[chosen]
        place = np.minimum(np.searchsorted(self._known, hashes), len(self._known) - 1)
        rows[starts, 0] = np.where(self._known[place] == hashes, self._known_rows[place], -1)
        rows[(hashes == self._end)[word], 1:] = -1  # the end mark has no n-grams
        if _LABEL in text.tobytes():
            rows[words.are_labels(chosen)[word]] = -1
        found = np.flatnonzero(rows.ravel() >= 0)
        counts = np.bincount(word[found // rows.shape[1]], minlength=len(chosen))
        sums = sum_rows(self._file.rows, rows.ravel()[found], np.cumsum(counts))
        return np.column_stack([sums, counts.astype(np.float32)])

    def _ngram_rows(self, text: npt.NDArray[np.int8], leads: Integers, word: Integers) -> npt.NDArray[np.int32]:
        """For each character a place for the row of its word, then the rows of the n-grams from there; -1: none."""
        file = self._file
        rows = np.full((len(leads), 2 + file.longest - file.shortest), -1, np.int32)
        for n, hashes in enumerate(_hash_ngrams(text, leads, file.longest), 1):
            if n >= file.shortest:
                inside = np.flatnonzero(word[: len(hashes)] == word[n - 1 :])
                rows[inside, 1 + n - file.shortest] = file.ngram_rows[hashes[inside] % np.uint32(len(file.ngram_rows))]
        return rows


def _hash_ngrams(text: npt.NDArray[np.int8], leads: Integers, longest: int) -> Iterator[Hashes]:
    """For n = 1 to `longest`, the hash of the n characters from each character on, where there are as many.

    fastText hashes bytes as signed characters: from 0x80 on they turn over the upper 24 bits too.
    """
    values = text.astype(np.int32).view(np.uint32)
    widths = np.diff(leads, append=len(text))
    wider = [np.flatnonzero(widths > i) for i in range(1, 4)]
    hashes = np.full(len(leads), OFFSET_BASIS)
    for skip in range(longest):
        hashes = (hashes[: len(leads) - skip] ^ values[leads[skip:]]) * PRIME
        for i, characters in enumerate(wider, 1):
            last = characters[np.searchsorted(characters, skip) :]
            hashes[last - skip] = (hashes[last - skip] ^ values[leads[last] + i]) * PRIME
        yield hashes


def up_to_line_end(line: str) -> str:
    """What stands before a literal end mark: fastText stops reading there."""
    words = line.encode("utf-8", "surrogatepass").replace(b"\0", b" ").split()
    stop = words.index(LINE_END) if LINE_END in words else len(words)
    return b" ".join(words[:stop]).decode("utf-8", "surrogatepass")


def sum_rows(table: Floats, rows: npt.NDArray[np.int32], ends: Integers) -> Floats:
    """The sum of each group of rows of the table, added in their order; `ends` says where each group ends."""
    ones = np.ones(len(rows), np.float32)
    groups = csr_array((ones, rows, np.concatenate(([0], ends))), shape=(len(ends), len(table)))
    sums: Floats = groups @ table
    return sums


@dataclass(frozen=True, kw_only=True, eq=False)
class _LabelTree:
    """The Huffman tree of the labels, its nodes and leaves numbered breadth first from the root, 0.

    So the two branches of the i-th inner node lead to 2i + 1 and 2i + 2. `inner` holds the vectors of the inner
    nodes, `parents` the parent of each place but the root, `levels` first and last + 1 place of each level below the
    root. `leaves` and `labels` are in the order in which a tie is decided.
    """

    inner: csr_array
    parents: Integers
    levels: tuple[tuple[int, int], ...]
    leaves: Integers
    labels: Integers

    @classmethod
    def of(cls, file: FastTextFile) -> _LabelTree:
        """The tree of the labels of a model."""
        children = _huffman(file.counts)
        leaf_count = len(file.counts)
        levels = [[2 * leaf_count - 2]]
        while levels[-1]:
            levels.append([child for node in levels[-1] if node in children for child in children[node]])
        order = [node for level in levels for node in level]
        place = {node: i for i, node in enumerate(order)}
        inner = [node for node in order if node in children]
        ends = np.cumsum([len(level) for level in levels]).tolist()
        labels = _last_first(children, order[0])
        return cls(
            inner=csr_array(file.nodes[np.array(inner) - leaf_count]),
            parents=np.repeat([place[node] for node in inner], 2),
            levels=tuple(zip(ends[:-2], ends[1:-1], strict=True)),
            leaves=np.array([place[label] for label in labels]),
            labels=np.array(labels),
        )

    def likeliest(self, means: Floats) -> tuple[Integers, Floats]:
        """The likeliest label of each mean vector and its probability: the product of those on the way to it."""
        # A sparse product adds in one order; that of a dense one may hang on the number of lines.
        products = self.inner @ np.ascontiguousarray(means.T)
        with np.errstate(over="ignore"):
            right = np.float32(1) / (np.float32(1) + np.exp(-products))
        branches = np.empty((len(right), 2, len(means)), np.float32)
        np.subtract(1 + EPSILON, right, out=branches[:, 0])
        np.add(right, EPSILON, out=branches[:, 1])
        on_the_way = branches.reshape(-1, len(means))
        chances = np.ones((1 + len(on_the_way), len(means)), np.float32)
        for start, stop in self.levels:
            above = slice(start - 1, stop - 1)
            chances[start:stop] = chances[self.parents[above]] * on_the_way[above]
        best = chances[self.leaves].argmax(axis=0)
        return self.labels[best], chances[self.leaves[best], np.arange(len(means))]


def _huffman(counts: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Left and right child of each inner node; leaves are 0 to n - 1 by descending count, the root is 2n - 2."""
    total = [*counts]
    children = {}
    leaf, node = len(counts) - 1, len(counts)
    for parent in range(len(counts), 2 * len(counts) - 1):
        pair = []
        for _ in range(2):
            if leaf >= 0 and (node >= parent or total[leaf] < total[node]):
                pair.append(leaf)
                leaf -= 1
            else:
                pair.append(node)
                node += 1
        children[parent] = (pair[0], pair[1])
        total.append(total[pair[0]] + total[pair[1]])
    return children


def _last_first(children: dict[int, tuple[int, int]], root: int) -> list[int]:
    """The leaves from right to left: of equal ones fastText keeps that which it meets last."""
    leaves = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node in children:
            waiting += children[node]
        else:
            leaves.append(node)
    return leaves
