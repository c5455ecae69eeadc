"""Which documents a Query selects, and in what order: the one answer behind search, export and runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.catalog import all_of, sampled
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.catalog.where import fields_read
from corpuscope.corpus import Corpus
from corpuscope.filters import Filter
from corpuscope.query import Query
from corpuscope.results import Partial

if TYPE_CHECKING:
    from corpuscope.lexical.index import TextQuery

Scores = npt.NDArray[np.float32]
Spans = list[tuple[int, int]]

#: Seconds that exact and regex modes may spend on reading texts before they answer with what they have.
SCAN_BUDGET_S = 30.0


class Matcher(Protocol):
    """What a mode knows about the text of a query."""

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:
        """Rows that match, at least among the allowed ones."""

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores] | None:
        """The best k of the allowed rows and their scores; None where the mode does not rank."""

    def spans(self, texts: Sequence[str]) -> list[Spans]:
        """What matched in each text, as code-point offsets."""


class Everything:
    """An empty query: every document, in row order."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:  # noqa: ARG002, D102
        return np.ones(self._rows, dtype=np.bool_), None

    def ranked(self, k: int, allowed: Mask | None) -> None:  # noqa: ARG002, D102
        return None

    def spans(self, texts: Sequence[str]) -> list[Spans]:  # noqa: D102
        return [[] for _ in texts]


class Lexical:
    """keyword, phrase and boolean: the Lucene index."""

    def __init__(self, query: TextQuery) -> None:
        self._query = query

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:  # noqa: ARG002, D102
        return self._query.matches(), None

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores] | None:  # noqa: D102
        return self._query.ranked(k, allowed)

    def spans(self, texts: Sequence[str]) -> list[Spans]:  # noqa: D102
        return self._query.spans(texts)


class Scan:
    """exact and regex: the texts themselves."""

    def __init__(self, corpus: Corpus, query: Query, budget_s: float | None) -> None:
        self._corpus = corpus
        self._pattern = query.text
        self._regex = query.mode == "regex"
        self._budget_s = budget_s

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:  # noqa: D102
        from corpuscope import scan

        documents = self._corpus.documents
        rows = [p.rows for p in self._corpus.manifest.parts]
        found = scan.scan(
            documents.paths, rows, self._pattern, regex=self._regex, allowed=allowed, budget_s=self._budget_s
        )
        return found.mask, Partial("time", found.scanned_rows) if found.partial else None

    def ranked(self, k: int, allowed: Mask | None) -> None:  # noqa: ARG002, D102
        return None

    def spans(self, texts: Sequence[str]) -> list[Spans]:  # noqa: D102
        from corpuscope import scan

        return scan.spans(texts, self._pattern, regex=self._regex)


@dataclass(frozen=True)
class Selection:
    """The documents that a query selects.

    `notes` are sentences for the reader of the answer; `fields_used` are the fields that decided.
    """

    corpus: Corpus
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
        kept = all_of([self._text[0], self._unfiltered, *(m for name, m in self.filters if name != field)])
        assert kept is not None
        return kept

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


def select(corpus: Corpus, query: Query, *, scan_budget_s: float | None = SCAN_BUDGET_S) -> Selection:
    """Work out what a query selects; raises InvalidQuery or UnknownField before anything is searched."""
    catalog = corpus.catalog
    used = {f.field for f in query.filters} | ({query.sort.field} if query.sort else set())
    for name in [f.field for f in query.facets] + ([query.sort.field] if query.sort else []):
        catalog.column(name)
    filters = tuple((f.field, catalog.mask(f)) for f in query.filters)
    where = None
    if query.where:
        where = catalog.where(query.where)
        used |= fields_read(query.where, frozenset(catalog.fields))

    def field_mask(condition: Filter) -> Mask:
        used.add(condition.field)
        return catalog.mask(condition)

    matcher, notes = _matcher(corpus, query, field_mask, scan_budget_s)
    return Selection(corpus, query, matcher, filters, where, notes, frozenset(used))


def _matcher(
    corpus: Corpus, query: Query, field_mask: Callable[[Filter], Mask], scan_budget_s: float | None
) -> tuple[Matcher, tuple[str, ...]]:
    if not query.has_text:
        return Everything(corpus.manifest.rows), ()
    if query.mode in ("exact", "regex"):
        from corpuscope import scan

        scan.check_pattern(query.text, regex=query.mode == "regex")
        return Scan(corpus, query, scan_budget_s), ()
    text = corpus.lexical.compile(query, field_mask)
    notes = ("The query has no word to look for: stop words and punctuation are not indexed.",) if text.is_empty else ()
    return Lexical(text), notes


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
