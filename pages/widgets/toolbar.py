"""What stands between the counts and the hits: order, page size, options, and what to do with all that match."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urljoin

import streamlit as st

from corpuscope.command_line import search_command, search_python
from corpuscope.links import EXPORT, OVERVIEW, Link, to_url
from corpuscope.results import SearchResult
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import location, marking, panel, query_bar
from pages.widgets.hit_view import usual_fields
from pages.widgets.safe_html import element


def toolbar(link: Link, corpus: MarkedCorpus, result: SearchResult) -> None:
    """One line of controls."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        query_bar.order_and_size(link, corpus.fields)
        with popover("Options", "more", "Sample, expression, BM25 parameters, fields under each hit") as is_open:
            if is_open:
                query_bar.more_options(link)
                _choose_fields(link, corpus)
        with popover("Copy", "copy", "Copy this search as a link, a command or Python") as is_open:
            if is_open:
                _copies(link, corpus)
        with popover("Label", "label", "Give all documents that match a label") as is_open:
            if is_open:
                marking.label_all(link, corpus, result)
        doors = [
            panel.door(link.to(OVERVIEW), "Overview", class_="quiet-button", title="What these documents are made of"),
            panel.door(link.to(EXPORT), f"Export {result.total:,}", class_="button"),
        ]
        panel.show(element("nav", *doors if result.total else (), class_="doors"), key="doors")


@contextmanager
def popover(label: str, key: str, about: str) -> Iterator[bool]:
    """A popover, and whether it is open: what nobody sees is not drawn anew with every search."""
    popover = st.popover(label, key=key, help=about, on_change="rerun")
    with popover:
        yield bool(popover.open)


def _choose_fields(link: Link, corpus: MarkedCorpus) -> None:
    """Which fields stand under each hit."""
    st.session_state.show = [n for n in link.show or usual_fields(corpus.fields) if n in corpus.fields]
    st.multiselect(
        "Fields under each hit",
        [n for n in corpus.fields if n != "title"],
        key="show",
        placeholder="none",
        on_change=_show_fields,
        args=(link,),
    )


def _show_fields(link: Link) -> None:
    if not location.has_moved(link):
        location.go(replace(link, show=tuple(st.session_state.show)))


def _copies(link: Link, corpus: MarkedCorpus) -> None:
    """Where it leads is the same for all three: the same documents."""
    st.caption("Link to this page, with its session")
    st.code(urljoin(st.context.url or "", to_url(link)), language=None, wrap_lines=True)
    st.caption("Command")
    session = link.session if corpus.marks else None
    st.code(search_command(corpus.folder, link.query, session=session), language="bash", wrap_lines=True)
    st.caption("Python")
    st.code(search_python(corpus.folder, link.query, session=session), language="python", wrap_lines=True)
