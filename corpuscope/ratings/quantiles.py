"""Quantiles that are values of documents: the smallest value that at least a share of the documents does not exceed.

Hyndman and Fan (1996), definition 1, the inverse of the distribution function; so a filter at a quantile is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: What is told of each distribution: the middle, the half around it, the nine tenths around that.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

Numbers = npt.NDArray[Any]
Labels = npt.NDArray[np.int64]


def places(counts: Labels, shares: Sequence[float]) -> Labels:
    """Where quantiles stand among so many sorted values: one row a share, one column a count; 0 for no values."""
    at = np.ceil(np.outer(shares, counts)).astype(np.int64) - 1
    clipped: Labels = np.clip(at, 0, np.maximum(counts - 1, 0))
    return clipped


def quantiles(values: Numbers, shares: Sequence[float] = QUANTILES) -> tuple[float, ...]:
    """Quantiles of some numbers, as Python numbers; none of no numbers."""
    if not len(values):
        return ()
    at = places(np.array([len(values)]), shares)[:, 0]
    return tuple(np.partition(values, np.unique(at))[at].tolist())


def grouped_quantiles(values: Numbers, labels: Labels, counts: Labels, shares: Sequence[float] = QUANTILES) -> Numbers:
    """Quantiles of the numbers under each label (0, 1 ...; `counts` of each): one row a share, one column a label.

    Under a label without numbers stands what means nothing.
    """
    by_value = np.argsort(values)
    smallest = np.min_scalar_type(len(counts))  # small integers are sorted by counting
    ordered = values[by_value[np.argsort(labels[by_value].astype(smallest), kind="stable")]]
    starts = np.cumsum(counts) - counts
    at = places(counts, shares) + starts
    found: Numbers = ordered[np.minimum(at, len(ordered) - 1)]
    return found
