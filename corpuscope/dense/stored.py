"""The vectors of a corpus as they lie on disk, part after part, and what a query vector makes of them: exactly.

A document has one vector or, where it was cut into passages, one for each; its similarity is that of its best passage.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.cached import cached_property
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.errors import CorpusDamaged
from corpuscope.manifest import Manifest

Vector = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float32]

_THREADS = os.cpu_count() or 1
#: Vectors that one thread takes at a time: below this a second one costs more than it gains.
_PIECE = 16_384


@dataclass(frozen=True)
class _Part:
    """The vectors of one part (count x dimensions, float16) and where its documents are in the corpus."""

    vectors: npt.NDArray[np.float16]
    passages: Path | None
    base: int
    rows: int


class StoredVectors:
    """All vectors of a corpus by one embedder, numbered part after part. Safe to use from many threads."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = tuple(parts)
        self._starts = [0, *np.cumsum([len(p.vectors) for p in parts]).tolist()]
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="vectors")

    @classmethod
    def open(cls, folder: Path, manifest: Manifest, name: str) -> StoredVectors:
        """Open the vectors that the parts of a corpus have by the embedder of this name."""
        parts, base = [], 0
        for part in manifest.parts:
            entry = part.vectors[name]
            vectors = _open_array(folder / entry.vectors.path, entry.count)
            parts.append(_Part(vectors, folder / entry.passages.path if entry.passages else None, base, part.rows))
            base += part.rows
        return cls(parts)

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._starts[-1])

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return int(self._parts[0].vectors.shape[1])

    @property
    def documents(self) -> int:
        """How many documents they are of."""
        return self._parts[-1].base + self._parts[-1].rows

    @property
    def is_one_each(self) -> bool:
        """Whether every document has one vector, whose number is then its row."""
        return all(p.passages is None for p in self._parts)

    @cached_property
    def rows(self) -> Rows:
        """The document of each vector, ascending."""
        if self.is_one_each:
            return np.arange(len(self), dtype=np.int64)
        return np.concatenate([self._column(p, "row") + p.base for p in self._parts])

    @cached_property
    def first(self) -> Rows:
        """The number of each document's first vector, and behind the last one the number of vectors."""
        return np.searchsorted(self.rows, np.arange(self.documents + 1))

    @cached_property
    def places(self) -> tuple[Rows, Rows] | None:
        """Where each vector's passage starts and ends in its document (code points); None where nothing was cut."""
        if self.is_one_each:
            return None
        return (
            np.concatenate([self._column(p, "start") for p in self._parts]),
            np.concatenate([self._column(p, "end") for p in self._parts]),
        )

    def vectors(self, numbers: Rows) -> npt.NDArray[np.float32]:
        """Some of the vectors, in the order asked for."""
        out = np.empty((len(numbers), self.dimensions), np.float32)
        for part, start, stop in self._ranges():
            inside = np.flatnonzero((numbers >= start) & (numbers < stop))
            out[inside] = part.vectors[numbers[inside] - start]
        return out

    def pieces(self, size: int) -> Sequence[npt.NDArray[np.float16]]:
        """All vectors in pieces of at most `size`, in order; they are read when they are looked at."""
        return [p.vectors[at : at + size] for p in self._parts for at in range(0, len(p.vectors), size)]

    def of_documents(self, documents: Rows) -> Rows:
        """The numbers of the vectors that some documents have, ascending for ascending documents."""
        if self.is_one_each:
            return documents
        starts, counts = self.first[documents], np.diff(self.first)[documents]
        before = np.concatenate(([0], np.cumsum(counts)[:-1])) if len(counts) else counts
        numbers: Rows = np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
        return numbers

    def similarities(self, query: Vector) -> Scores:
        """The similarity of every document with the query, that of its best passage."""
        from corpuscope.dense import kernels  # which import a compiler

        out = np.empty(len(self), np.float32)
        calls: list[Callable[[], None]] = []
        for part, start, stop in self._ranges():
            halves, place = part.vectors.view(np.uint16), out[start:stop]
            for at in range(0, stop - start, _PIECE):
                calls.append(_call(kernels.products, halves, query, place, at, min(at + _PIECE, stop - start)))
        self._run(calls)
        return out if self.is_one_each else np.maximum.reduceat(out, self.first[:-1])

    def similarities_of(self, query: Vector, numbers: Rows) -> Scores:
        """The similarity of some vectors (ascending numbers) with the query."""
        from corpuscope.dense import kernels

        out = np.empty(len(numbers), np.float32)
        cuts = np.searchsorted(numbers, self._starts)
        calls: list[Callable[[], None]] = []
        for (part, start, _), low, high in zip(self._ranges(), cuts, cuts[1:], strict=False):
            halves, inside, place = part.vectors.view(np.uint16), numbers[low:high] - start, out[low:high]
            for at in range(0, len(inside), _PIECE):
                stop = min(at + _PIECE, len(inside))
                calls.append(_call(kernels.products_of, halves, inside, query, place, at, stop))
        self._run(calls)
        return out

    def best_passages(self, query: Vector, documents: Rows) -> list[tuple[int, int]]:
        """Where the best passage of each document (in any order) starts and ends in its text."""
        assert self.places is not None
        starts, ends = self.places
        out = []
        for row in documents.tolist():
            numbers = np.arange(self.first[row], self.first[row + 1])
            best = int(numbers[np.argmax(self.similarities_of(query, numbers))])
            out.append((int(starts[best]), int(ends[best])))
        return out

    def _ranges(self) -> list[tuple[_Part, int, int]]:
        return list(zip(self._parts, self._starts, self._starts[1:], strict=False))

    def _run(self, calls: list[Callable[[], None]]) -> None:
        if len(calls) == 1:
            calls[0]()
        else:
            list(self._pool.map(lambda call: call(), calls))

    @staticmethod
    def _column(part: _Part, name: str) -> Rows:
        assert part.passages is not None
        try:
            column = pq.read_table(part.passages, columns=[name]).column(0)
        except (OSError, pa.ArrowException) as error:
            raise CorpusDamaged(f"{part.passages} cannot be read ({error}).") from None
        values: Rows = column.to_numpy().astype(np.int64)
        return values


def best_of(rows: Rows, scores: Scores, k: int) -> tuple[Rows, Scores]:
    """The k rows with the highest scores, best first, ties by row."""
    if k < len(rows):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        kept = np.flatnonzero(scores >= least)
        rows, scores = rows[kept], scores[kept]
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def allowed_rows(allowed: Mask | None, documents: int) -> Rows:
    """The rows that are allowed: all where nothing restricts them."""
    return np.arange(documents, dtype=np.int64) if allowed is None else np.flatnonzero(allowed)


def _call(kernel: Callable[..., None], *arguments: object) -> Callable[[], None]:
    return lambda: kernel(*arguments)


def _open_array(path: Path, count: int) -> npt.NDArray[np.float16]:
    try:
        array: npt.NDArray[np.float16] = np.load(path, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise CorpusDamaged(f"{path} cannot be read ({error}). Run: corpuscope verify {path.parents[3]}") from None
    if array.ndim != 2 or array.dtype != np.float16 or len(array) != count:
        raise CorpusDamaged(f"{path} holds {array.shape} {array.dtype}, not {count:,} vectors of float16.")
    return array
