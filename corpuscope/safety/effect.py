"""What a threshold does: what is kept, how the kept are rated beside the dropped, which domains shrink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask
from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery
from corpuscope.fields import Field
from corpuscope.ledger.counts import Amount
from corpuscope.portions import Portion
from corpuscope.ratings.quantiles import QUANTILES, places
from corpuscope.safety import kernels
from corpuscope.safety.cut import Cut
from corpuscope.safety.population import Population, divided

#: Four bytes a document each.
_CODED = 24
_NO_CODE = -1


@dataclass(frozen=True)
class Share:
    """A group of the documents, and what of it is kept."""

    portion: Portion
    all: Amount
    kept: Amount


@dataclass(frozen=True)
class Shares:
    """The documents by a field before and after a cut."""

    field: Field
    shares: tuple[Share, ...]
    distinct: int


@dataclass(frozen=True)
class Centre:
    """The middle of a rating over some documents: `rated` of them have it; None where none has."""

    rated: int
    median: float | None
    mean: float | None


@dataclass(frozen=True)
class Rated:
    """A rating over all documents, the kept and the dropped ones; `quantiles` (at QUANTILES) are those of all."""

    field: Field
    all: Centre
    kept: Centre
    dropped: Centre
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Effect:
    """What a cut does to some documents, counted over all of them; `unscored` have no value to be judged by."""

    cut: Cut
    all: Amount
    kept: Amount
    unscored: Amount
    ratings: tuple[Rated, ...]
    domains: tuple[Shares, ...]

    @property
    def dropped(self) -> Amount:
        """What is not kept."""
        return self.all.without(self.kept)


def threshold_effect(
    documents: Population, cut: Cut, ratings: Sequence[str] = (), domains: Sequence[str] = ()
) -> Effect:
    """Count what a cut keeps, in all, by ratings (numbers) and by domains (fields that make groups)."""
    kept = documents.kept(cut)
    has_score = documents.of(documents.corpus.catalog.column(cut.dimension.name).has_value)
    return Effect(
        cut=cut,
        all=documents.all,
        kept=documents.amount(np.count_nonzero(kept), documents.tokens[kept].sum()),
        unscored=documents.amount(np.count_nonzero(~has_score), documents.tokens[~has_score].sum()),
        ratings=tuple(_rated(documents, name, kept) for name in ratings),
        domains=tuple(shares(documents, name, kept) for name in domains),
    )


def shares(documents: Population, by: str, kept: Mask) -> Shares:
    """The documents by the values of a field, and what is kept of each."""
    parts = divided(documents, by)
    counted = documents.split(parts, kept)
    out = tuple(
        Share(portion, documents.amount(*counted[label].sum(axis=0)), documents.amount(*counted[label, 1]))
        for label, portion in parts.division.portions
    )
    return Shares(parts.division.field, out, parts.division.distinct)


@dataclass(frozen=True)
class _Coded:
    """A rating of all rows of a corpus as places in its distinct `values`, which ascend."""

    field: Field
    codes: npt.NDArray[np.int32]
    values: npt.NDArray[Any]


def _rated(documents: Population, name: str, kept: Mask) -> Rated:
    coded = documents.corpus.home(frozenset({name})).remembering(_coded, _CODED)(name)
    counts = np.zeros((2, len(coded.values)), dtype=np.int64)
    kernels.count_codes(documents.remembering(_own_codes, _CODED)(name), kept, counts)
    both = counts.sum(axis=0)
    quantiles = tuple(coded.values[_at(both, QUANTILES)].tolist()) if both.any() else ()
    return Rated(
        coded.field,
        _centre(coded.values, both),
        _centre(coded.values, counts[1]),
        _centre(coded.values, counts[0]),
        quantiles,
    )


def _own_codes(documents: Population, name: str) -> npt.NDArray[np.int32]:
    return np.array(documents.of(documents.corpus.home(frozenset({name})).remembering(_coded, _CODED)(name).codes))


def _coded(corpus: Corpus, name: str) -> _Coded:
    column = corpus.catalog.column(name)
    if not column.field.is_number or column.field.multi:
        raise InvalidQuery(f"{name} holds no single numbers; only such ratings can be compared.")
    codes = np.full(corpus.catalog.rows, _NO_CODE, dtype=np.int32)
    values, codes[column.present] = np.unique(column.flat[column.present], return_inverse=True)
    return _Coded(column.field, codes, values)


def _centre(values: npt.NDArray[Any], counts: npt.NDArray[np.int64]) -> Centre:
    """Median (a value of a document) and mean out of how often each value occurs."""
    rated = int(counts.sum())
    if not rated:
        return Centre(0, None, None)
    return Centre(rated, values[_at(counts, (0.5,))[0]].item(), float(counts @ values.astype(np.float64)) / rated)


def _at(counts: npt.NDArray[np.int64], shares_: Sequence[float]) -> npt.NDArray[np.int64]:
    """Where quantiles stand among values that occur so often."""
    up_to = np.cumsum(counts)
    found: npt.NDArray[np.int64] = np.searchsorted(up_to, places(up_to[-1:], shares_)[:, 0], side="right")
    return found
