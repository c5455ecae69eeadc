"""Intervals of shares and of ratios of shares; all of them in closed form, none by drawing again.

Shares: Wilson (1927). Ratios of the shares of two separate groups: the limits of both shares joined as Donner and Zou
(2012) do for ratios (MOVER-R), which unlike the logarithm of Katz and others (1978) holds at none and at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Of a 95% interval: the 97.5% quantile of the standard normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """From low to high; `high` is infinite where no data bounds it."""

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether a value lies outside."""
        return not self.low <= value <= self.high


def wilson(hits: int, of: int, z: float = Z95) -> Interval:
    """Wilson's score interval of a share: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n); 0 to 1 of nothing."""
    if not of:
        return Interval(0.0, 1.0)
    share, square = hits / of, z * z / of
    middle = share + square / 2
    half = z * math.sqrt(share * (1 - share) / of + square / (4 * of))
    low = 0.0 if hits == 0 else (middle - half) / (1 + square)
    high = 1.0 if hits == of else (middle + half) / (1 + square)
    return Interval(low, high)


def ratio_of_shares(hits: int, of: int, other_hits: int, other_of: int, z: float = Z95) -> Interval:
    """The interval of (hits / of) / (other_hits / other_of) for two separate groups, by MOVER-R of Wilson's limits."""
    if not of or not other_of:
        return Interval(0.0, math.inf)
    p, q = hits / of, other_hits / other_of
    a, b = wilson(hits, of, z), wilson(other_hits, other_of, z)
    # The lower root is multiplied out, so that nothing is divided by a weight that may be zero.
    product, below, above = p * q, _weight(a.low, p), _weight(b.low, q)
    low = product + math.sqrt(max(0.0, product**2 - below * _weight(b.high, q)))
    high = product + math.sqrt(max(0.0, product**2 - _weight(a.high, p) * above))
    return Interval(below / low if low else 0.0, high / above if above > 0 else math.inf)


def ratio_to_whole(hits: int, of: int, all_hits: int, all_of: int, z: float = Z95) -> Interval:
    """The interval of the share of a group over that of the whole of which it is a part.

    The whole is no separate group, so the group is compared with the rest: with f its part of the whole and t its ratio
    to the rest the ratio to the whole is 1 / (f + (1 - f) / t), which grows with t, so that the limits of t carry over.
    """
    if of == all_of:
        return Interval(1.0, 1.0)
    part = of / all_of
    rest = ratio_of_shares(hits, of, all_hits - hits, all_of - of, z)
    return Interval(*(_of_whole(t, part) for t in (rest.low, rest.high)))


def _of_whole(ratio: float, part: float) -> float:
    if ratio == 0:
        return 0.0
    against = part + (0.0 if math.isinf(ratio) else (1 - part) / ratio)
    return 1 / against if against else math.inf


def _weight(limit: float, share: float) -> float:
    return limit * (2 * share - limit)
