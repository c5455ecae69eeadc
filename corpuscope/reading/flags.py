"""Where in a document's text it was flagged as toxic, out of the fields that say so."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from corpuscope import scan
from corpuscope.catalog.catalog import Catalog
from corpuscope.errors import InvalidQuery, suggest
from corpuscope.fields import Field
from corpuscope.reading.matches import merged
from corpuscope.reading.records import Flag, Matches
from corpuscope.safety.dimensions import KINDS
from corpuscope.spans import LabelledSpan, parse_spans

#: How a link names a field of flagged places, in front of the field's name.
FLAGS = "flags:"
_COLUMNS = frozenset(kind.spans for kind in KINDS if kind.spans is not None)


def span_fields(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The fields that list flagged places."""
    return tuple(name for name, f in fields.items() if f.type == "text" and f.multi and f.column in _COLUMNS)


def flags_of(catalog: Catalog, row: int, length: int) -> tuple[Flag, ...]:
    """What flags a document of some length, for each field that lists places in it."""
    found = ((name, _spans(catalog, row, name, length)) for name in span_fields(catalog.fields))
    return tuple(Flag(catalog.fields[name], len(spans), _told(spans)) for name, spans in found if spans)


def show_flags(catalog: Catalog, row: int, why: str, length: int) -> Matches:
    """The places that a field lists, as `why` names it; raises InvalidQuery for a field that lists none."""
    name, known = why.removeprefix(FLAGS), span_fields(catalog.fields)
    if name not in known:
        raise InvalidQuery(f"{name} lists no flagged places. {suggest(name, known)}")
    spans = merged([(s.start, s.end) for s in _spans(catalog, row, name, length)])
    return Matches(spans[: scan.MAX_SPANS], 0, length, cut=len(spans) > scan.MAX_SPANS)


def _spans(catalog: Catalog, row: int, name: str, length: int) -> list[LabelledSpan]:
    (values,) = catalog.values(name, np.array([row]))
    return sorted(parse_spans(values, length))


def _told(spans: list[LabelledSpan]) -> tuple[str, ...]:
    """What the places are said to be, each once, the most frequent first."""
    words = [s.label for s in spans]
    return tuple(sorted(dict.fromkeys(words), key=lambda w: (-words.count(w), w)))
