"""The Document page: one document, whole, with its fields, and the way to the hits beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from urllib.parse import urljoin

import streamlit as st

from corpuscope.command_line import quote
from corpuscope.errors import CorpuscopeError
from corpuscope.links import DOCUMENT, SEARCH, Link, to_url
from corpuscope.query import Query
from corpuscope.reading.reader import read
from corpuscope.reading.records import Reading
from corpuscope.sessions.marks import MarkedCorpus
from corpuscope.wording import counted
from pages.widgets import document_neighbours, document_panel, exploration, marking, panel, summary_view
from pages.widgets.arrival import arrive
from pages.widgets.document_fields import fields_html
from pages.widgets.document_flags import flags_html
from pages.widgets.document_ratings import folded_groups, names_in, ratings_html
from pages.widgets.document_view import text_html
from pages.widgets.hit_view import examples_html, star
from pages.widgets.safe_html import Html, element, join, marked, text

_REVEAL = "reveal"
_WIDE, _NARROW = 0.6, 0.4
_LABELS_WIDTH = 240


def document_page() -> None:
    """Draw the document that the URL names."""
    arrival = arrive(DOCUMENT)
    if arrival is None:
        return
    link, corpus = arrival.link, arrival.corpus
    if arrival.wrong is not None:
        _show_wrong(link, "This link cannot be read", str(arrival.wrong))
        return
    if link.document is None:
        _show_wrong(link, "No document is named", "Choose one among the hits of a search.")
        return
    is_revealed = _is_revealed(link)
    query = replace(link.query, mask=False) if is_revealed else link.query
    beside = st.empty()
    try:
        reading = read(corpus, query, link.document, start=link.start, why=link.why)
    except CorpuscopeError as error:
        _show_wrong(link, "This document cannot be shown", str(error))
        return
    _show(link, corpus, reading, is_masked=query.mask)
    with beside:  # last: in exact and regex modes every text is read to know the hits
        document_neighbours.show(link, corpus, reading)


def _show_wrong(link: Link, title: str, sentence: str) -> None:
    back = panel.door(link.to(SEARCH), "Back to the search")
    afresh = panel.door(link.to(SEARCH, Query()), "All documents")
    ways = element("span", back, " · ", afresh)
    panel.show(summary_view.notice("error", title, sentence, ways), key="error")


def _show(link: Link, corpus: MarkedCorpus, reading: Reading, *, is_masked: bool) -> None:
    left, right = st.columns([_WIDE, _NARROW], gap="large")
    with left:
        panel.show(_head(link, corpus, reading), key="head", on_act=marking.on_star(link, corpus))
        _tools(link, corpus, reading, is_masked=is_masked)
        document_panel.show(text_html(link, reading, is_masked=is_masked), key="text")
        panel.show(_record(reading), key="record")
    with right:
        panel.show(_fields(link, corpus, reading), key="fields")


def _fields(link: Link, corpus: MarkedCorpus, reading: Reading) -> Html:
    """What is known of the document, its ratings first."""
    groups = folded_groups(corpus.fields)
    ratings = ratings_html(link, groups, reading)
    apart = names_in(groups)
    evidence = join([flags_html(link, reading), ratings])
    return fields_html(link, reading.fields, corpus.manifest.annotators, ratings=evidence, apart=apart)


def _head(link: Link, corpus: MarkedCorpus, reading: Reading) -> Html:
    """Title, id, length and the star."""
    is_marked = any(f.field.name == corpus.names["bookmark"] and f.value for f in reading.fields)
    title = (
        element("bdi", marked(reading.title, reading.title_marks))
        if reading.title
        else element("bdi", reading.id, class_="untitled")
    )
    facts = (
        element("bdi", reading.id, class_="id", title="id") if reading.title else "no title",
        counted(reading.length, "character"),
    )
    more = examples_html(link, reading.id) if corpus.manifest.dense else None
    about = element("p", *(element("span", fact) for fact in facts), more, class_="facts")
    heading = element("header", element("h2", title, dir="auto"), star(reading.id, is_marked=is_marked))
    return element("div", heading, about, class_="document-head")


def _tools(link: Link, corpus: MarkedCorpus, reading: Reading, *, is_masked: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _labels(link, corpus, reading)
        if link.query.mask and (not is_masked or _may_hide(reading)):
            st.toggle(
                "Show personal data",
                key=_reveal_key(link),
                help="Unmasks this document until you leave it. That you looked is noted in the session.",
                on_change=partial(_note_reveal, link, corpus),
            )
        with st.popover("Copy", icon=":material/content_copy:", help="A link to this document, and its id"):
            st.caption("Link to this document, with its session")
            st.code(urljoin(st.context.url or "", to_url(link)), language=None, wrap_lines=True)
            st.caption("Id")
            st.code(reading.id, language=None, wrap_lines=True)
        with st.popover("Suppress", icon=":material/visibility_off:", help="How to take this document down"):
            st.caption("Run this: the document is no longer shown, counted or exported.")
            st.code(f"corpuscope suppress {quote(str(corpus.folder))} {quote(reading.id)}", language="bash")


def _labels(link: Link, corpus: MarkedCorpus, reading: Reading) -> None:
    """The document's labels, to add to and take from."""
    own = tuple(name for f in reading.fields if f.field.name == corpus.names["label"] for name in f.value or ())
    key = f"labels {link.corpus} {reading.id}"
    st.multiselect(
        "Labels",
        sorted({*exploration.label_names(link), *own}),
        default=own,
        key=key,
        placeholder="Add a label",
        label_visibility="collapsed",
        width=_LABELS_WIDTH,
        accept_new_options=True,
        on_change=_relabel,
        args=(link, corpus, reading.id, own, key),
    )


def _relabel(link: Link, corpus: MarkedCorpus, identifier: str, before: tuple[str, ...], key: str) -> None:
    now = {name.strip() for name in st.session_state[key]} - {""}
    try:
        for name in sorted(now ^ set(before)):
            exploration.label(link, corpus, name, identifier, add=name in now)
    except CorpuscopeError as error:
        panel.tell("head", error)
        st.session_state[key] = [name for name in before if name in now]


def _reveal_key(link: Link) -> str:
    # Streamlit forgets a widget that is not drawn: who leaves the document finds it masked again.
    return f"{_REVEAL} {link.corpus} {link.document}"


def _is_revealed(link: Link) -> bool:
    return bool(st.session_state.get(_reveal_key(link)))


def _may_hide(reading: Reading) -> bool:
    """Whether something is masked, as far as is known: of a long text only a page is."""
    return bool(reading.personal) or not reading.is_whole or any(f.is_masked for f in reading.fields)


def _note_reveal(link: Link, corpus: MarkedCorpus) -> None:
    if _is_revealed(link):
        exploration.store().record_event(exploration.id_of(link), corpus, _REVEAL, link.document or "")
        exploration.keep(link)


def _record(reading: Reading) -> Html:
    """The record as JSON, folded."""
    part = "" if reading.is_whole else f" (text: characters {reading.start + 1:,} – {reading.end:,})"
    written = json.dumps(reading.record(), ensure_ascii=False, indent=1)
    return element(
        "details", element("summary", f"Raw record{part}"), element("pre", text(written)), class_="raw-record"
    )
