"""The facets in the side bar, and what a reader does to them that is no click on a door: typing and dragging."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import streamlit as st

from corpuscope.corpus import Corpus
from corpuscope.engine import search_values
from corpuscope.links import Link
from corpuscope.results import Bin, BinFacet, SearchResult
from pages.widgets import location, panel, refine
from pages.widgets.facet_view import FacetView

#: Texts that values are searched for, by field.
_ASKED = "facet_asked"


def facet_panel(link: Link, corpus: Corpus, result: SearchResult) -> None:
    """Draw all facets of an answer."""
    asked: dict[str, str] = {k: v for k, v in st.session_state.get(_ASKED, {}).items() if k in result.facets}
    found = {
        request.field: search_values(corpus, result.query, request, asked[request.field])
        for request in result.query.facets
        if asked.get(request.field)
    }
    shown = replace(result, facets=result.facets | found)
    view = FacetView(link, shown, corpus.fields, {k: v for k, v in asked.items() if v})
    panel.show(view.html(), key="facets", on_act=partial(_act, link, corpus, result))


def _act(link: Link, corpus: Corpus, result: SearchResult, name: str, value: str) -> None:
    if name == "ask":
        field, text = json.loads(value)
        st.session_state[_ASKED] = st.session_state.get(_ASKED, {}) | {field: text}
    else:
        choose_range(link, corpus, result, name, value)


def choose_range(link: Link, corpus: Corpus, result: SearchResult, name: str, value: str) -> None:
    """Ask for a range that was typed or dragged over bars, instead of the one of that field so far."""
    told = json.loads(value)
    if name == "range":
        field, low, high = told
        location.go(replace(link, query=refine.typed_range(link.query, field, low, high)))
    elif name == "brush":
        field, first, last = told
        facet = result.facets[field]
        assert isinstance(facet, BinFacet)
        whole = Bin(facet.bins[first].low, facet.bins[last].high, 0, 0)
        wanted = refine.range_of(corpus.fields[field], whole, last=last == len(facet.bins) - 1)
        location.go(replace(link, query=refine.toggle_range(link.query, wanted)))
