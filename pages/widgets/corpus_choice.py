"""Which of the served corpora the page shows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from corpuscope.links import Link
from corpuscope.query import Query
from pages.environment import served
from pages.widgets import location


def choose_corpus(link: Link) -> None:
    """A choice where there is one; text and mode are kept, conditions belong to the corpus they were made for."""
    known = list(served())
    if len(known) < 2:
        return
    st.session_state.corpus = link.corpus
    kept = Query(text=link.query.text, mode=link.query.mode)
    st.selectbox("Corpus", known, key="corpus", on_change=_choose, args=(link.to(link.page, kept),))


def _choose(link: Link) -> None:
    location.go(replace(link, corpus=st.session_state.corpus))
