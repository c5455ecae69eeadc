"""What stands between the counts and the hits: order, page size, options, and what to do with all that match."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

import streamlit as st

from corpuscope.links import EXPORT, OVERVIEW, Link, to_url
from corpuscope.results import SearchResult
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import location, marking, panel, query_bar
from pages.widgets.command_line import search_command, search_python
from pages.widgets.hit_view import usual_fields
from pages.widgets.safe_html import element


def toolbar(link: Link, corpus: MarkedCorpus, result: SearchResult) -> None:
    """One line of controls."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        query_bar.order_and_size(link, corpus.fields)
        with st.popover(":material/tune:", help="Sample, expression, BM25 parameters, fields under each hit"):
            query_bar.more_options(link)
            _choose_fields(link, corpus)
        with st.popover(":material/content_copy:", help="Copy this search as a link, a command or Python"):
            _copies(link, corpus)
        with st.popover(f"Label {result.total:,}", icon=":material/label:", disabled=not result.total):
            marking.label_all(link, corpus, result)
        doors = [
            panel.door(link.to(OVERVIEW), "Overview", class_="quiet-button", title="What these documents are made of"),
            panel.door(link.to(EXPORT), f"Export {result.total:,}", class_="button"),
        ]
        panel.show(element("nav", *doors if result.total else (), class_="doors"), key="doors")


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
    location.go(replace(link, show=tuple(st.session_state.show)))


def _copies(link: Link, corpus: MarkedCorpus) -> None:
    """Where it leads is the same for all three: the same documents."""
    st.caption("Link to this page, with its session")
    st.code(urljoin(st.context.url or "", to_url(link)), language=None, wrap_lines=True)
    st.caption("Command")
    command = search_command(corpus.folder, link.query, session=link.session if corpus.marks else None)
    st.code(command, language="bash", wrap_lines=True)
    st.caption("Python")
    st.code(search_python(corpus.folder, link.query), language="python", wrap_lines=True)
