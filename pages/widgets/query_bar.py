"""The query bar and the options beside it. Widgets show what the URL says; a change moves to another URL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from corpuscope.errors import InvalidQuery
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import Link
from corpuscope.query import MODES, FacetRequest, Query, Sort
from pages.widgets import location, refine
from pages.widgets.facet_view import FIRST_VALUES

_PAGE_SIZES = (10, 20, 50, 100)
_FILTER_ERROR = "filter_error"
#: By rank; in the corpus's order where nothing is ranked; as drawn in a sample.
_NATURAL = "default order"
_HELP = {
    "keyword": "any of the words, ranked by BM25",
    "phrase": "the words next to each other",
    "boolean": 'AND OR NOT ( ) "phrases" wild* fuzzy~ field:value',
    "exact": "these characters, case and all",
    "regex": "a regular expression (RE2)",
    "semantic": "a question or a passage, found by its meaning",
    "hybrid": "words and meaning together",
}


def query_form(link: Link) -> None:
    """Text and mode; Enter searches."""
    _show(text=link.query.text, mode=link.query.mode)
    placeholder = "Search the documents: " + _HELP[link.query.mode]
    with st.form("query_form", border=False), st.container(horizontal=True, gap="small"):
        st.text_input("Query", key="text", placeholder=placeholder, label_visibility="collapsed")
        st.selectbox("Mode", MODES, key="mode", label_visibility="collapsed", width=130)
        st.form_submit_button("Search", type="primary", on_click=_search, args=(link,))


def filter_form(link: Link) -> None:
    """One filter in the grammar of the command; what cannot be read stays in the field, with the reason."""
    with st.form("filter_form", border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Filter", key="filter", placeholder="year>=2016", help=_FILTER_HELP)
        st.form_submit_button("Add", on_click=_add_filter, args=(link,))


def filter_error() -> str | None:
    """Why the filter that was typed last cannot be added."""
    return st.session_state.get(_FILTER_ERROR)


def add_facet(link: Link, shown: tuple[FacetRequest, ...], fields: Iterable[str]) -> None:
    """Choose one more facet."""
    names = [name for name in fields if all(name != f.field for f in shown)]
    _show(facet=None)
    st.selectbox(
        "Add a facet",
        names,
        key="facet",
        placeholder="+ add facet",
        label_visibility="collapsed",
        on_change=_add_facet,
        args=(link, shown),
    )


def order_and_size(link: Link, fields: dict[str, Field]) -> None:
    """How hits are ordered, how many a page shows, and whether personal data is masked."""
    query = link.query
    orders = ["", *(str(Sort(f.name, down)) for f in fields.values() if _sortable(f) for down in (True, False))]
    asked = "" if query.sort is None else str(query.sort)
    orders += [] if asked in orders else [asked]
    sizes = sorted({*_PAGE_SIZES, query.k})
    _show(sort=asked, k=query.k, mask=query.mask)
    common: dict[str, Any] = {"label_visibility": "collapsed", "on_change": _reorder, "args": (link,)}
    # The browser answers with the label, so a label must not change its meaning from one run to the next.
    st.selectbox("Order", orders, key="sort", format_func=lambda s: _order(s) or _NATURAL, width=150, **common)
    st.selectbox("Documents on a page", sizes, key="k", format_func=lambda k: f"{k} a page", width=112, **common)
    st.toggle("Mask", key="mask", on_change=_reorder, args=(link,), help="Hide e-mail, IP and phone numbers and keys.")


def more_options(link: Link) -> None:
    """What is needed less often: phrase slop, an expression, BM25 parameters, a random sample."""
    query = link.query
    _show(slop=query.slop, where=query.where or "", k1=query.k1, b=query.b, sample=query.sample, seed=query.seed)
    _show(threshold=query.threshold, weight=query.weight)
    with st.form("options_form", border=False):
        st.text_input("Where (a SQL expression over fields)", key="where", placeholder="words > 100 AND year % 2 = 0")
        left, right = st.columns(2)
        left.number_input("Random sample of", key="sample", min_value=1, step=1, placeholder="no sample")
        right.number_input("Seed", key="seed", min_value=0, step=1)
        left.number_input("k1", key="k1", min_value=0.0, max_value=1000.0, step=0.1)
        right.number_input("b", key="b", min_value=0.0, max_value=1.0, step=0.05)
        left.number_input("Words between those of a phrase", key="slop", min_value=0, step=1)
        if query.by_meaning:
            _meaning_options(left, right)
        st.form_submit_button("Apply", type="primary", on_click=_apply_options, args=(link,))


def _meaning_options(left: DeltaGenerator, right: DeltaGenerator) -> None:
    """What the modes by meaning ask beside."""
    left.number_input(
        "Least similarity",
        key="threshold",
        min_value=-1.0,
        max_value=1.0,
        step=0.05,
        placeholder="the nearest 1,000",
        help="Cosine of the vectors. With it every document that is at least so similar is found and counted.",
    )
    right.number_input("Share of meaning (hybrid)", key="weight", min_value=0.0, max_value=1.0, step=0.1)


_FILTER_HELP = (
    "`field=value`, `field=a,b` (any of), `field!=value`, `field>=2`, `field=2..4`, `field?` (has a value), `field!?`. "
    'Quote values that hold a comma: `topic="Science, Math"`.'
)


def _show(**values: Any) -> None:
    """Let widgets show what the URL says."""
    for key, value in values.items():
        st.session_state[key] = value


def _search(link: Link) -> None:
    link = location.latest(link)
    location.go(replace(link, query=refine.in_mode(link.query, st.session_state.mode, st.session_state.text)))


def _add_filter(link: Link) -> None:
    expression = st.session_state["filter"].strip()
    st.session_state[_FILTER_ERROR] = None
    if not expression:
        return
    try:
        wanted = Filter.parse(expression)
    except InvalidQuery as error:
        st.session_state[_FILTER_ERROR] = str(error)
        return
    st.session_state["filter"] = ""
    link = location.latest(link)
    location.go(replace(link, query=refine.add_filter(link.query, wanted)))


def _add_facet(link: Link, shown: tuple[FacetRequest, ...]) -> None:
    name = st.session_state.facet
    if name is not None and not location.has_moved(link):
        location.go(replace(link, query=refine.with_facet(link.query, shown, FacetRequest(name, FIRST_VALUES))))


def _reorder(link: Link) -> None:
    if location.has_moved(link):
        return
    state = st.session_state
    sampled = {"sample": None} if state.sort else {}
    _move(link, sort=state.sort or None, k=state.k, mask=state.mask, **sampled)


def _apply_options(link: Link) -> None:
    state = st.session_state
    sorted_ = {"sort": None} if state.sample is not None else {}
    by_meaning = {"threshold": state.threshold, "weight": state.weight} if link.query.by_meaning else {}
    _move(
        location.latest(link),
        where=state.where,
        sample=state.sample,
        seed=state.seed,
        k1=state.k1,
        b=state.b,
        slop=state.slop,
        **by_meaning,
        **sorted_,
    )


def _move(link: Link, **changes: Any) -> None:
    query: Query = replace(link.query, offset=0, **changes)
    location.go(replace(link, query=query))


def _sortable(field: Field) -> bool:
    return not field.multi and field.type != "bool"


def _order(expression: str) -> str:
    sort = Sort.parse(expression)
    return sort.field and f"{sort.field} {'↓' if sort.descending else '↑'}"
