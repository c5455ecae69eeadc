"""What a rating means, what its authors warn of and where it comes from, one click away."""

from __future__ import annotations

from corpuscope.fields import Field
from corpuscope.filters import Operator
from corpuscope.ratings.kinds import SOURCE
from corpuscope.rules import Keep
from pages.widgets.safe_html import Html, datum, element

#: How a rule's relation to its threshold is written, and what a filter asks for that finds what fails it.
RELATIONS: dict[Keep, str] = {"<=": "≤", "<": "<", ">=": "≥", ">": ">"}
FAILS: dict[Keep, Operator] = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}


def group_title(name: str) -> str:
    """What a group of ratings is called."""
    return "From the source" if name == SOURCE else name


def about_html(field: Field, label: str = "Meaning, caveat, source") -> Html | None:
    """A label that unfolds what is known of a field; None where nothing is."""
    notes = {"Meaning": field.meaning, "Caveat": field.caveat, "Source": field.source}
    told = [element("div", element("dt", name), element("dd", datum(note))) for name, note in notes.items() if note]
    if not told:
        return None
    body = (element("summary", datum(label)), element("dl", *told))
    return element("details", *body, class_="about-rating", data_name=f"about {field.name}")
