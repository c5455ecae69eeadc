"""A document's fields as HTML: in groups, each value a door to the documents that share it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import SEARCH, Link
from corpuscope.query import Query
from corpuscope.reading.records import FieldValue
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join

SOURCE, SESSION = "source", "session"
_GROUPS = ("Session", "From the source", "Computed", "Imported")
#: An annotator with more fields has a group of its own, which is folded.
_MANY = 12
#: Types whose single values are worth a search; a measured number is hardly ever met twice.
_SHARED = frozenset({"text", "bool", "int", "timestamp"})
#: Longer values are cut, and lead nowhere: no address holds them.
_LONGEST = 300
#: Years are no amounts: they have neither a thousands separator nor a unit beside them.
_YEAR = "year"
#: Fewer documents make no scale.
_FEWEST = 20
#: Nor does a value that nearly all have.
_MOST_ALIKE = 0.9
_WEB = re.compile(r"https?://[^\s]+\Z")


def fields_html(link: Link, values: Iterable[FieldValue], annotators: Iterable[str]) -> Html:
    """Every field that has a value, by where it comes from, and the names of the others."""
    values, computed = list(values), frozenset(annotators)
    sizes = Counter(value.field.origin for value in values)
    large = [origin for origin, size in sizes.items() if origin in computed and size > _MANY]
    groups: dict[str, list[Html]] = {name: [] for name in (*_GROUPS, *large)}
    empty: list[str] = []
    for value in values:
        if value.value is None or value.value == []:
            empty += [] if value.field.origin == SESSION else [value.field.name]
        else:
            group = value.field.origin if value.field.origin in large else _group(value.field, computed)
            groups[group].append(_row(link, value))
    sections = [_section(title, rows, folded=title in large) for title, rows in groups.items() if rows]
    return element("aside", *sections, _without_value(empty), class_="document-fields", aria_label="Fields")


def _section(title: str, rows: list[Html], *, folded: bool) -> Html:
    listed = element("dl", *rows)
    if not folded:
        return element("section", element("h3", title), listed)
    return element("details", element("summary", f"{title}, {len(rows):,} fields"), listed, class_="signals")


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
    return element("div", name, element("dd", shown, dir="auto"), _scale(value))


def _scale(value: FieldValue) -> Html | None:
    """A line for all documents by their value, the lowest first: the part of it that has this document's value."""
    standing = value.standing
    if standing is None or standing.of < _FEWEST or standing.same > _MOST_ALIKE * standing.of:
        return None
    if value.field.unit == _YEAR:
        return None
    higher = standing.of - standing.lower - standing.same
    title = f"Higher than {wording.share(standing.lower, standing.of)} of the documents with a value, "
    title += f"lower than {wording.share(higher, standing.of)}"
    place = f"left: {100 * standing.lower / standing.of:.1f}%; width: {100 * standing.same / standing.of:.1f}%"
    return element("span", element("span", style=place), class_="scale", title=title, role="img", aria_label=title)


def _about(field: Field) -> str:
    """What a field means and how far it can be trusted, for the hover."""
    notes = (field.meaning, field.caveat, "Estimated." if field.estimated else "", field.source)
    return " ".join(note for note in notes if note)


def _value(link: Link, field: Field, value: Any, *, is_masked: bool) -> Html:
    written, wanted = _written(field, value)
    label = datum(written if len(written) <= _LONGEST else written[: _LONGEST - 1] + "…")
    if is_masked or field.type not in _SHARED or len(wanted) > _LONGEST:
        return label
    query = Query(filters=(Filter(field.name, "=", (wanted,)),), mask=link.query.mask)
    same = door(link.to(SEARCH, query), label, title=f"Documents with {field.name} = {written}")
    if not _WEB.match(written):
        return same
    return join([same, " ", _outside(written)])


def _outside(address: str) -> Html:
    return element(
        "a", "↗", href=address, title=address, target="_blank", rel="noopener noreferrer nofollow", aria_label="Open"
    )


def _written(field: Field, value: Any) -> tuple[str, str]:
    """A value as it is shown, and as a filter takes it."""
    if isinstance(value, datetime):
        day = value.date().isoformat()
        return (day if value.time() == value.min.time() else value.isoformat(" ").replace("+00:00", " UTC")), day
    if isinstance(value, bool):
        return wording.value(value), wording.value(value)
    if field.unit == _YEAR:
        return str(value), str(value)
    if isinstance(value, int | float):
        unit = f" {field.unit}" if field.unit else ""
        return f"{'~' if field.estimated else ''}{wording.value(value)}{unit}", str(value)
    return str(value), str(value)
