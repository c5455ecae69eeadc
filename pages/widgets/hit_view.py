"""Hits as HTML: title, the evidence with its marks, where the document comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpuscope.catalog.catalog import Catalog
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import DOCUMENT, SEARCH, Link
from corpuscope.query import Query
from corpuscope.ratings.kinds import is_rating
from corpuscope.reading.records import FieldValue
from corpuscope.reading.standing import standing_of
from corpuscope.results import Hit
from corpuscope.sessions.marks import ORIGIN as SESSION
from corpuscope.sessions.marks import MarkedCorpus
from corpuscope.sessions.records import MarkKind
from pages.widgets import refine, wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join, marked
from pages.widgets.standing_scale import scale

#: Fields shown under a hit when the reader has chosen none, where the corpus has them.
_USUAL = ("source", "language", "date", "tokens", "words", "url")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WEB = re.compile(r"https?://[^\s]+\Z")
_LONGEST_CHIP = 60
_STARRED, _PLAIN = "★", "☆"


def usual_fields(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The fields under the hits of a reader who has chosen none."""
    return tuple(name for name in _USUAL if name in fields)


def hits_html(link: Link, hits: list[Hit], corpus: MarkedCorpus, *, in_query: bool = True) -> Html:
    """A list of hits, each with a door to its document, a star, and the fields that were chosen.

    Unless they are hits of the link's query, a document is opened by itself, without those beside it.
    """
    fields = corpus.fields
    shown = usual_fields(fields) if link.show is None else [n for n in link.show if n in fields]
    chosen = [fields[name] for name in shown if fields[name].origin != SESSION]
    ratings = [f for f in chosen if f.is_number and is_rating(f, fields)]
    hits_ = (
        _hit(
            link,
            hit,
            chosen,
            corpus.names,
            scales=_scales(hit, ratings, corpus.catalog),
            at=hit.rank if in_query else None,
            with_examples=bool(corpus.manifest.dense),
        )
        for hit in hits
    )
    return element("div", *hits_, class_="hits", role="list")


def _scales(hit: Hit, ratings: Iterable[Field], catalog: Catalog) -> dict[str, Html | None]:
    """Where the hit's ratings stand among those of all documents."""
    values = [(f, hit.fields.get(f.name)) for f in ratings]
    return {f.name: scale(FieldValue(f, v, standing=standing_of(catalog, f, v))) for f, v in values}


def _hit(
    link: Link,
    hit: Hit,
    chosen: Sequence[Field],
    names: Mapping[MarkKind, str],
    *,
    scales: Mapping[str, Html | None],
    at: int | None,
    with_examples: bool,
) -> Html:
    score = None if hit.score is None else _score(link.query, hit, hit.score)
    is_marked = bool(hit.fields.get(names["bookmark"]))
    title = element("bdi", hit.title) if hit.title else element("bdi", hit.id, class_="untitled")
    document = replace(link.to(DOCUMENT), document=hit.id, at=at)
    heading = element("h4", door(document, title, data_name=f"open {hit.id}"), dir="auto")
    head = element(
        "header", element("span", f"{hit.rank:,}", class_="rank"), heading, score, star(hit.id, is_marked=is_marked)
    )
    snippet = element("p", marked(hit.snippet, hit.highlights), class_="snippet", dir="auto")
    footer = element(
        "footer",
        with_examples and examples_html(link, hit.id),
        labels_html(link, names["label"], hit.fields.get(names["label"]) or ()),
        join(_chip(hit, f, scales.get(f.name)) for f in chosen),
        hit.title and element("bdi", hit.id, class_="id", title="id"),
    )
    return element("article", head, snippet, footer, class_="hit", role="listitem", data_id=hit.id)


def _score(query: Query, hit: Hit, score: float) -> Html:
    """The score of the mode, and in a hybrid ranking both ranks that it comes from."""
    if hit.ranks is None:
        words = "similarity in meaning: the cosine of two vectors" if query.by_meaning else "BM25 score"
        return element("span", f"{score:.2f}", class_="score", title=words)
    ranks = (("words", hit.ranks.words), ("meaning", hit.ranks.meaning))
    told = " · ".join(f"{name} {'–' if rank is None else f'{rank:,}'}" for name, rank in ranks)
    about = f"Ranks by words and by meaning; the sum of their weighted reciprocals is {score:.4f}."
    return element("span", told, class_="score", title=about)


def examples_html(link: Link, identifier: str) -> Html:
    """The doors to documents that are like this one, and to those that are not."""
    query = replace(link.query, sort=None, sample=None, seed=0)
    doors = (
        door(link.to(SEARCH, change(query, identifier)), words, class_="example-door", data_name=f"{name} {identifier}")
        for name, words, change in (
            ("like", "more like this", refine.like),
            ("unlike", "not like this", refine.unlike),
        )
    )
    return element("span", *doors, class_="examples")


def star(identifier: str, *, is_marked: bool) -> Html:
    """The star of a document: filled when it is bookmarked; a click bookmarks it, or no longer."""
    label = "Remove the bookmark" if is_marked else "Bookmark this document"
    return element(
        "button",
        _STARRED if is_marked else _PLAIN,
        type="button",
        class_="star marked" if is_marked else "star",
        data_act="unstar" if is_marked else "star",
        data_value=identifier,
        data_name=f"star {identifier}",
        title=label,
        aria_label=label,
        aria_pressed="true" if is_marked else "false",
    )


def labels_html(link: Link, field: str, labels: Iterable[str]) -> Html:
    """The labels of a document, each a door to all documents that bear it."""
    return join(
        door(
            link.to(SEARCH, Query(filters=(Filter(field, "=", (value,)),))),
            datum(_short(value)),
            class_="chip label",
            title=f"label: {value}",
        )
        for value in labels
    )


def _chip(hit: Hit, field: Field, scale_: Html | None) -> Html | None:
    value = hit.fields.get(field.name)
    if value is None or value == []:
        return None
    if field.name == "url":
        return _address(hit)
    if field.type == "timestamp":
        return element("span", _day(str(value)), class_="chip", title=f"{field.name}: {value}")
    if field.type in ("int", "double") and not field.multi:
        number = f"{'~' if field.estimated else ''}{wording.value(value)} {field.name}"
        return element("span", number, scale_, class_="chip")
    return element("span", datum(_short(wording.value(value))), class_="chip", title=field.name)


def _address(hit: Hit) -> Html | None:
    url = str(hit.fields.get("url") or "")
    host = hit.fields.get("url_host") or url
    if _WEB.match(url):
        parts = (datum(_short(str(host))), " ↗")
        return element(
            "a", *parts, class_="chip", href=url, title=url, target="_blank", rel="noopener noreferrer nofollow"
        )
    return element("span", datum(_short(str(host))), class_="chip", title="url") if host else None


def _day(date: str) -> str:
    found = _DAY.match(date)
    return found.group() if found else _short(date)


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_CHIP else value[: _LONGEST_CHIP - 1] + "…"
