"""Hybrid ranking: by words and by meaning, joined by reciprocal ranks.

Reciprocal-rank fusion (Cormack, Clarke and Buettcher, 2009): a document's score is the sum of weight / (60 + rank) over
the rankings that it stands in. It needs no scores, which of BM25 and of cosines do not compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.matcher import Matcher, Scores, Spans
from corpuscope.results import Partial, Ranks, Similarity

if TYPE_CHECKING:
    from corpuscope.dense.semantic import Semantic
    from corpuscope.documents import Document

#: The constant of the paper, which keeps the first ranks from deciding alone.
_K = 60
#: Of a document that is near in meaning its rank by words counts up to this one.
DEPTH = 1_000


class Hybrid(Matcher):
    """The union of what words and meaning find. `weight` is the share of meaning, 0 to 1."""

    def __init__(self, words: Matcher, meaning: Semantic, weight: float) -> None:
        self.takes_best = meaning.takes_best
        self._words = words
        self._meaning = meaning
        self._weight = weight

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:
        """Rows that match by words or by meaning."""
        by_words, _ = self._words.matches(allowed)
        by_meaning, partial = self._meaning.matches(allowed)
        found = by_words | by_meaning
        without = self._meaning.without_examples(None)
        return found if without is None else found & without, partial

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The best k of the allowed rows by the sum of their reciprocal ranks, ties by row."""
        near = self._near(allowed)
        # Whoever is found by words alone stands after at most all the near ones and those before him by words.
        words = self._by_words(max(DEPTH, k + len(near)), allowed)
        rows, scores = fuse(words, near, self._weight)
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order].astype(np.float32)

    def spans(self, documents: Sequence[Document]) -> list[Spans]:
        """The words that matched."""
        return self._words.spans(documents)

    def passages(self, rows: Rows) -> list[tuple[int, int]] | None:
        """The passage of each document that is nearest in meaning."""
        return self._meaning.passages(rows)

    def ranks(self, rows: Rows, allowed: Mask | None) -> list[Ranks]:
        """Each row's rank by words and by meaning, None where it is not among those that were looked at."""
        words = _ranks_in(self._by_words(DEPTH, allowed), rows)
        meaning = _ranks_in(self._near(allowed), rows)
        return [Ranks(words.get(row), meaning.get(row)) for row in rows.tolist()]

    def similarity(self) -> Similarity | None:
        """The least similarity of what was found by meaning."""
        return self._meaning.similarity()

    @property
    def marking(self) -> Matcher:
        """The words are what can be marked."""
        return self._words

    def _near(self, allowed: Mask | None) -> Rows:
        return self._meaning.ranked(len(self._meaning.shown), allowed)[0]

    def _by_words(self, k: int, allowed: Mask | None) -> Rows:
        found = self._words.ranked(k, self._meaning.without_examples(allowed))
        assert found is not None
        return found[0]


def _ranks_in(ranking: Rows, rows: Rows) -> dict[int, int]:
    """The ranks, from 1, of those of some rows that stand in a ranking, which may be as long as the corpus."""
    places = np.flatnonzero(np.isin(ranking, rows))
    return dict(zip(ranking[places].tolist(), (places + 1).tolist(), strict=True))


def fuse(words: Rows, meaning: Rows, weight: float) -> tuple[Rows, npt.NDArray[np.float64]]:
    """Rows of either ranking, in no order, and the sums of their weighted reciprocal ranks.

    A row's rank by words counts beyond DEPTH only where meaning did not find it: so the sums of all rows stay as they
    are, however much further the ranking by words is read.
    """
    rows = np.union1d(words, meaning)
    scores = np.zeros(len(rows))
    scores[np.searchsorted(rows, meaning)] += weight / (_K + np.arange(1, len(meaning) + 1))
    by_words = (1 - weight) / (_K + np.arange(1, len(words) + 1))
    by_words[DEPTH:][np.isin(words[DEPTH:], meaning)] = 0
    scores[np.searchsorted(rows, words)] += by_words
    return rows, scores
