"""Which documents a Query selects, and in what order: the one answer behind search, export and runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpuscope.cached import cached_property
from corpuscope.catalog.catalog import Catalog, all_of, sampled
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.documents import Document, Documents
from corpuscope.filters import Filter
from corpuscope.matcher import Matcher, Scores, Spans
from corpuscope.query import Query
from corpuscope.results import Partial

if TYPE_CHECKING:
    from corpuscope.dense.joined import Vectors
    from corpuscope.lexical.index import TextQuery

#: Seconds that exact and regex modes may spend on reading texts before they answer with what they have.
SCAN_BUDGET_S = 30.0


class TextMatcher(Matcher):
    """What keyword, phrase and boolean modes know: they can find that analysis left nothing of a query."""

    is_empty: bool


class Searchable(Protocol):
    """What can be searched: a corpus, or several whose rows stand one after another."""

    @property
    def name(self) -> str:
        """What hits are labelled with."""

    @property
    def label(self) -> str:
        """Name and version."""

    @property
    def suppressed_rows(self) -> Rows:
        """Rows taken down, ascending."""

    @property
    def shown(self) -> Mask:
        """Every row that is not suppressed."""

    @property
    def catalog(self) -> Catalog:
        """Fields as columns."""

    @property
    def documents(self) -> Documents:
        """Texts by row."""

    def text_matcher(self, query: Query, field_mask: Callable[[Filter], Mask]) -> TextMatcher:
        """What a keyword, phrase or boolean query looks for."""

    def vectors(self, embedder: str | None) -> Vectors:
        """The vectors by the embedder of this name, None for the usual one; raises InvalidQuery where there is none."""


class Everything(Matcher):
    """An empty query: every document, in row order."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:  # noqa: ARG002, D102
        return np.ones(self._rows, dtype=np.bool_), None


class Lexical(TextMatcher):
    """keyword, phrase and boolean: the Lucene index."""

    def __init__(self, query: TextQuery) -> None:
        self.is_empty = query.is_empty
        self._query = query

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:  # noqa: ARG002, D102
        return self._query.matches(), None

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:  # noqa: D102
        return self._query.ranked(k, allowed)

    def spans(self, documents: Sequence[Document]) -> list[Spans]:  # noqa: D102
        return self._query.spans([d.text for d in documents])


class Scan(Matcher):
    """exact and regex: the texts themselves."""

    def __init__(self, documents: Documents, query: Query, budget_s: float | None) -> None:
        self._documents = documents
        self._pattern = query.text
        self._regex = query.mode == "regex"
        self._budget_s = budget_s

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:  # noqa: D102
        from corpuscope import scan

        documents = self._documents
        digest = None if allowed is None else hashlib.blake2b(allowed.tobytes(), digest_size=16).digest()
        key = (self._pattern, self._regex, digest)
        known = documents.scanned.get(key)
        if known is not None:
            return known, None
        found = scan.scan(
            documents.paths,
            documents.rows,
            self._pattern,
            regex=self._regex,
            allowed=allowed,
            budget_s=self._budget_s,
        )
        if found.partial:
            return found.mask, Partial("time", found.scanned_rows)
        documents.scanned.put(key, found.mask)
        return found.mask, None

    def spans(self, documents: Sequence[Document]) -> list[Spans]:  # noqa: D102
        from corpuscope import scan

        return scan.spans([d.text for d in documents], self._pattern, regex=self._regex)


@dataclass(frozen=True)
class Selection:
    """The documents that a query selects.

    `notes` are sentences for the reader of the answer; `fields_used` are the fields that decided.
    """

    corpus: Searchable
    query: Query
    matcher: Matcher
    filters: tuple[tuple[str, Mask], ...]
    where: Mask | None
    notes: tuple[str, ...]
    fields_used: frozenset[str]

    @cached_property
    def allowed(self) -> Mask | None:
        """Rows that pass suppression, `where` and every filter; None when nothing restricts them."""
        return all_of([self._unfiltered, *(mask for _, mask in self.filters)])

    @property
    def _unfiltered(self) -> Mask | None:
        """Rows that pass suppression and `where`."""
        return all_of([self.corpus.shown if len(self.corpus.suppressed_rows) else None, self.where])

    @cached_property
    def _text(self) -> tuple[Mask, Partial | None]:
        if self.matcher.takes_best:
            return self.matcher.matches(self.allowed)
        # Facets leave out their own field's filter, so the text is matched before such filters.
        faceted = {f.field for f in self.query.facets}
        return self.matcher.matches(all_of([self._unfiltered, *(m for name, m in self.filters if name not in faceted)]))

    @property
    def partial(self) -> Partial | None:
        """Why the matches may not be all, None when they are."""
        return self._text[1]

    @cached_property
    def matches(self) -> Mask:
        """Every row that the query selects."""
        return self._text[0] if self.allowed is None else self._text[0] & self.allowed

    def matches_but_for(self, field: str) -> Mask:
        """Rows that match everything except the filters on one field."""
        if all(name != field for name, _ in self.filters):
            return self.matches
        allowed = all_of([self._unfiltered, *(m for name, m in self.filters if name != field)])
        found = self.matcher.matches(allowed)[0] if self.matcher.takes_best else self._text[0]
        return found if allowed is None else found & allowed

    def first(self, n: int) -> tuple[Rows, Scores | None]:
        """The first n selected rows in the query's order, and their scores where it is a ranking."""
        query = self.query
        if query.sample is not None:
            return sampled(self.matches, min(n, query.sample), query.seed), None
        if query.sort is not None:
            return self.corpus.catalog.ordered(query.sort, self.matches, n), None
        ranked = self.matcher.ranked(n, self.allowed) if n else None
        if ranked is not None:
            return ranked
        return _first_rows(self.matches, n), None


def select(corpus: Searchable, query: Query, *, scan_budget_s: float | None = SCAN_BUDGET_S) -> Selection:
    """Work out what a query selects; raises InvalidQuery or UnknownField before anything is searched."""
    catalog = corpus.catalog
    used = {f.field for f in query.filters} | ({query.sort.field} if query.sort else set())
    for name in [f.field for f in query.facets] + ([query.sort.field] if query.sort else []):
        catalog.column(name)
    filters = tuple((f.field, catalog.mask(f)) for f in query.filters)
    where = None
    if query.where:
        found = catalog.where(query.where)
        where = found.mask
        used |= found.fields

    def field_mask(condition: Filter) -> Mask:
        used.add(condition.field)
        return catalog.mask(condition)

    matcher, notes = _matcher(corpus, query, field_mask, scan_budget_s)
    return Selection(corpus, query, matcher, filters, where, notes, frozenset(used))


def _matcher(
    corpus: Searchable, query: Query, field_mask: Callable[[Filter], Mask], scan_budget_s: float | None
) -> tuple[Matcher, tuple[str, ...]]:
    if not query.looks_for_something:
        return Everything(corpus.catalog.rows), ()
    if query.by_meaning:
        return _by_meaning(corpus, query, field_mask)
    if query.reads_texts:
        from corpuscope import scan

        scan.check_pattern(query.text, regex=query.mode == "regex")
        return Scan(corpus.documents, query, scan_budget_s), ()
    text = corpus.text_matcher(query, field_mask)
    return text, _notes(text)


def _by_meaning(
    corpus: Searchable, query: Query, field_mask: Callable[[Filter], Mask]
) -> tuple[Matcher, tuple[str, ...]]:
    from corpuscope.dense.semantic import semantic

    meaning, notes = semantic(corpus, query)
    if query.mode == "semantic" or not query.has_text:
        return meaning, tuple(notes)
    from corpuscope.fusion import Hybrid

    words = corpus.text_matcher(replace(query, mode="keyword", like=(), unlike=(), threshold=None), field_mask)
    return Hybrid(words, meaning, query.weight), (*notes, *_notes(words))


def _notes(text: TextMatcher) -> tuple[str, ...]:
    return ("The query has no word to look for: stop words and punctuation are not indexed.",) if text.is_empty else ()


def _first_rows(matches: Mask, n: int) -> Rows:
    """The first n marked rows; stops looking once it has them."""
    step = max(65_536, 4 * n)
    found: list[Rows] = []
    missing = n
    for start in range(0, len(matches), step):
        if missing <= 0:
            break
        rows = np.flatnonzero(matches[start : start + step])[:missing] + start
        found.append(rows)
        missing -= len(rows)
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)
