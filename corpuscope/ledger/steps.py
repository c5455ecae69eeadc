"""Thresholds of a field with about as many documents between each and the next, and counts at all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Column, Mask
from corpuscope.ledger.counts import Amount, Step

#: Fits, twice and with one more, into a byte.
MOST_STEPS = 50


@dataclass(frozen=True)
class Steps:
    """Ascending values of a field, and where each document of a start lies among them.

    `places` holds 2j for a document between the values j - 1 and j, 2j + 1 for one at the value j, and
    2 len(thresholds) + 1 for one without a value.
    """

    thresholds: npt.NDArray[Any]
    places: npt.NDArray[np.uint8]

    def count(self, rows: Mask, tokens: npt.NDArray[np.float64] | None, *, strict: bool) -> tuple[Step, ...]:
        """What of some documents lies above and below each threshold, which itself is left out if `strict`."""
        size = 2 * len(self.thresholds) + 2
        at = np.flatnonzero(rows)
        places = self.places[at]
        documents = np.bincount(places, minlength=size)[:-1]
        weights = None if tokens is None else np.bincount(places, tokens[at], minlength=size)[:-1]
        counted = [_ends(documents, strict=strict), None if weights is None else _ends(weights, strict=strict)]
        return tuple(
            Step(value, *(_amount(counted[0], counted[1], end, j) for end in (0, 1)))
            for j, value in enumerate(self.thresholds.tolist())
        )


def steps_of(column: Column, matches: Mask) -> Steps:
    """The steps of a number with one value a row, over the rows that match."""
    values, present = column.flat[matches], column.present[matches]
    known = values[present]
    if not len(known):
        return Steps(known, np.ones(len(values), dtype=np.uint8))
    ranks = np.unique(np.linspace(0, len(known) - 1, MOST_STEPS).round().astype(np.int64))
    thresholds = np.unique(np.partition(known, ranks)[ranks])
    places = np.searchsorted(thresholds, values)
    at = thresholds[np.minimum(places, len(thresholds) - 1)] == values
    places = np.where(present, 2 * places + at, 2 * len(thresholds) + 1)
    return Steps(thresholds, places.astype(np.uint8))


def _ends(by_place: npt.NDArray[Any], *, strict: bool) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The sums above and below each threshold."""
    up_to = np.concatenate(([0], np.cumsum(by_place)))
    above = up_to[-1] - up_to[2 if strict else 1 : -1 : 2]
    below = up_to[1 if strict else 2 :: 2]
    return above, below[: len(above)]


def _amount(documents: Any, tokens: Any, end: int, j: int) -> Amount:
    return Amount(int(documents[end][j]), None if tokens is None else int(tokens[end][j]))
