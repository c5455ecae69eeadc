"""Several corpora in one search: one ranking where their analyzers are equal, else their rankings taken in turn.

Rows of all corpora stand one after another, in the order in which the corpora are given; filters, facets, sorts and
samples work on these rows as they do on those of one corpus. Hits carry their corpus and their row in it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from corpuscope import engine
from corpuscope.cached import cached_property
from corpuscope.catalog.catalog import ID
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.catalog.joined import JoinedCatalog, Stack
from corpuscope.corpus import Corpus
from corpuscope.documents import Document, Documents
from corpuscope.errors import UsageError
from corpuscope.filters import Filter
from corpuscope.matcher import Scores, Spans
from corpuscope.query import Query
from corpuscope.results import Hit, Partial, SearchResult, TokenCount
from corpuscope.selection import Lexical, Selection, TextMatcher, select

if TYPE_CHECKING:
    from corpuscope.dense.joined import Vectors
    from corpuscope.lexical.index import LexicalIndex

#: Combinations of corpora that stay open for the next query.
_FEDERATIONS = 4


def search(corpora: Sequence[Corpus], query: Query) -> SearchResult:
    """Answer a query from several corpora; counts, facets and orders are those of all their documents together."""
    started = time.perf_counter()
    federation = _federate(tuple(corpora))
    selection = select(federation, query)
    result = engine.answer(selection, federation.count_tokens(selection.matches), started)
    notes = [*result.notes, *_notes(federation, selection)]
    return replace(result, hits=[federation.own_row(hit) for hit in result.hits], notes=notes)


class Federation:
    """Several corpora as one that can be searched. Safe to use from many threads."""

    def __init__(self, corpora: Sequence[Corpus]) -> None:
        _check_distinct(corpora)
        self.corpora = tuple(corpora)
        self.names = _distinct_names(corpora)
        self._stack = Stack([c.manifest.rows for c in corpora])

    @property
    def name(self) -> str:
        """The names of the corpora."""
        return " + ".join(self.names)

    @property
    def label(self) -> str:
        """Name and version of each corpus."""
        return " + ".join(f"{name}@{c.version}" for name, c in zip(self.names, self.corpora, strict=True))

    @property
    def is_one_ranking(self) -> bool:
        """Whether all corpora analyse text alike, so that scores compare."""
        return len({c.manifest.language for c in self.corpora}) == 1

    @cached_property
    def suppressed_rows(self) -> Rows:
        """Rows taken down in any corpus."""
        starts = self._stack.starts[:-1]
        return np.concatenate([c.suppressed_rows + start for c, start in zip(self.corpora, starts, strict=True)])

    @cached_property
    def shown(self) -> Mask:
        """Every row that is not suppressed."""
        return self.catalog.shown

    @cached_property
    def catalog(self) -> JoinedCatalog:
        """Fields of any corpus as columns over all."""
        return JoinedCatalog([c.catalog for c in self.corpora])

    @cached_property
    def documents(self) -> Documents:
        """Texts by row."""
        every = [c.documents for c in self.corpora]
        return Documents([path for d in every for path in d.paths], [rows for d in every for rows in d.rows])

    def text_matcher(self, query: Query, field_mask: Callable[[Filter], Mask]) -> TextMatcher:
        """What a keyword, phrase or boolean query looks for in the index over all corpora, or in each one's own."""
        if self.is_one_ranking:
            return Lexical(self._index.compile(query, field_mask))
        pairs = zip(self.corpora, self._stack.slices, strict=True)
        return Interleaved([c.text_matcher(query, _within(rows, field_mask)) for c, rows in pairs], self._stack)

    def vectors(self, embedder: str | None) -> Vectors:
        """The vectors of all corpora, which one and the same embedder has to have made."""
        from corpuscope.dense.joined import join

        return join(self.names, [c.vectors(embedder) for c in self.corpora], self._stack)

    @cached_property
    def _index(self) -> LexicalIndex:
        from corpuscope.lexical.index import LexicalIndex

        return LexicalIndex.join([c.lexical for c in self.corpora])

    def count_tokens(self, matches: Mask) -> TokenCount | None:
        """Tokens of every marked document; None when a corpus has no token counts."""
        counts = [
            engine.count_tokens(corpus, matches[rows])
            for corpus, rows in zip(self.corpora, self._stack.slices, strict=True)
        ]
        known = [c for c in counts if c is not None]
        if len(known) < len(counts):
            return None
        return TokenCount(sum(c.count for c in known), any(c.estimated for c in known))

    def own_row(self, hit: Hit) -> Hit:
        """The hit with the corpus that it is from and its row there."""
        owner = int(self._stack.owners(np.array(hit.row)))
        return replace(hit, corpus=self.names[owner], row=hit.row - int(self._stack.starts[owner]))


class Interleaved(TextMatcher):
    """Matchers of different analyzers: their scores do not compare, so the best of each come first, then the second."""

    def __init__(self, matchers: Sequence[Lexical], stack: Stack) -> None:
        self.is_empty = all(m.is_empty for m in matchers)
        self._matchers = tuple(matchers)
        self._stack = stack

    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:
        """Rows that match."""
        return np.concatenate([m.matches(None)[0] for m in self._matchers]), None

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores]:
        """The first k of the allowed rows by their rank in their corpus, ties by corpus; scores are their corpus's."""
        rows, scores, ranks = [], [], []
        for matcher, part in zip(self._matchers, self._stack.slices, strict=True):
            best, its_scores = matcher.ranked(k, None if allowed is None else allowed[part])
            rows.append(best + part.start)
            scores.append(its_scores)
            ranks.append(np.arange(len(best)))
        order = np.argsort(np.concatenate(ranks), kind="stable")[:k]
        return np.concatenate(rows)[order], np.concatenate(scores)[order]

    def spans(self, documents: Sequence[Document]) -> list[Spans]:
        """What matched in each document, as its corpus analyses it."""
        out: list[Spans] = [[] for _ in documents]
        owners = self._stack.owners(np.array([d.row for d in documents], dtype=np.int64))
        for i, matcher in enumerate(self._matchers):
            places = np.flatnonzero(owners == i).tolist()
            for place, spans in zip(places, matcher.spans([documents[p] for p in places]), strict=True):
                out[place] = spans
        return out


@lru_cache(_FEDERATIONS)
def _federate(corpora: tuple[Corpus, ...]) -> Federation:
    return Federation(corpora)


def _within(rows: slice, field_mask: Callable[[Filter], Mask]) -> Callable[[Filter], Mask]:
    """The same filters, for some of the rows."""
    return lambda condition: field_mask(condition)[rows]


def _check_distinct(corpora: Sequence[Corpus]) -> None:
    if not corpora:
        raise UsageError("There is no corpus to search; name at least one.")
    for folder, times in Counter(c.folder.resolve() for c in corpora).items():
        if times > 1:
            raise UsageError(f"The corpus {folder} is named {times} times; name it once.")


def _distinct_names(corpora: Sequence[Corpus]) -> list[str]:
    """The corpora's names; their folders where names are equal."""
    times = Counter(c.name for c in corpora)
    return [c.name if times[c.name] == 1 else str(c.folder) for c in corpora]


def _notes(federation: Federation, selection: Selection) -> list[str]:
    """What the reader of the answer should know of how it was put together."""
    notes = []
    asked = selection.fields_used | {f.field for f in selection.query.facets}
    for name in sorted(asked - {ID.name}):
        without = [n for n, c in zip(federation.names, federation.corpora, strict=True) if name not in c.fields]
        if without:
            notes.append(f"{name} is no field of {', '.join(without)}: documents there count as having no value.")
    query = selection.query
    if isinstance(selection.matcher, Interleaved) and query.sort is None and query.sample is None:
        notes.append(
            "The corpora analyse text differently, so their scores do not compare: "
            "hits come by their rank in their own corpus, one from each in turn."
        )
    return notes
