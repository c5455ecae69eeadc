"""Bookmarks and labels: one document, or all that match, and the way back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError
from corpuscope.links import Link
from corpuscope.results import SearchResult
from pages.widgets import exploration, panel, wording
from pages.widgets.panel import OnAct
from pages.widgets.safe_html import datum, element, join

#: The latest mark of this window: its number and what it did.
_LATEST = "marking_latest"


def on_star(link: Link, corpus: Corpus) -> OnAct:
    """What a click on a document's star does."""
    return partial(_star, link, corpus)


def _star(link: Link, corpus: Corpus, name: str, identifier: str) -> None:
    if name in ("star", "unstar"):
        exploration.bookmark(link, corpus, identifier, add=name == "star")


def label_all(link: Link, corpus: Corpus, result: SearchResult) -> None:
    """Give every document that matches a label, or take it away."""
    with st.form("label_form", border=False, clear_on_submit=True):
        names = exploration.label_names(link)
        st.selectbox("Label", names, index=None, key="label_name", placeholder="name a label", accept_new_options=True)
        add, remove = st.columns(2)
        add.form_submit_button("Add to all", type="primary", on_click=_label, args=(link, corpus, result, True))
        remove.form_submit_button("Take from all", on_click=_label, args=(link, corpus, result, False))
    st.caption("All documents that match, on every page. It can be undone.")


def show_latest(link: Link) -> None:
    """What was marked last in this window, with the way back."""
    latest = st.session_state.get(_LATEST)
    if latest is None or latest[0] != exploration.id_of(link):
        return
    _, mark, told = latest
    undo = element("button", "Undo", data_act="undo", data_value=str(mark), class_="plain", type="button")
    close = element("button", "Dismiss", data_act="dismiss", class_="plain", type="button")
    body = join([datum(told), " ", undo, " · ", close])
    panel.show(element("p", body, class_="notice hint slim", role="status"), key="marked", on_act=partial(_back, link))


def _label(link: Link, corpus: Corpus, result: SearchResult, add: bool) -> None:  # noqa: FBT001  # a callback's argument
    name = (st.session_state.label_name or "").strip()
    if not name:
        return
    try:
        mark = exploration.label_matches(link, corpus, name, result, add=add)
    except CorpuscopeError as error:
        panel.tell("hits", error)
        return
    did = f"got the label {name}" if add else f"lost the label {name}"
    st.session_state[_LATEST] = (exploration.id_of(link), mark, f"{wording.documents(result.total)} {did}.")


def _back(link: Link, name: str, value: str) -> None:
    if name == "undo":
        exploration.undo(link, int(value))
    st.session_state.pop(_LATEST, None)
