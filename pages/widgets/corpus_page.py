"""The Corpus page, out of the manifest."""

from __future__ import annotations

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.links import Link
from corpuscope.query import Query
from pages.widgets import corpora, location, panel, summary_view
from pages.widgets.corpus_choice import choose_corpus
from pages.widgets.manifest_view import manifest_html


def corpus_page() -> None:
    """Draw what the manifest of the chosen corpus says."""
    try:
        link = location.current()
    except CorpuscopeError:
        link = Link(Query())
    try:
        key, corpus = corpora.find(link.corpus)
        suppressed = len(corpus.suppressed_rows)
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "No corpus to show", str(error)), key="error")
        return
    with st.sidebar:
        choose_corpus(key, link.query)
    panel.show(manifest_html(corpus.manifest, corpus.version, suppressed), key="manifest")
