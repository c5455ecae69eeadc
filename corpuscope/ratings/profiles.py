"""How ratings are distributed over what a query selects, beside how they are over the whole corpus."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from corpuscope.catalog.columns import Mask, NumberColumn
from corpuscope.corpus import Corpus
from corpuscope.engine import answer, count_tokens
from corpuscope.fields import Field
from corpuscope.query import FacetRequest, Query
from corpuscope.ratings.quantiles import quantiles
from corpuscope.results import SearchResult
from corpuscope.selection import select

#: Bars of a histogram where the field does not say its own, and reasons of a decision that are listed.
BARS, REASONS = 20, 12


@dataclass(frozen=True)
class Profile:
    """One rating: `rated` of the selected documents have it, `quantiles` (of a number) are at QUANTILES."""

    field: Field
    rated: int
    unrated: int
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Profiles:
    """Ratings over a query. The facets of `result` leave out a rating's own filter; the profiles do not."""

    result: SearchResult
    profiles: tuple[Profile, ...]


def profile(corpus: Corpus, query: Query, names: Iterable[str]) -> Profiles:
    """Count all that a query selects by some ratings; raises InvalidQuery or UnknownField."""
    started = time.perf_counter()
    fields = [corpus.fields[name] for name in names]
    facets = tuple(FacetRequest(f.name, BARS if f.is_number else REASONS) for f in fields)
    query = replace(query.of_all_matches(), facets=facets, k=0)
    selection = select(corpus, query)
    result = answer(selection, count_tokens(corpus, selection.matches), started)
    return Profiles(result, tuple(_profile(corpus, f, selection.matches) for f in fields))


def _profile(corpus: Corpus, field: Field, matches: Mask) -> Profile:
    column = corpus.catalog.column(field.name)
    rated = np.flatnonzero(matches & column.has_value)
    told = quantiles(column.flat[rated]) if isinstance(column, NumberColumn) and field.is_number else ()
    return Profile(field, len(rated), int(np.count_nonzero(matches)) - len(rated), told)
