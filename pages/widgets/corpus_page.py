"""The Corpus page, out of the manifest."""

from __future__ import annotations

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.links import CORPUS
from pages.widgets import panel, summary_view
from pages.widgets.arrival import arrive
from pages.widgets.corpus_choice import choose_corpus
from pages.widgets.manifest_view import manifest_html


def corpus_page() -> None:
    """Draw what the manifest of the chosen corpus says."""
    here = arrive(CORPUS)
    if here is None:
        return
    corpus = here.corpus
    with st.sidebar:
        choose_corpus(here.link)
    try:
        suppressed = len(corpus.suppressed_rows)
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "No corpus to show", str(error)), key="error")
        return
    panel.show(manifest_html(corpus.manifest, corpus.version, suppressed), key="manifest")
