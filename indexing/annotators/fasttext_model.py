"""A fastText classifier with a hierarchical softmax, evaluated for many lines at once.

Formulas: fastText 0.9.2 (https://github.com/facebookresearch/fastText, MIT); Bojanowski et al., 2017 (n-grams of words)
and Joulin et al., 2016, "Bag of Tricks" (label tree). The features of a word are summed once and the sum is kept, so
that a common word costs one look-up. A line adds the same numbers in the same order whatever is kept and whatever
stands beside it in the batch, so neither changes a result.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array  # type: ignore[import-untyped]  # it ships no types

from indexing.annotators.fasttext_file import FastTextFile, Floats

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]

#: FNV-1a of 32 bits (RFC 9923).
_OFFSET_BASIS, _PRIME = np.uint32(2166136261), np.uint32(16777619)
_LINE_END, _LABEL = b"</s>", b"__label__"
#: Lines evaluated together: few enough for the arrays to stay in the processor's cache.
_AT_ONCE = 512
#: Words kept, and their bytes, before all are forgotten: bounds the memory.
_KEPT_WORDS, _KEPT_BYTES = 1 << 16, 1 << 23
#: fastText adds this to each probability on the way to a label.
_EPSILON = np.float32(1e-5)


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


class _WordSums:
    """Sums of the feature vectors of words, and from them the means of lines."""

    def __init__(self, file: FastTextFile) -> None:
        self._file = file
        # One column more than the vectors have: how many features the word has.
        self._known = self._sum_ngrams(file.words)
        self._known[:, :-1] += file.rows[: len(file.words)]
        self._known[:, -1] += 1
        self._end = file.words.index(_LINE_END)
        self._known[self._end, :-1], self._known[self._end, -1] = file.rows[self._end], 1
        self._forget(_KEPT_WORDS)

    def _forget(self, room: int) -> None:
        """Keep the words of the dictionary alone."""
        self._slots = {word: slot for slot, word in enumerate(self._file.words)}
        self._sums = np.empty((len(self._known) + room, self._known.shape[1]), np.float32)
        self._sums[: len(self._known)] = self._known
        self._bytes = 0

    def means(self, lines: Sequence[str]) -> Floats:
        """Mean feature vector of each line: lines x dimension."""
        slots = self._look_up(lines)
        ends = np.flatnonzero(slots == self._end) + 1
        if len(ends) > len(lines):
            slots = self._look_up([_up_to_line_end(line) for line in lines])
            ends = np.flatnonzero(slots == self._end) + 1
        sums = _sum_rows(self._sums, slots, ends)
        means: Floats = sums[:, :-1] * (np.float32(1) / sums[:, -1:])
        return means

    def _look_up(self, lines: Sequence[str]) -> npt.NDArray[np.int32]:
        """The slots of the words of all lines, with that of the end mark after each line."""
        words = _split(" </s> ".join([*lines, ""]))
        different = set(words)
        if self._bytes > _KEPT_BYTES or len(self._slots) + len(different) > len(self._sums):
            self._forget(max(_KEPT_WORDS, len(different)))
        if new := list(different.difference(self._slots)):
            start = len(self._slots)
            self._slots.update(zip(new, range(start, start + len(new)), strict=True))
            self._sums[start : start + len(new)] = self._sum_ngrams(new)
            self._bytes += sum(map(len, new))
        return np.fromiter(map(self._slots.__getitem__, words), np.int32, len(words))

    def _sum_ngrams(self, words: Sequence[bytes]) -> Floats:
        """The sum of the n-gram vectors of each word, and their number; nothing for what looks like a label."""
        marked = b"<" + b"><".join(words) + b">"
        text = np.frombuffer(marked, np.int8)
        leads = np.flatnonzero(text >= -64)  # all bytes but the second to fourth of a UTF-8 character
        lengths = np.fromiter(map(len, words), np.int64, len(words)) + len("<>")
        word = np.repeat(np.arange(len(words)), lengths)[leads]
        rows = self._ngram_rows(text, leads, word)
        if _LABEL in marked:
            rows[np.array([word.startswith(_LABEL) for word in words])[word]] = -1
        found = np.flatnonzero(rows.ravel() >= 0)
        counts = np.bincount(word[found // rows.shape[1]], minlength=len(words))
        sums = _sum_rows(self._file.rows, rows.ravel()[found], np.cumsum(counts))
        return np.column_stack([sums, counts.astype(np.float32)])

    def _ngram_rows(self, text: npt.NDArray[np.int8], leads: Integers, word: Integers) -> npt.NDArray[np.int32]:
        """The rows of the n-grams that begin with each character, one column a length; -1 where there is none."""
        file = self._file
        rows = np.full((len(leads), 1 + file.longest - file.shortest), -1, np.int32)
        for n, hashes in enumerate(_hash_ngrams(text, leads, file.longest), 1):
            if n >= file.shortest:
                inside = np.flatnonzero(word[: len(hashes)] == word[n - 1 :])
                rows[inside, n - file.shortest] = file.ngram_rows[hashes[inside] % np.uint32(len(file.ngram_rows))]
        return rows


def _hash_ngrams(text: npt.NDArray[np.int8], leads: Integers, longest: int) -> Iterator[Hashes]:
    """For n = 1 to `longest`, the hash of the n characters from each character on, where there are as many.

    fastText hashes bytes as signed characters: from 0x80 on they turn over the upper 24 bits too.
    """
    values = text.astype(np.int32).view(np.uint32)
    widths = np.diff(leads, append=len(text))
    wider = [np.flatnonzero(widths > i) for i in range(1, 4)]
    hashes = np.full(len(leads), _OFFSET_BASIS)
    for skip in range(longest):
        hashes = (hashes[: len(leads) - skip] ^ values[leads[skip:]]) * _PRIME
        for i, characters in enumerate(wider, 1):
            last = characters[np.searchsorted(characters, skip) :]
            hashes[last - skip] = (hashes[last - skip] ^ values[leads[last] + i]) * _PRIME
        yield hashes


def _split(text: str) -> list[bytes]:
    """The words of a text as fastText cuts it: at ASCII white space and NUL."""
    return text.encode("utf-8", "surrogatepass").replace(b"\0", b" ").split()


def _up_to_line_end(line: str) -> str:
    """What stands before a literal end mark: fastText stops reading there."""
    words = _split(line)
    stop = words.index(_LINE_END) if _LINE_END in words else len(words)
    return b" ".join(words[:stop]).decode("utf-8", "surrogatepass")


def _sum_rows(table: Floats, rows: npt.NDArray[np.int32], ends: Integers) -> Floats:
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
        np.subtract(1 + _EPSILON, right, out=branches[:, 0])
        np.add(right, _EPSILON, out=branches[:, 1])
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
