"""How far ratings agree on the order of documents: Spearman's rank correlation of each two.

Spearman (1904); documents with equal values share the mean of their ranks, and each pair is judged by the documents
that have both ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.catalog import sampled
from corpuscope.catalog.columns import Column, Mask, Rows
from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery
from corpuscope.query import Query
from corpuscope.ratings.quantiles import places
from corpuscope.results import Partial
from corpuscope.selection import select

#: Of more documents than these a sample is ranked: as many take a fifth of a second for eight ratings.
MOST_RANKED = 200_000
MOST_RATINGS = 16
_SEED = 1
_QUARTERS = (0.25, 0.75)


@dataclass(frozen=True)
class Pair:
    """Two ratings over the documents that have both: None where one of them is the same for all."""

    rho: float | None
    documents: int


@dataclass(frozen=True)
class Correlation:
    """Pairs by row and column of `names`. `ranked` of the `total` documents were looked at: fewer are a sample.

    `quarters` are the values of each rating below and above which a quarter of those documents lies.
    """

    names: tuple[str, ...]
    pairs: tuple[tuple[Pair, ...], ...]
    quarters: tuple[tuple[float, float] | None, ...]
    ranked: int
    total: int
    partial: Partial | None


@dataclass(frozen=True)
class _Codes:
    """A rating of some documents: the place of each in the distinct `values`, which ascend; `has` marks the rated."""

    codes: npt.NDArray[np.int32]
    has: Mask
    values: npt.NDArray[Any]

    def ranks(self, among: Mask) -> npt.NDArray[np.float64]:
        """Ranks of the marked documents, less their mean; equal values share the mean of their ranks."""
        codes = self.codes[among]
        counts = np.bincount(codes, minlength=len(self.values))
        mean_rank = np.cumsum(counts) - (counts - 1) / 2
        out: npt.NDArray[np.float64] = mean_rank[codes] - (len(codes) + 1) / 2
        return out

    @property
    def quarters(self) -> tuple[float, float] | None:
        """The quartiles, out of how often each value occurs; None of no value."""
        counts = np.cumsum(np.bincount(self.codes[self.has], minlength=len(self.values)))
        if not len(counts):
            return None
        at = places(counts[-1:], _QUARTERS)[:, 0]
        low, high = self.values[np.searchsorted(counts, at, side="right")].tolist()
        return low, high


def correlate(corpus: Corpus, query: Query, names: Sequence[str], *, most: int = MOST_RANKED) -> Correlation:
    """Correlate numeric ratings over what a query selects, or over `most` of it drawn by a fixed seed."""
    if len(names) > MOST_RATINGS:
        raise InvalidQuery(f"{len(names)} ratings are too many to compare; choose {MOST_RATINGS} at most.")
    columns = [_numbers(corpus, name) for name in names]
    selection = select(corpus, query.of_all_matches())
    total = int(np.count_nonzero(selection.matches))
    rows = np.flatnonzero(selection.matches) if total <= most else np.sort(sampled(selection.matches, most, _SEED))
    codes = [_codes(column, rows) for column in columns]
    return Correlation(
        names=tuple(names),
        pairs=_pairs(codes),
        quarters=tuple(c.quarters for c in codes),
        ranked=len(rows),
        total=total,
        partial=selection.partial,
    )


def _numbers(corpus: Corpus, name: str) -> Column:
    column = corpus.catalog.column(name)
    if not column.field.is_number or column.field.multi:
        raise InvalidQuery(f"{name} holds no single numbers; only such ratings can be correlated.")
    return column


def _codes(column: Column, rows: Rows) -> _Codes:
    has = column.present[rows]
    codes = np.zeros(len(rows), dtype=np.int32)
    values, codes[has] = np.unique(column.flat[rows[has]], return_inverse=True)
    return _Codes(codes, has, values)


def _pairs(codes: Sequence[_Codes]) -> tuple[tuple[Pair, ...], ...]:
    """All pairs; ratings that the same documents have are ranked once and compared at once."""
    numbers = range(len(codes))
    alike: dict[bytes, list[int]] = {}
    for i in numbers:
        alike.setdefault(codes[i].has.tobytes(), []).append(i)
    found: dict[tuple[int, int], Pair] = {}
    for same in alike.values():
        found |= _compared(codes, same, codes[same[0]].has)
    for i, j in product(numbers, numbers):
        if (i, j) not in found:
            found = _compared(codes, [i, j], codes[i].has & codes[j].has) | found
    return tuple(tuple(found[i, j] for j in numbers) for i in numbers)


def _compared(codes: Sequence[_Codes], some: Sequence[int], among: Mask) -> dict[tuple[int, int], Pair]:
    """Some ratings over the marked documents, which have all of them: Pearson's correlation of centred ranks."""
    ranks = np.stack([codes[i].ranks(among) for i in some])
    documents = ranks.shape[1]
    products = ranks @ ranks.T
    sizes = np.sqrt(np.diagonal(products))
    with np.errstate(invalid="ignore"):  # no size where all ranks are equal
        rho = np.clip(products / np.outer(sizes, sizes), -1.0, 1.0)
    return {
        (i, j): Pair(None if np.isnan(rho[a, b]) else float(rho[a, b]), documents)
        for (a, i), (b, j) in product(enumerate(some), enumerate(some))
    }
