"""The nearest documents to a vector, within any allowed rows: by looking at all of them, or through FAISS.

FAISS (Douze et al., 2024, https://github.com/facebookresearch/faiss) is imported here alone, when an index of lists is
opened. Such an index is asked which vectors are near; how near they are is always worked out from the stored vectors,
so that a document has one similarity however it was found.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.dense.embedder import normalised
from corpuscope.dense.stored import Scores, StoredVectors, Vector, allowed_rows, best_of
from corpuscope.errors import CorpusDamaged, MissingDependency
from corpuscope.manifest import DenseEntry, Manifest

#: Where the vectors of the allowed documents hold at most so many numbers, all of them are looked at: on two cores in
#: some ten milliseconds, and exactly, where lists of which few entries are allowed would miss most of them.
SCAN_NUMBERS = 40_000_000
#: Lists give so many times the vectors that are wanted: their order is that of vectors of one byte a number.
_MORE = 2


class NearestIndex(Protocol):
    """What knows how near documents are to a vector."""

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""

    def nearest(self, query: Vector, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The k most similar of the allowed documents and their similarities, best first, ties by row."""

    def similarities(self, query: Vector) -> Scores:
        """The similarity of every document, exactly."""

    def means(self, documents: Rows) -> npt.NDArray[np.float32]:
        """A vector of unit length for each document: its own, or the mean of its passages'."""

    def best_passages(self, query: Vector, documents: Rows) -> list[tuple[int, int]] | None:
        """Where the best passage of each document lies in it (code points); None where documents are not cut."""


class Lists(Protocol):
    """Vectors in lists by the region they lie in."""

    def nearest(self, query: Vector, k: int, allowed: npt.NDArray[np.bool_] | None) -> Rows:
        """The numbers of about the k nearest vectors, of those allowed."""


class FaissLists:
    """An inverted file of FAISS, memory-mapped. Safe to use from many threads."""

    def __init__(self, path: Path, probes: int) -> None:
        self._path, self._probes = path, probes
        self._lock = threading.Lock()
        self._opened: Any = None

    def nearest(self, query: Vector, k: int, allowed: npt.NDArray[np.bool_] | None) -> Rows:
        """The numbers of about the k nearest vectors, of those allowed."""
        return search_lists(self._index(), query, k, self._probes, allowed)

    def _index(self) -> Any:
        with self._lock:
            if self._opened is None:
                self._opened = read_lists(self._path)
            return self._opened


class DenseIndex:
    """The vectors of a corpus by one embedder, and lists of them where there are many."""

    def __init__(self, stored: StoredVectors, lists: Lists | None = None, *, scan_numbers: int = SCAN_NUMBERS) -> None:
        self.stored = stored
        self._lists = lists
        self._most = scan_numbers // stored.dimensions

    @classmethod
    def open(cls, folder: Path, manifest: Manifest, name: str) -> DenseIndex:
        """Open what a corpus has of the embedder of this name."""
        entry: DenseEntry = manifest.dense[name]
        lists = FaissLists(folder / entry.index_file.path, int(entry.index["probes"])) if entry.index_file else None
        return cls(StoredVectors.open(folder, manifest, name), lists)

    def nearest(self, query: Vector, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The k most similar of the allowed documents and their similarities, best first, ties by row."""
        if self._lists is None and allowed is None:
            scores = self.stored.similarities(query)
            return best_of(np.arange(len(scores), dtype=np.int64), scores, k)
        documents = None if allowed is None else allowed_rows(allowed, self.stored.documents)
        if documents is not None and (self._lists is None or self._count(documents) <= self._most):
            return self._of(query, documents, k)
        return self._of(query, self._near(query, k, allowed), k)

    def _near(self, query: Vector, k: int, allowed: Mask | None) -> Rows:
        """The documents of the nearest vectors, ascending: k or more, unless the lists looked into hold fewer."""
        assert self._lists is not None
        vectors, wanted = self._allowed_vectors(allowed), _MORE * k
        while True:
            found = self._lists.nearest(query, wanted, vectors)
            documents: Rows = np.unique(self.stored.rows[found])
            if len(documents) >= k or len(found) < wanted:
                return documents
            wanted *= _MORE  # a few documents have all the nearest passages

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return self.stored.dimensions

    def similarities(self, query: Vector) -> Scores:
        """The similarity of every document, exactly."""
        return self.stored.similarities(query)

    def means(self, documents: Rows) -> npt.NDArray[np.float32]:
        """A vector of unit length for each document: its own, or the mean of its passages'."""
        found = [self.stored.vectors(self.stored.of_documents(documents[i : i + 1])) for i in range(len(documents))]
        return normalised(np.stack([vectors.mean(axis=0) for vectors in found]))

    def best_passages(self, query: Vector, documents: Rows) -> list[tuple[int, int]] | None:
        """Where the best passage of each document lies in it (code points); None where documents are not cut."""
        return None if self.stored.is_one_each else self.stored.best_passages(query, documents)

    def _of(self, query: Vector, documents: Rows, k: int) -> tuple[Rows, Scores]:
        """The k most similar of some documents (ascending), all looked at."""
        if not len(documents):
            return documents, np.empty(0, np.float32)
        numbers = self.stored.of_documents(documents)
        scores = self.stored.similarities_of(query, numbers)
        if not self.stored.is_one_each:
            counts = np.diff(self.stored.first)[documents]
            scores = np.maximum.reduceat(scores, np.concatenate(([0], np.cumsum(counts)[:-1])))
        return best_of(documents, scores, k)

    def _count(self, documents: Rows) -> int:
        """How many vectors some documents have."""
        return len(documents) if self.stored.is_one_each else int(np.diff(self.stored.first)[documents].sum())

    def _allowed_vectors(self, allowed: Mask | None) -> npt.NDArray[np.bool_] | None:
        return allowed if allowed is None or self.stored.is_one_each else allowed[self.stored.rows]


def search_lists(
    index: Any, query: Vector, k: int, probes: int, allowed: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.int64]:
    """The numbers of about the k nearest vectors that an inverted file finds, of those allowed."""
    faiss = import_faiss()
    options: dict[str, Any] = {"nprobe": probes}
    if allowed is not None:
        bits = np.packbits(allowed, bitorder="little")
        options["sel"] = faiss.IDSelectorBitmap(bits)
    parameters = faiss.SearchParametersIVF(**options)
    _, found = index.search(query[None, :], min(k, index.ntotal), params=parameters)
    numbers: npt.NDArray[np.int64] = found[0][found[0] >= 0]
    return numbers


def read_lists(path: Path) -> Any:
    """Open an inverted file of FAISS; its lists stay on disk until they are looked into."""
    faiss = import_faiss()
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
    except RuntimeError as error:
        raise CorpusDamaged(f"{path} cannot be read ({str(error).strip().splitlines()[-1][:200]}).") from None


def import_faiss() -> Any:
    """FAISS, when it is needed."""
    try:
        import faiss
    except ImportError:
        raise MissingDependency("Searching by lists needs FAISS. Install it: pip install faiss-cpu") from None
    return faiss
