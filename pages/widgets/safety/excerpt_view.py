"""Documents around the threshold, and the one under review: their texts are folded until somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpuscope.links import DOCUMENT, Link
from corpuscope.query import Query
from corpuscope.safety.borderline import Borderline, Excerpt
from corpuscope.wording import counted
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join, marked
from pages.widgets.safety.place import Place

#: Draws of borderline documents by seed go round after so many.
_SEEDS = 2**31


def borderline_html(place: Place, told: Borderline) -> Html:
    """Both sides of the threshold, the unflagged documents first."""
    if place.cut.at is None:
        return element("p", "A dimension without a scale has no threshold, and so nothing near it.", class_="note")
    seed = place.link.query.seed
    others = replace(place.link, query=replace(place.link.query, seed=(seed + 1) % _SEEDS))
    sides = (
        _side("Just not flagged", place.cut.unflagged_in_words.removesuffix(" or none"), told.unflagged, place),
        _side("Just flagged", place.cut.flag.in_words(), told.flagged, place),
    )
    again = element("p", door(others, "Others", data_name="others"), f" (seed {seed})", class_="way")
    return join([element("div", *sides, class_="sides"), again])


def _side(title: str, rule: str, found: Iterable[Excerpt], place: Place) -> Html:
    items = [element("li", *excerpt(place, e)) for e in found]
    body = element("ol", *items) if items else element("p", "No document is here.", class_="quiet")
    return element("section", element("h4", title, " ", element("span", rule, class_="quiet")), body)


def excerpt(place: Place, told: Excerpt, *, is_open: bool = False) -> Iterable[Html]:
    """A document's score and source, a door to it, and its text, folded."""
    score = wording.value(told.score) if told.score is not None else "no score"
    about = (
        element("b", score, title=place.cut.dimension.name),
        told.source and element("span", datum(told.source), class_="quiet"),
        door(document(place.link, told.id), datum(told.id), class_="id", data_name=f"open {told.id}"),
    )
    yield element("p", *about, class_="excerpt-head")
    places = f", {counted(told.spans, 'flagged place')} marked" if told.spans else ""
    warning = f"May be offensive: show the text{places}"
    text = element(
        "p", marked(told.text, told.highlights), None if told.is_whole else " …", class_="excerpt", dir="auto"
    )
    title = told.title and element("p", element("bdi", told.title), class_="excerpt-title", dir="auto")
    yield element(
        "details",
        element("summary", warning),
        title,
        text,
        class_="folded",
        data_name=f"text {told.id}",
        open=is_open,
    )


def document(link: Link, identifier: str) -> Link:
    """One document by itself."""
    return replace(link.to(DOCUMENT, Query(mask=link.query.mask)), document=identifier)
