"""The vectors of a corpus, or of several as one: their rows one after another, their similarities side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.catalog.joined import Stack
from corpuscope.dense.index import NearestIndex
from corpuscope.dense.stored import Scores, Vector, best_of
from corpuscope.errors import InvalidQuery


@dataclass(frozen=True)
class Vectors:
    """What one embedder made of a corpus: its name, what identifies it, and the index."""

    name: str
    embedder: Mapping[str, Any]
    index: NearestIndex


def join(names: Sequence[str], every: Sequence[Vectors], stack: Stack) -> Vectors:
    """The vectors of several corpora; raises InvalidQuery where different embedders made them."""
    for name, other in zip(names, every, strict=True):
        if dict(other.embedder) != dict(every[0].embedder):
            raise InvalidQuery(
                f"{names[0]} was embedded by {every[0].name} and {name} by {other.name}, whose vectors do not compare. "
                "Name an embedder that both have, or search these corpora one after the other."
            )
    return Vectors(every[0].name, every[0].embedder, JoinedIndex([v.index for v in every], stack))


class JoinedIndex:
    """Several indexes over rows that stand one after another."""

    def __init__(self, indexes: Sequence[NearestIndex], stack: Stack) -> None:
        self._indexes = tuple(indexes)
        self._stack = stack

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return self._indexes[0].dimensions

    def nearest(self, query: Vector, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The k most similar of the allowed documents and their similarities, best first, ties by row."""
        rows, scores = [], []
        for index, part in zip(self._indexes, self._stack.slices, strict=True):
            found, near = index.nearest(query, k, None if allowed is None else allowed[part])
            rows.append(found + part.start)
            scores.append(near)
        return best_of(np.concatenate(rows), np.concatenate(scores), k)

    def similarities(self, query: Vector) -> Scores:
        """The similarity of every document, exactly."""
        return np.concatenate([index.similarities(query) for index in self._indexes])

    def means(self, documents: Rows) -> npt.NDArray[np.float32]:
        """A vector of unit length for each document."""
        out = np.empty((len(documents), self.dimensions), np.float32)
        for owner, places in self._by_owner(documents):
            out[places] = self._indexes[owner].means(documents[places] - self._stack.starts[owner])
        return out

    def best_passages(self, query: Vector, documents: Rows) -> list[tuple[int, int]] | None:
        """Where the best passage of each document lies in it; None where the documents of a corpus are not cut."""
        out: list[tuple[int, int]] = [(0, 0)] * len(documents)
        for owner, places in self._by_owner(documents):
            found = self._indexes[owner].best_passages(query, documents[places] - self._stack.starts[owner])
            if found is None:
                return None
            for place, passage in zip(places.tolist(), found, strict=True):
                out[place] = passage
        return out

    def _by_owner(self, documents: Rows) -> list[tuple[int, Rows]]:
        owners = self._stack.owners(documents)
        return [(i, np.flatnonzero(owners == i)) for i in range(len(self._indexes)) if (owners == i).any()]
