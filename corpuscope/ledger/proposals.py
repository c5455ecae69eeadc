"""Rules to begin with: one for any field, and sets of rules that others have published."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from corpuscope.catalog import instants
from corpuscope.corpus import Corpus
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.ledger.steps import steps_of
from corpuscope.masking import mask_value
from corpuscope.query import FacetRequest, Query
from corpuscope.results import ValueFacet
from corpuscope.rules import KEEP
from corpuscope.selection import select

#: A proposed threshold leaves about this share of the documents below it.
_BELOW = 0.05
#: Published filters whose decisions a corpus may hold as fields, `keep` for what passes.
_PUBLISHED = {
    "Gopher quality": "gopher_quality",
    "Gopher repetition": "gopher_repetition",
    "C4 quality": "c4_quality",
    "FineWeb quality": "fineweb_quality",
}


def published_rules(fields: Collection[str]) -> dict[str, Filter]:
    """The rules that keep what published filters keep, by their names, where their decisions are among the fields."""
    return {title: Filter(name, "=", (KEEP,)) for title, name in _PUBLISHED.items() if name in fields}


def proposed_rule(corpus: Corpus, start: Query, name: str) -> Filter:
    """A rule on a field that removes a little of the start: to be changed, not to be believed."""
    column = corpus.catalog.column(name)
    matches = select(corpus, start).matches
    if column.field.type == "text":
        return _most_frequent(corpus, name, matches, is_masked=start.mask)
    if column.field.type == "bool":
        return Filter(name, "=", ("true",))
    thresholds = () if column.field.multi else steps_of(column, matches).thresholds.tolist()
    if not thresholds:
        return Filter(name, "?")
    return Filter(name, ">=", (_written(column.field, thresholds[int(_BELOW * len(thresholds))]),))


def _most_frequent(corpus: Corpus, name: str, matches: Any, *, is_masked: bool) -> Filter:
    """The most frequent value of a text field, unless it is not to be shown."""
    facet = corpus.catalog.facet(FacetRequest(name, 1), matches)
    assert isinstance(facet, ValueFacet)
    if not facet.values or (is_masked and mask_value(facet.values[0].value) != facet.values[0].value):
        return Filter(name, "?")
    return Filter(name, "=", (str(facet.values[0].value),))


def _written(field: Field, value: Any) -> str:
    return instants.from_micros(value)[:10] if field.type == "timestamp" else str(value)
