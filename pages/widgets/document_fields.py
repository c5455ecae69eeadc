"""A document's fields as HTML: in groups, each value a door to the documents that share it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any

from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import SEARCH, Link
from corpuscope.query import Query
from corpuscope.ratings.kinds import SOURCE
from corpuscope.reading.records import FieldValue
from corpuscope.sessions.marks import ORIGIN as SESSION
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join
from pages.widgets.standing_scale import scale

_GROUPS = ("Session", "From the source", "Computed", "Imported")
#: Types whose single values are worth a search; a measured number is hardly ever met twice.
_SHARED = frozenset({"text", "bool", "int", "timestamp"})
#: Longer values are cut, and lead nowhere: no address holds them.
_LONGEST = 300
_WEB = re.compile(r"https?://[^\s]+\Z")


def fields_html(
    link: Link,
    values: Iterable[FieldValue],
    annotators: Iterable[str],
    *,
    ratings: Html | None = None,
    apart: Container[str] = (),
) -> Html:
    """Every field that has a value, by where it comes from, and the names of the others.

    `ratings` shows those that stand `apart`.
    """
    computed = frozenset(annotators)
    groups: dict[str, list[Html]] = {name: [] for name in _GROUPS}
    empty: list[str] = []
    for value in values:
        if value.value is None or value.value == []:
            empty += [] if value.field.origin == SESSION else [value.field.name]
        elif value.field.name not in apart:
            groups[_group(value.field, computed)].append(_row(link, value))
    sections = [
        element("section", element("h3", title), element("dl", *rows)) for title, rows in groups.items() if rows
    ]
    return element("aside", ratings, *sections, _without_value(empty), class_="document-fields", aria_label="Fields")


def _group(field: Field, computed: frozenset[str]) -> str:
    if field.origin == SESSION:
        return "Session"
    if field.origin == SOURCE:
        return "From the source"
    return "Computed" if field.origin in computed else "Imported"


def _without_value(names: list[str]) -> Html | None:
    if not names:
        return None
    count = "1 field" if len(names) == 1 else f"{len(names):,} fields"
    listed = join(element("li", datum(name)) for name in names)
    return element("details", element("summary", f"{count} without a value"), element("ul", listed), class_="quiet")


def _row(link: Link, value: FieldValue) -> Html:
    field = value.field
    single = value.value if isinstance(value.value, list) else [value.value]
    shown = join(element("span", _value(link, field, v, is_masked=value.is_masked), class_="one") for v in single)
    about = _about(field)
    name = element("dt", datum(field.name), class_="about" if about else None, title=about or None)
    return element("div", name, element("dd", shown, dir="auto"), scale(value))


def _about(field: Field) -> str:
    """What a field means and how far it can be trusted, for the hover."""
    notes = (field.meaning, field.caveat, "Estimated." if field.estimated else "", field.source)
    return " ".join(note for note in notes if note)


def _value(link: Link, field: Field, value: Any, *, is_masked: bool) -> Html:
    shown, wanted = written(field, value)
    label = datum(shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…")
    if is_masked or field.type not in _SHARED or len(wanted) > _LONGEST:
        return label
    query = Query(filters=(Filter(field.name, "=", (wanted,)),), mask=link.query.mask)
    same = door(link.to(SEARCH, query), label, title=f"Documents with {field.name} = {shown}")
    if not _WEB.match(shown):
        return same
    return join([same, " ", _outside(shown)])


def _outside(address: str) -> Html:
    return element(
        "a", "↗", href=address, title=address, target="_blank", rel="noopener noreferrer nofollow", aria_label="Open"
    )


def written(field: Field, value: Any) -> tuple[str, str]:
    """A value as it is shown, and as a filter takes it."""
    if isinstance(value, datetime):
        day = value.date().isoformat()
        return (day if value.time() == value.min.time() else value.isoformat(" ").replace("+00:00", " UTC")), day
    if isinstance(value, bool):
        return wording.value(value), wording.value(value)
    if field.is_year:
        return str(value), str(value)
    if isinstance(value, int | float):
        unit = f" {field.unit}" if field.unit else ""
        return f"{'~' if field.estimated else ''}{wording.value(value)}{unit}", str(value)
    return str(value), str(value)
