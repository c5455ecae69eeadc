"""The hits beside a document in the order of a query."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.reading.records import Neighbour, Neighbours
from corpuscope.selection import Selection, select
from corpuscope.sessions.marks import MarkedCorpus

#: A document whose place is not known is looked for among this many hits.
FAR = 10_000
#: What a query selects is kept for the next document: exact and regex modes read every text to know it.
_SELECTIONS = 16


def find_neighbours(corpus: Corpus, query: Query, row: int, at: int | None = None) -> Neighbours:
    """The hits before and behind the document of a row, which stood at the place `at` when the hits were listed.

    Where it is no longer among them (its labels may have changed), the neighbours of its old place are given.
    """
    selection = selection_of(corpus, query)
    total = min(int(selection.matches.sum()), query.sample or corpus.catalog.rows)
    place = _place(selection, row, at, total)
    if place is not None:
        return Neighbours(place, total, *_hits(selection, place - 1, place + 1, total))
    if at is not None and at > 0:
        return Neighbours(None, total, *_hits(selection, at - 1, at, total))
    return Neighbours(None, total)


def selection_of(corpus: Corpus, query: Query) -> Selection:
    """What a query selects, whatever the page that is shown."""
    query = replace(query.without_paging(), mask=True)
    selection = corpus.remembering(select, _SELECTIONS)(query)
    if isinstance(corpus, MarkedCorpus) and selection.fields_used.isdisjoint(corpus.names.values()):
        return corpus.base.remembering(select, _SELECTIONS)(query)  # which stays the same when something is marked
    return selection


def _place(selection: Selection, row: int, at: int | None, total: int) -> int | None:
    """The place of a row among the hits, None when it is not there or far away."""
    if not selection.matches[row]:
        return None
    if at is not None and 1 <= at <= total and selection.first(at)[0][at - 1] == row:
        return at
    found = np.flatnonzero(selection.first(min(total, FAR))[0] == row)
    return int(found[0]) + 1 if len(found) else None


def _hits(selection: Selection, before: int, behind: int, total: int) -> tuple[Neighbour | None, Neighbour | None]:
    rows, _ = selection.first(max(0, min(behind, total)))
    places = [place for place in (before, behind) if 1 <= place <= len(rows)]
    ids = selection.corpus.catalog.values("id", rows[[place - 1 for place in places]])
    found = {place: Neighbour(id, place) for place, id in zip(places, ids, strict=True)}
    return found.get(before), found.get(behind)
