"""Hits as HTML: title, the evidence with its marks, where the document comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpuscope.results import Hit
from pages.widgets import wording
from pages.widgets.safe_html import Html, datum, element, join, marked

#: Fields shown under a hit, where the corpus has them.
_CHIPS = ("source", "language", "tokens", "words")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WEB = re.compile(r"https?://[^\s]+\Z")
_LONGEST_CHIP = 60


def hits_html(hits: list[Hit], *, estimated: frozenset[str] = frozenset()) -> Html:
    """A list of hits; numbers of the fields in `estimated` bear a tilde."""
    return element("div", *(_hit(h, estimated) for h in hits), class_="hits", role="list")


def _hit(hit: Hit, estimated: frozenset[str]) -> Html:
    score = None if hit.score is None else element("span", f"{hit.score:.2f}", class_="score", title="BM25 score")
    title = element("bdi", hit.title) if hit.title else element("bdi", hit.id, class_="untitled")
    head = element("header", element("span", f"{hit.rank:,}", class_="rank"), element("h4", title, dir="auto"), score)
    snippet = element("p", marked(hit.snippet, hit.highlights), class_="snippet", dir="auto")
    return element("article", head, snippet, _chips(hit, estimated), class_="hit", role="listitem", data_id=hit.id)


def _chips(hit: Hit, estimated: frozenset[str]) -> Html:
    return element(
        "footer", join(_chip_list(hit, estimated)), hit.title and element("bdi", hit.id, class_="id", title="id")
    )


def _chip_list(hit: Hit, estimated: frozenset[str]) -> Iterator[Html]:
    for name in _CHIPS:
        value = hit.fields.get(name)
        if value is None or value == []:
            continue
        if isinstance(value, int | float):
            tilde = "~" if name in estimated else ""
            yield element("span", f"{tilde}{wording.value(value)} {name}", class_="chip")
        else:
            yield element("span", datum(_short(wording.value(value))), class_="chip", title=name)
    date = hit.fields.get("date")
    if date is not None:
        yield element("span", _day(str(date)), class_="chip", title=f"date: {date}")
    yield from _address(hit)


def _address(hit: Hit) -> Iterator[Html]:
    url = str(hit.fields.get("url") or "")
    host = hit.fields.get("url_host") or url
    if _WEB.match(url):
        parts = (datum(_short(str(host))), " ↗")
        yield element(
            "a", *parts, class_="chip", href=url, title=url, target="_blank", rel="noopener noreferrer nofollow"
        )
    elif host:
        yield element("span", datum(_short(str(host))), class_="chip", title="url")


def _day(date: str) -> str:
    found = _DAY.match(date)
    return found.group() if found else _short(date)


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_CHIP else value[: _LONGEST_CHIP - 1] + "…"
