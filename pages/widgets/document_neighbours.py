"""The way from a document to the hits beside it, and back to the list of hits."""

from __future__ import annotations

from dataclasses import replace

from corpuscope.corpus import Corpus
from corpuscope.links import SEARCH, Link
from corpuscope.reading.neighbours import find_neighbours
from corpuscope.reading.records import Neighbour, Neighbours, Reading
from corpuscope.wording import counted
from pages.widgets import document_panel
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, element


def show(link: Link, corpus: Corpus, reading: Reading) -> None:
    """Draw the line above a document; the arrow keys press its links."""
    found = find_neighbours(corpus, link.query, reading.row, link.at)
    document_panel.show(neighbours_html(link, found), key="neighbours")


def neighbours_html(link: Link, found: Neighbours) -> Html:
    """Back to the hits, the place among them, the previous and the next one."""
    return element(
        "nav",
        door(_hits(link, found), "Back to the hits", class_="back", data_name="back"),
        element("span", _place(found), class_="quiet"),
        _turn(link, found.previous, "‹ Previous", "ArrowLeft", "←"),
        _turn(link, found.next, "Next ›", "ArrowRight", "→"),
        class_="neighbours",
        aria_label="Hits",
    )


def _place(found: Neighbours) -> str:
    of = counted(found.total, "hit")
    return f"not found among {of}" if found.at is None else f"{found.at:,} of {of}"


def _hits(link: Link, found: Neighbours) -> Link:
    """The page of hits that holds the document's place."""
    query = link.query
    at = found.at or link.at
    if at is None or at < 1 or query.k < 1:
        return link.to(SEARCH)
    return link.to(SEARCH, replace(query, offset=(at - 1) // query.k * query.k))


def _turn(link: Link, neighbour: Neighbour | None, label: str, key: str, sign: str) -> Html:
    if neighbour is None:
        return element("span", label, class_="off", aria_hidden="true")
    there = replace(link, document=neighbour.id, at=neighbour.at, start=None, why=None)
    return door(there, label, title=f"{neighbour.id} ({sign})", data_key=key, data_name=key)
