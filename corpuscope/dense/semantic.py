"""What a query by meaning finds: the best thousand of the allowed documents, or all that pass a threshold."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.dense.embedder import encode_query, normalised
from corpuscope.dense.embedders import for_queries
from corpuscope.dense.index import NearestIndex
from corpuscope.dense.stored import Scores, Vector, best_of
from corpuscope.errors import InvalidQuery
from corpuscope.matcher import Matcher
from corpuscope.results import Partial, Similarity

if TYPE_CHECKING:
    from corpuscope.query import Query
    from corpuscope.selection import Searchable

#: Documents that are found where no threshold says how near they have to be.
NEAREST = 1_000
#: What the text asked for and the examples weigh in the query vector: Rocchio's feedback (1971) with the text and what
#: is liked alike, and half of that for what is not.
_TEXT, _LIKE, _UNLIKE = 1.0, 1.0, 0.5
#: Rankings that a query keeps: those of its page and of its facets.
_KEPT = 16


class Semantic(Matcher):
    """The documents near a vector; `left_out` are the examples, which would only find themselves."""

    def __init__(
        self, index: NearestIndex, vector: Vector, threshold: float | None, left_out: Rows, shown: Mask
    ) -> None:
        self.takes_best = threshold is None
        self._index = index
        self._vector = vector
        self._threshold = threshold
        self._left_out = left_out
        self.shown = shown
        self._kept: OrderedDict[bytes, tuple[Rows, Scores]] = OrderedDict()
        self._lock = threading.Lock()
        self._every: Scores | None = None

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:
        """The documents that pass the threshold; without one the best of those allowed."""
        out = np.zeros(len(self.shown), np.bool_)
        if self._threshold is not None:
            np.greater_equal(self._similarities(), np.float32(self._threshold), out=out)
            out[self._left_out] = False
            return out, None
        out[self.best(allowed)[0]] = True
        return out, Partial("top_n", int(np.count_nonzero(self.shown if allowed is None else allowed)))

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The k most similar of the allowed documents that match, and their similarities."""
        if self._threshold is None:
            rows, scores = self.best(allowed)
            return rows[:k], scores[:k]
        rows = np.flatnonzero(self.matches(None)[0] if allowed is None else self.matches(None)[0] & allowed)
        return best_of(rows, self._similarities()[rows], k)

    def best(self, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The best thousand of the allowed documents and their similarities, best first."""
        key = b"" if allowed is None else hashlib.blake2b(np.packbits(allowed).tobytes(), digest_size=16).digest()
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        found = self._index.nearest(self._vector, NEAREST, self.without_examples(allowed))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def passages(self, rows: Rows) -> list[tuple[int, int]] | None:
        """Where in each document its best passage is; None where documents have one vector."""
        return self._index.best_passages(self._vector, rows)

    def similarity(self) -> Similarity | None:
        """The threshold and the share of the documents shown that lie below it."""
        if self._threshold is None:
            return None
        scores = self._similarities()[self.shown]
        below = int(np.count_nonzero(scores < np.float32(self._threshold)))
        return Similarity(self._threshold, 100 * below / max(1, len(scores)))

    def _similarities(self) -> Scores:
        if self._every is None:
            self._every = self._index.similarities(self._vector)
        return self._every

    def without_examples(self, allowed: Mask | None) -> Mask | None:
        """The rows that are allowed, but for the examples."""
        if not len(self._left_out):
            return allowed
        out = np.ones(len(self.shown), np.bool_) if allowed is None else allowed.copy()
        out[self._left_out] = False
        return out


def semantic(corpus: Searchable, query: Query) -> tuple[Semantic, list[str]]:
    """What a query asks for by meaning, and notes for the reader of the answer."""
    vectors = corpus.vectors(query.embedder)
    like, unlike = (_rows_of(corpus, ids) for ids in (query.like, query.unlike))
    index = vectors.index
    total = np.zeros(index.dimensions, np.float32)
    if query.has_text:
        total += _TEXT * encode_query(for_queries(vectors.embedder), query.text)
    for rows, weight in ((like, _LIKE), (unlike, -_UNLIKE)):
        if len(rows):
            total += weight * normalised(index.means(rows).mean(axis=0))
    if not total.any():
        raise InvalidQuery("The query says nothing that could be like a document: give it a word, or other examples.")
    left_out = np.concatenate([like, unlike])
    matcher = Semantic(index, normalised(total), query.threshold, left_out, corpus.shown)
    notes = []
    if len(left_out):
        which = "The example is" if len(left_out) == 1 else f"The {len(left_out):,} examples are"
        notes.append(f"{which} not among the hits.")
    return matcher, notes


def _rows_of(corpus: Searchable, ids: Sequence[str]) -> Rows:
    """The rows of the examples; raises InvalidQuery for an id that is not shown."""
    column = corpus.catalog.text_column("id")
    out = []
    for id_ in ids:
        code = column.code(id_)
        rows = np.empty(0, np.int64) if code is None else np.flatnonzero((column.codes == code) & corpus.shown)
        if not len(rows):
            raise InvalidQuery(f"There is no document {id_!r} in {corpus.label} to take as an example.")
        out.append(rows)
    return np.concatenate(out) if out else np.empty(0, np.int64)
