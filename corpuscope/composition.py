"""What the documents behind a query are made of, in documents and in tokens: by value, by year, by length.

Every match is counted. Each portion carries the filters that, added to the query, select exactly its documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpuscope.cached import cached_property
from corpuscope.catalog.amounts import Amounts, Counter, Labels, largest, weights
from corpuscope.catalog.columns import Column, Mask, NumberColumn, TextColumn
from corpuscope.corpus import Corpus, WidenedCorpus
from corpuscope.errors import InvalidQuery
from corpuscope.fields import Field
from corpuscope.filters import Filter, Range
from corpuscope.portions import Measure, Portion, Portions
from corpuscope.query import Query
from corpuscope.ratings.kinds import is_decision
from corpuscope.results import Partial, TokenCount
from corpuscope.rules import failed_field
from corpuscope.selection import select

#: Values listed of a field; of the two levels of a breakdown.
LISTED, OUTER, INNER = 12, 12, 10
#: Only so many values of the inner field are told apart, the most frequent ones.
_MOST_INNER = 1000
_MOST_TOPICS = 200
_TOPICS = ("domain", "topic", "category", "genre", "subject")
#: Text that is about as good as unique, or that says something else about a document than its subject.
_UNIQUE = frozenset({"title", "url", "date_original"})
_NOT_TOPICS = _UNIQUE | {"source", "format", "language", "script", "url_host", "date_precision"}
_LENGTHS = ("characters", "words", "tokens")
#: Preferred numbers (Renard's R10): ten steps to a power of ten.
_STEPS = (10, 12, 16, 20, 25, 32, 40, 50, 63, 80)
_LENGTH_EDGES = np.array([0, 1, 2, 3, 4, 5, 6, 8, *(s * 10**p for p in range(11) for s in _STEPS)], dtype=np.int64)
#: Fields that say when a document was written, the best first, and the type that they must have.
_DATED = {"year": "int", "date": "timestamp"}
_LAST_YEAR = 9999
_MOST_BARS = 60
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Breakdown:
    """Documents by the values of a field, the largest first. `distinct` values occur in them.

    A document counts once for each value of a list, so that a sum may exceed the total.
    """

    field: Field
    values: tuple[Portion, ...]
    distinct: int
    others: Portion | None
    missing: Portion | None

    @property
    def portions(self) -> tuple[Portion, ...]:
        """The values, the others, those without a value."""
        return (*self.values, *(p for p in (self.others, self.missing) if p is not None))


@dataclass(frozen=True)
class Histogram:
    """Documents by ranges of a number: bar i holds what is >= edges[i] and < edges[i + 1]."""

    field: Field
    bars: tuple[Portion, ...]
    edges: tuple[int, ...]
    missing: Portion | None


@dataclass(frozen=True)
class Composition:
    """What the `total` documents of a query are made of, out of `documents` in the corpus.

    `nested` breaks them down by one field and each of its values by another. What the corpus does not know is None.
    """

    query: Query
    total: int
    documents: int
    tokens: TokenCount | None
    all_tokens: int | None
    breakdowns: tuple[Breakdown, ...]
    nested: Breakdown | None
    years: Histogram | None
    lengths: Histogram | None
    partial: Partial | None
    notes: tuple[str, ...]


def compose(
    corpus: Corpus,
    query: Query,
    *,
    outer: str | None = None,
    inner: str | None = None,
    measure: Measure = "documents",
) -> Composition:
    """Count what a query selects; `outer`, `inner` and `measure` choose the breakdown by two fields."""
    query = query.of_all_matches()
    selection = select(corpus, query)
    census = _Census(corpus, selection.matches, mask=query.mask)
    listed = main_fields(corpus)
    nesting = (outer, inner) if outer else nesting_fields(corpus)
    return Composition(
        query=query,
        total=census.total,
        documents=census.documents,
        tokens=census.tokens,
        all_tokens=census.all_tokens,
        breakdowns=tuple(census.by_value(name) for name in listed),
        nested=census.nested(nesting[0], nesting[1], measure) if nesting else None,
        years=census.years(),
        lengths=census.lengths(),
        partial=selection.partial,
        notes=selection.notes,
    )


def main_fields(corpus: Corpus) -> list[str]:
    """The fields that say most about where documents come from and what they are, as far as the corpus has them."""
    wanted = ("source", _topic(corpus), "format", "language", "url_host")
    texts = [n for n in wanted if n is not None and n in corpus.fields and corpus.fields[n].type == "text"]
    return [n for n in texts if len(corpus.catalog.text_column(n).dictionary)]


def nestable_fields(corpus: Corpus) -> list[str]:
    """Fields that the breakdown by two fields can be by: text, one value a document."""
    return [n for n, f in corpus.fields.items() if f.type == "text" and not f.multi and n not in _UNIQUE]


def nesting_fields(corpus: Corpus) -> tuple[str, str | None] | None:
    """The fields of that breakdown where none are chosen: the first of the main ones that tell documents apart."""
    single = [n for n in main_fields(corpus) if not corpus.fields[n].multi]
    telling = [n for n in single if _tells_apart(corpus.catalog.text_column(n))] or single[:1]
    if not telling:
        return None
    return telling[0], telling[1] if len(telling) > 1 else None


def _topic(corpus: Corpus) -> str | None:
    """The field with a handful of subjects: by its usual name, estimated ones last, or by how many values it has."""
    decisions = [f.name for f in corpus.manifest.fields if is_decision(f, corpus.fields)]
    others = {*_NOT_TOPICS, *decisions, *map(failed_field, decisions)}
    texts = [f.name for f in corpus.manifest.fields if f.type == "text" and f.name not in others]
    usual = {n: (corpus.fields[n].estimated, _TOPICS.index(n)) for n in texts if n in _TOPICS}
    for name in sorted(texts, key=lambda n: usual.get(n, (True, len(_TOPICS)))):
        if 2 <= len(corpus.catalog.text_column(name).dictionary) <= _MOST_TOPICS:
            return name
    return None


def _tells_apart(column: TextColumn) -> bool:
    """Whether there are several values and most documents have one."""
    return len(column.dictionary) > 1 and int(np.count_nonzero(column.has_value)) * 2 > column.rows


class _Known:
    """What each composition of a corpus version needs of it, worked out once: some eleven bytes a document."""

    def __init__(self, corpus: Corpus) -> None:
        self._catalog = corpus.catalog
        self._fields = corpus.fields
        self.token_field = corpus.token_field

    @cached_property
    def tokens(self) -> Labels | None:
        """Tokens of each document."""
        return None if self.token_field is None else weights(self._catalog.column(self.token_field.name))

    @cached_property
    def years(self) -> tuple[Field, Labels] | None:
        """The field that dates documents, and the year of each."""
        for name, kind in _DATED.items():
            field = self._fields.get(name)
            if field is not None and field.type == kind and not field.multi:
                years = _years(self._catalog.column(name))
                if years is not None:
                    return field, years
        return None

    @cached_property
    def lengths(self) -> tuple[Field, Labels] | None:
        """The field that says how long documents are, and the step of _LENGTH_EDGES of each; the last label is none."""
        field = next((self._fields[n] for n in _LENGTHS if n in self._fields), None)
        if field is None or field.type != "int" or field.multi:
            return None
        column = self._catalog.column(field.name)
        labels = np.searchsorted(_LENGTH_EDGES, column.flat, side="right") - 1
        labels[~column.present] = len(_LENGTH_EDGES)
        return None if labels.min(initial=0) < 0 else (field, labels.astype(np.uint8))


def _known(corpus: Corpus) -> _Known:
    base = corpus.base if isinstance(corpus, WidenedCorpus) else corpus
    known: _Known = base.kept.setdefault("composition", _Known(base))
    return known


class _Census:
    """Counts the documents that match, and says which filters select each portion of them."""

    def __init__(self, corpus: Corpus, matches: Mask, *, mask: bool) -> None:
        self._catalog = corpus.catalog
        self._fields = corpus.fields
        self._known = _known(corpus)
        self._counter = Counter(matches, corpus.shown, self._known.tokens)
        self._portions = Portions(mask=mask, has_tokens=self._counter.has_tokens)
        self.total, self.documents, tokens = self._counter.total.tolist()
        field = self._known.token_field
        self.tokens = None if field is None else TokenCount(tokens, field.estimated)
        self.all_tokens = self._counter.all_tokens

    def by_value(self, name: str) -> Breakdown:
        """Documents by the values of a text field."""
        column = self._catalog.text_column(name)
        amounts, with_value = self._counter.by_code(column)
        codes = largest(amounts[0], LISTED)
        words = [column.word(int(c)) for c in codes]
        listed = amounts[:, codes].sum(axis=1) if column.offsets is None else self._counter.with_any(column, codes)
        return Breakdown(
            field=self._fields[name],
            values=tuple(self._portions.value(name, w, amounts[:, c]) for w, c in zip(words, codes, strict=True)),
            distinct=int(np.count_nonzero(amounts[0])),
            others=self._portions.others(name, words, with_value - listed),
            missing=self._portions.missing(name, self._counter.total - with_value),
        )

    def nested(self, outer: str, inner: str | None, measure: Measure) -> Breakdown:
        """Documents by the values of one field, and those of each value by another field."""
        by = 2 if measure == "tokens" and self._counter.has_tokens else 0
        inner = None if inner == outer else inner
        outside = self._counter.ranked(self._single(outer), OUTER, by)
        if inner is None:
            labels, names, width = outside.labels, [], 1
        else:
            inside = self._counter.ranked(self._single(inner), _MOST_INNER, by)
            names, width = inside.words, len(inside.words) + 2
            labels = outside.labels * np.int32(width) + inside.labels
        amounts = self._counter.by_label(labels, (len(outside.words) + 2) * width).reshape(3, -1, width)
        sums = amounts.sum(axis=2)
        values = [self._portions.value(outer, word, sums[:, i]) for i, word in enumerate(outside.words)]
        if inner is not None:
            values = [_divided(v, self._parts(inner, names, amounts[:, i], by)) for i, v in enumerate(values)]
        return Breakdown(
            field=self._fields[outer],
            values=tuple(values),
            distinct=outside.distinct,
            others=self._portions.others(outer, outside.words, sums[:, -2]),
            missing=self._portions.missing(outer, sums[:, -1]),
        )

    def years(self) -> Histogram | None:
        """Documents by year, or by as many years as keep the bars few; None where nothing is dated."""
        if self._known.years is None:
            return None
        field, years = self._known.years
        amounts = self._counter.by_label(years, _LAST_YEAR + 2)
        found = np.flatnonzero(amounts[0, :-1])
        if not len(found):
            return None
        first, last = int(found[0]), int(found[-1])
        step = next(s for s in _YEAR_STEPS if last // s - first // s < _MOST_BARS)
        starts = np.arange(first // step * step, last + 1, step)
        edges = np.append(starts, starts[-1] + step)
        sums = np.add.reduceat(amounts[:, :-1][:, : edges[-1]], starts, axis=1)
        return self._bars(field, edges, sums, amounts[:, -1])

    def lengths(self) -> Histogram | None:
        """Documents by length, in steps that grow with it; None where the corpus knows no length."""
        if self._known.lengths is None:
            return None
        field, labels = self._known.lengths
        amounts = self._counter.by_label(labels, len(_LENGTH_EDGES) + 1)
        found = np.flatnonzero(amounts[0, :-1])
        if not len(found):
            return None
        first, last = int(found[0]), int(found[-1])
        return self._bars(field, _LENGTH_EDGES[first : last + 2], amounts[:, first : last + 1], amounts[:, -1])

    def _single(self, name: str) -> TextColumn:
        column = self._catalog.text_column(name)
        if column.offsets is not None:
            raise InvalidQuery(f"{name} holds lists; documents are divided by fields with one value each.")
        return column

    def _bars(self, field: Field, edges: npt.NDArray[np.int64], sums: Amounts, missing: Amounts) -> Histogram:
        bars = []
        for start, end, amounts in zip(edges[:-1].tolist(), edges[1:].tolist(), sums.T, strict=True):
            low, high = (max(start, 1), end - 1) if field.type == "timestamp" else (start, end - 1)
            written = [f"{n:04}" if field.type == "timestamp" else str(n) for n in (low, high)]
            value = written[0] if low == high else Range(written[0], written[1])
            shown = [str(n) if field.name in _DATED else f"{n:,}" for n in (low, high)]
            label = shown[0] if low == high else " – ".join(shown)
            bars.append(self._portions.ranged(field.name, label, amounts, (Filter(field.name, "=", (value,)),)))
        return Histogram(field, tuple(bars), tuple(edges.tolist()), self._portions.missing(field.name, missing))

    def _parts(self, name: str, words: Sequence[str], amounts: Amounts, by: int) -> tuple[Portion, ...]:
        """Portions out of amounts by ranked value, then of others, then of none."""
        ranks = largest(amounts[by, :-2], INNER)
        listed = [words[r] for r in ranks]
        values = [self._portions.value(name, w, amounts[:, r]) for w, r in zip(listed, ranks, strict=True)]
        rest = amounts[:, :-1].sum(axis=1) - amounts[:, ranks].sum(axis=1)
        more = (self._portions.others(name, listed, rest), self._portions.missing(name, amounts[:, -1]))
        return (*values, *(p for p in more if p is not None))


def _divided(whole: Portion, parts: tuple[Portion, ...]) -> Portion:
    """A portion with its parts, which are selected by its filters and their own."""
    own = whole.filters
    combined = [None if own is None or p.filters is None else own + p.filters for p in parts]
    return replace(whole, parts=tuple(replace(p, filters=f) for p, f in zip(parts, combined, strict=True)))


def _years(column: Column) -> Labels | None:
    """The year of each row, _LAST_YEAR + 1 for none; None where the numbers are no years."""
    assert isinstance(column, NumberColumn)
    years = column.values
    if column.field.type == "timestamp":
        years = years.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    years = np.where(column.valid, years, _LAST_YEAR + 1)
    if years.min(initial=0) < 0 or years.max(initial=0) > _LAST_YEAR + 1:
        return None
    return years.astype(np.int16)
