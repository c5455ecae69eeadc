"""Which of the served corpora the page shows."""

from __future__ import annotations

import streamlit as st

from corpuscope.links import Link
from corpuscope.query import Query
from pages.environment import served
from pages.widgets import location


def choose_corpus(key: str, query: Query) -> None:
    """A choice where there is one; text and mode are kept, conditions belong to the corpus they were made for."""
    known = list(served())
    if len(known) < 2:
        return
    st.session_state.corpus = key
    st.selectbox("Corpus", known, key="corpus", on_change=_choose, args=(Query(text=query.text, mode=query.mode),))


def _choose(query: Query) -> None:
    location.go(Link(query, st.session_state.corpus))
