"""A rating by the values of another field: how it lies in each source, topic, language or year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpuscope.catalog.amounts import Counter, Labels, Ranked, largest
from corpuscope.catalog.columns import Column, Mask, NumberColumn, TextColumn
from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.portions import Portion, Portions
from corpuscope.query import Query
from corpuscope.ratings.quantiles import grouped_quantiles
from corpuscope.results import Partial
from corpuscope.rules import KEEP
from corpuscope.selection import Selection, select

LISTED = 15
#: Text that is about as good as unique makes no groups.
_UNIQUE = frozenset({"title", "url", "date_original"})
_FIRST = ("source", "domain", "topic", "category", "format", "language", "year")


@dataclass(frozen=True)
class Told:
    """A rating over some documents, of which `rated` have it.

    Of a number `quantiles` (at QUANTILES) and the mean are known, of a decision how many it keeps.
    """

    rated: int
    quantiles: tuple[float, ...] = ()
    mean: float | None = None
    kept: int | None = None


@dataclass(frozen=True)
class Group:
    """Documents with one value of the other field, and the rating over them."""

    portion: Portion
    told: Told


@dataclass(frozen=True)
class Grouped:
    """A rating by another field of which `distinct` values occur: the most frequent ones, then all others, then none.

    `whole` are all documents of the query; `keeps` selects those that a decision keeps.
    """

    rating: Field
    by: Field
    groups: tuple[Group, ...]
    whole: Group
    distinct: int
    keeps: Filter | None
    partial: Partial | None


@dataclass(frozen=True)
class Division:
    """All rows of a corpus by the values of a field, the most frequent ones of some documents told apart.

    `labels` has one of `size` labels for each row; `portions` are what those mean that are met in the documents.
    """

    field: Field
    labels: Labels
    size: int
    portions: tuple[tuple[int, Portion], ...]
    distinct: int


def grouping_fields(fields: Mapping[str, Field]) -> list[str]:
    """Fields that ratings can be told by: text with one value a document, yes/no, and years; the usual ones first."""
    found = [n for n, f in fields.items() if not f.multi and n not in _UNIQUE and _makes_groups(f)]
    return sorted(found, key=lambda n: _FIRST.index(n) if n in _FIRST else len(_FIRST))


def telling_field(corpus: Corpus, fields: Sequence[str]) -> str | None:
    """The first field whose values tell documents apart, else the first at all."""
    texts = (f for f in fields if corpus.fields[f].type == "text")
    return next((f for f in texts if len(corpus.catalog.text_column(f).dictionary) > 1), next(iter(fields), None))


def divide(corpus: Corpus, selection: Selection, by: str) -> Division:
    """Divide what a query selects by the values of a field."""
    other = corpus.catalog.column(by)
    if other.field.multi or not _makes_groups(other.field):
        raise InvalidQuery(f"{by} makes no groups; choose text, yes/no or years with one value a document.")
    return _divide(Counter(selection.matches, corpus.shown, None), other, selection)


def group_rating(corpus: Corpus, query: Query, rating: str, by: str) -> Grouped:
    """Tell a rating by the values of a field, over all that a query selects."""
    column, other = corpus.catalog.column(rating), corpus.catalog.column(by)
    if column.field.multi or other.field.multi or not _makes_groups(other.field):
        raise InvalidQuery(f"{rating} cannot be told by {by}: both need one value a document, {by} text or years.")
    selection = select(corpus, query.of_all_matches())
    counter = Counter(selection.matches, corpus.shown, None)
    division = _divide(counter, other, selection)
    told = _told(column, selection.matches, division.labels, division.size)
    documents, of, _ = counter.total.tolist()
    whole = Portion(by, "all", documents, of, None, ())
    return Grouped(
        rating=column.field,
        by=other.field,
        groups=tuple(Group(p, told[i]) for i, p in division.portions),
        whole=Group(whole, _told(column, selection.matches, np.zeros(column.rows, np.int8), 1)[0]),
        distinct=division.distinct,
        keeps=None if column.field.is_number else Filter(rating, "=", (_kept(column.field),)),
        partial=selection.partial,
    )


def _divide(counter: Counter, column: Column, selection: Selection) -> Division:
    ranked = _ranked(counter, column, selection.matches)
    portions = _portions(counter, column.field.name, ranked, mask=selection.query.mask)
    return Division(column.field, ranked.labels, len(ranked.words) + 2, tuple(portions), ranked.distinct)


def _makes_groups(field: Field) -> bool:
    return field.type in ("text", "bool") or field.is_year


def _kept(field: Field) -> str:
    return "true" if field.type == "bool" else KEEP


def _ranked(counter: Counter, column: Column, matches: Mask) -> Ranked:
    """The values of the grouping field, the most frequent first; years in their order."""
    if isinstance(column, TextColumn):
        return counter.ranked(column, LISTED, 0)
    assert isinstance(column, NumberColumn)
    values, codes = np.unique(column.values, return_inverse=True)
    counts = np.bincount(codes[matches & column.valid], minlength=len(values))
    listed = largest(counts, LISTED)
    listed = np.sort(listed) if column.field.type == "int" else listed
    ranks = np.full(len(values), len(listed), dtype=np.int32)
    ranks[listed] = np.arange(len(listed))
    labels = np.where(column.valid, ranks[codes], len(listed) + 1)
    words = [str(v) if column.field.type == "int" else ("false", "true")[v] for v in values[listed].tolist()]
    return Ranked(labels, words, int(np.count_nonzero(counts)))


def _portions(counter: Counter, by: str, ranked: Ranked, *, mask: bool) -> list[tuple[int, Portion]]:
    """What each label means, where it is met at all."""
    amounts = counter.by_label(ranked.labels, len(ranked.words) + 2)
    portions = Portions(mask=mask, has_tokens=False)
    values = [portions.value(by, word, amounts[:, i]) for i, word in enumerate(ranked.words)]
    more = (portions.others(by, ranked.words, amounts[:, -2]), portions.missing(by, amounts[:, -1]))
    return [(i, p) for i, p in enumerate((*values, *more)) if p is not None and p.documents]


def _told(column: Column, matches: Mask, labels: Labels, size: int) -> list[Told]:
    """The rating under each label."""
    rows = np.flatnonzero(matches & column.has_value)
    values, own = column.flat[rows], labels[rows]
    rated = np.bincount(own, minlength=size)
    if not column.field.is_number:
        kept = np.bincount(own[values == _code(column)], minlength=size)
        return [Told(n, kept=k) for n, k in zip(rated.tolist(), kept.tolist(), strict=True)]
    if not len(rows):
        return [Told(0)] * size
    quantiles = grouped_quantiles(values, own, rated).T.tolist()
    sums = np.bincount(own, weights=values, minlength=size)
    return [_numbers(n, q, s) for n, q, s in zip(rated.tolist(), quantiles, sums.tolist(), strict=True)]


def _numbers(rated: int, quantiles: list[Any], total: float) -> Told:
    return Told(rated, tuple(quantiles), total / rated) if rated else Told(0)


def _code(column: Column) -> int:
    """What the column holds where the decision is to keep; -1, which no rated document has, when it never is."""
    if isinstance(column, TextColumn):
        code = column.code(KEEP)
        return -1 if code is None else code
    return 1
