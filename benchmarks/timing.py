"""Times of many queries, and what they come to."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Summary:
    """Median and 95th percentile of the times of queries, in milliseconds."""

    median: float
    p95: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Summary:
        """Summarise the time of each query."""
        return cls(statistics.median(times), percentile(times, 0.95))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def milliseconds(ask: Callable[[_T], object], queries: Sequence[_T]) -> list[float]:
    """The time of each query."""
    times = []
    for query in queries:
        begun = time.perf_counter()
        ask(query)
        times.append((time.perf_counter() - begun) * 1_000)
    return times


def medians(rounds: Sequence[Sequence[float]]) -> list[float]:
    """Each query's median over the rounds: what else the machine did in one of them drops out."""
    return [statistics.median(times) for times in zip(*rounds, strict=True)]
