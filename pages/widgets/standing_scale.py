"""Where a document's number stands among those of all documents, as a line."""

from __future__ import annotations

from corpuscope.reading.records import FieldValue
from pages.widgets import wording
from pages.widgets.safe_html import Html, element

#: Fewer documents make no scale.
_FEWEST = 20
#: Nor does a value that nearly all have.
_MOST_ALIKE = 0.9


def scale(value: FieldValue) -> Html | None:
    """A line for all documents by their value, the lowest first: the part of it that has this document's value."""
    standing = value.standing
    if standing is None or standing.of < _FEWEST or standing.same > _MOST_ALIKE * standing.of:
        return None
    if value.field.is_year:
        return None
    higher = standing.of - standing.lower - standing.same
    title = f"Higher than {wording.share(standing.lower, standing.of)} of the documents with a value, "
    title += f"lower than {wording.share(higher, standing.of)}"
    place = f"left: {100 * standing.lower / standing.of:.1f}%; width: {100 * standing.same / standing.of:.1f}%"
    line = element("span", element("span", style=place), class_="scale", title=title, role="img", aria_label=title)
    percentile = element("span", f"P{standing.percentile:.0f}", class_="percentile", title=title, aria_hidden="true")
    return element("span", line, percentile, class_="standing")
