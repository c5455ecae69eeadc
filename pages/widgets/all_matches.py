"""What pages share that count all that match: how they begin, and what they say when nothing can be counted."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.links import SEARCH, Link
from corpuscope.query import Query
from pages.widgets import panel, query_bar, refine, summary_view
from pages.widgets.arrival import Arrival, arrive
from pages.widgets.corpus_choice import choose_corpus
from pages.widgets.safe_html import Html, element


def opening(page: str) -> Arrival | None:
    """Draw the query, its conditions and the choice of the corpus; where the reader is, None without a corpus."""
    here = arrive(page)
    if here is None:
        return None
    link = here.link
    query_bar.query_form(link)
    with st.container():  # there without conditions too, or all below it would be drawn anew with the first one
        # A sample is no condition of what is counted.
        if conditions := summary_view.pills(replace(link, query=replace(link.query, sample=None))):
            panel.show(conditions, key="pills")
    with st.sidebar:
        choose_corpus(link)
    return here


def failure(link: Link, title: str, error: CorpuscopeError) -> Html:
    """The error's own sentence, and a way on."""
    return summary_view.notice("error", title, str(error), panel.door(link.to(link.page, Query()), "Start afresh"))


def no_match(link: Link, title: str) -> Html:
    """That there is nothing to count, and what may be done about it."""
    ways = [panel.door(link.to(SEARCH), "See the search: it says which condition to drop")]
    if link.query.filters or link.query.where:
        bare = replace(link, query=refine.without_filters(link.query))
        ways.append(panel.door(bare, "Drop all conditions"))
    ways.append(panel.door(replace(link, query=Query()), "The whole corpus", data_name="whole"))
    return summary_view.notice("empty", title, element("ul", *(element("li", w) for w in ways), class_="offers"))
