"""How many documents and tokens stay at every threshold of a dimension: exact counts at up to 101 of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.corpus import Corpus
from corpuscope.ledger.counts import Amount
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import Dimension
from corpuscope.safety.population import Population

MOST_STEPS = 101
#: Two bytes a document each.
_PLACED = 8


@dataclass(frozen=True)
class Point:
    """A threshold, and what is flagged there."""

    threshold: int | float
    flagged: Amount


@dataclass(frozen=True)
class Curve:
    """What a dimension flags at ascending thresholds; `all` are all documents."""

    dimension: Dimension
    points: tuple[Point, ...]
    all: Amount

    def kept(self, point: Point, cut: Cut) -> Amount:
        """What a cut of this dimension would keep at a threshold."""
        return point.flagged if cut.inverse else self.all.without(point.flagged)


@dataclass(frozen=True)
class _Placed:
    """Thresholds, and for each row of a corpus twice the number of those below its score, one more at one of them."""

    thresholds: npt.NDArray[Any]
    places: npt.NDArray[np.uint16]


def curve(documents: Population, dimension: Dimension) -> Curve:
    """Count what a dimension flags at each threshold; no points for one that compares with no number."""
    return documents.remembering(_curve, _PLACED)(dimension)


def _curve(documents: Population, dimension: Dimension) -> Curve:
    if not dimension.has_threshold:
        return Curve(dimension, (), documents.all)
    placed = documents.corpus.home(frozenset({dimension.name})).remembering(_placed, _PLACED)(dimension.name)
    places, size = documents.of(placed.places), 2 * len(placed.thresholds) + 2
    counts = np.bincount(places, minlength=size)[:-1]
    # Sums in floating point are exact up to 2**53.
    tokens = np.bincount(places, documents.tokens, minlength=size)[:-1].astype(np.int64)
    both = np.stack([counts, tokens])
    up_to = np.concatenate((np.zeros((2, 1), np.int64), np.cumsum(both, axis=1)), axis=1)
    at = 2 * np.arange(len(placed.thresholds))
    flagged = up_to[:, -1:] - up_to[:, at + 1] if dimension.kind.way == ">=" else up_to[:, at + 2]
    points = zip(placed.thresholds.tolist(), flagged.T.tolist(), strict=True)
    return Curve(dimension, tuple(Point(t, documents.amount(*amounts)) for t, amounts in points), documents.all)


def _placed(corpus: Corpus, name: str) -> _Placed:
    column = corpus.catalog.column(name)
    values, present = column.flat, column.present
    thresholds = _thresholds(np.unique(values[present & corpus.shown]))
    if not len(thresholds):
        return _Placed(thresholds, np.ones(len(values), dtype=np.uint16))
    places = np.searchsorted(thresholds, values)
    at = thresholds[np.minimum(places, len(thresholds) - 1)] == values
    placed = np.where(present, 2 * places + at, 2 * len(thresholds) + 1)
    return _Placed(thresholds, placed.astype(np.uint16))


def _thresholds(distinct: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """All distinct values where they are few, hundredths of what is a probability, else values evenly among them."""
    if len(distinct) <= MOST_STEPS:
        return distinct
    if distinct[0] >= 0 and distinct[-1] <= 1:
        return np.round(np.linspace(0, 1, MOST_STEPS), 2)
    found: npt.NDArray[Any] = distinct[np.linspace(0, len(distinct) - 1, MOST_STEPS).round().astype(np.int64)]
    return found
