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

    @property
    def size(self) -> int:
        """The number of places."""
        return 2 * len(self.thresholds) + 2

    def steps(self, by_place: npt.NDArray[np.int64], *, has_tokens: bool, strict: bool) -> tuple[Step, ...]:
        """What lies above and below each threshold, out of documents and tokens by place.

        The threshold itself lies on both sides, with `strict` on neither.
        """
        up_to = np.concatenate((np.zeros((1, 2), dtype=np.int64), np.cumsum(by_place[:-1], axis=0)))
        at = 2 * np.arange(len(self.thresholds))
        above = (up_to[-1] - up_to[at + (2 if strict else 1)]).tolist()
        below = up_to[at + (1 if strict else 2)].tolist()
        return tuple(
            Step(value, *(Amount(documents, tokens if has_tokens else None) for documents, tokens in ends))
            for value, *ends in zip(self.thresholds.tolist(), above, below, strict=True)
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
