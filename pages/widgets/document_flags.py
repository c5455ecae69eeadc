"""What flags a document as toxic, as HTML: the way to the flagged places, behind a warning."""

from __future__ import annotations

from dataclasses import replace

from corpuscope.links import Link
from corpuscope.reading.flags import FLAGS
from corpuscope.reading.records import Flag, Reading
from corpuscope.wording import counted
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element

#: So many of the scores or categories of flagged places are named.
_NAMED = 4


def flags_html(link: Link, reading: Reading) -> Html | None:
    """The fields that list places of the text as toxic; nothing where none does."""
    if not reading.flags:
        return None
    return element("section", element("h3", "Flags"), *(_flag(link, flag) for flag in reading.flags))


def _flag(link: Link, flag: Flag) -> Html:
    key = f"{FLAGS}{flag.field.name}"
    is_shown = link.why == key
    there = replace(link, why=None if is_shown else key, start=None)
    label = "Mark them no longer" if is_shown else f"Mark {counted(flag.places, 'place')} in the text"
    pressed = "true" if is_shown else "false"
    way = door(there, label, class_="way", data_name=f"why {key}", role="button", aria_pressed=pressed)
    named = ", ".join(flag.told[:_NAMED]) + (" …" if len(flag.told) > _NAMED else "")
    head = element(
        "summary",
        element("b", datum(flag.field.name)),
        " ",
        element("span", "may be offensive", class_="verdict against"),
    )
    body = element("li", element("p", "It says: ", datum(named), class_="quiet"), element("p", way))
    reasons = element("ol", body, class_="reasons")
    return element("details", head, reasons, class_="rating-system", open=is_shown, data_name=f"flag {flag.field.name}")
