"""The Overview page: what the documents that the query selects are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from corpuscope import charts
from corpuscope.composition import Composition, Histogram, compose, nestable_fields, nesting_fields
from corpuscope.corpus import Corpus
from corpuscope.engine import search
from corpuscope.errors import CorpuscopeError
from corpuscope.links import OVERVIEW, Link
from corpuscope.portions import Measure
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import location, marking, panel, summary_view
from pages.widgets.all_matches import failure, no_match, opening
from pages.widgets.forward import forward
from pages.widgets.hit_view import hits_html
from pages.widgets.overview_view import OverviewView, left_out_html
from pages.widgets.safe_html import element

#: Outer and inner field of the treemap, and what its areas are.
_Division = tuple[str | None, str | None, Measure]

_SAMPLE = 20
_SEEDS = 2**31
_OUTER, _INNER, _MEASURE = "overview_outer", "overview_inner", "overview_measure"
_CHART = "overview_"


def overview_page() -> None:
    """Draw the page that the URL describes."""
    here = opening(OVERVIEW)
    if here is None:
        return
    link, corpus = here.link, here.corpus
    status = st.empty()
    try:
        if here.wrong is not None:
            raise here.wrong
        with status, st.spinner("Counting …"):
            outer, inner, measure = _chosen(link, corpus)
            composed = corpus.remembering(compose)
            composition = composed(link.query.of_all_matches(), outer=outer, inner=inner, measure=measure)
    except CorpuscopeError as error:
        with status:
            panel.show(failure(link, "This search cannot be run", error), key="error")
        return
    if not composition.total:
        with status:
            panel.show(no_match(link, "No document matches"), key="nothing")
        return
    _show(status, link, corpus, composition)


def _chosen(link: Link, corpus: Corpus) -> _Division:
    """The fields of the treemap and what its areas are: what the URL says, else the usual ones."""
    outer, inner = (*link.by, None, None)[:2] if link.by else nesting_fields(corpus) or (None, None)
    return outer, inner, "tokens" if link.area == "tokens" and "tokens" in _measures(corpus) else "documents"


def _measures(corpus: Corpus) -> list[Measure]:
    return ["documents"] if corpus.token_field is None else ["documents", "tokens"]


def _show(status: DeltaGenerator, link: Link, corpus: MarkedCorpus, composition: Composition) -> None:
    chosen = _chosen(link, corpus)
    view = OverviewView(link, composition, corpus.fields, measure=chosen[2])
    _follow_click(view, composition)
    with status:
        panel.show(view.figures(corpus.manifest), key="figures")
    if composition.nested is not None:
        _choices(link, corpus, chosen)
    panel.show(view.treemap(), key="treemap")
    _histograms(view, composition, chosen[2])
    panel.show(view.lists(), key="breakdowns")
    panel.show(left_out_html(link, corpus.manifest), key="left_out")
    _random_documents(link, corpus)


def _follow_click(view: OverviewView, composition: Composition) -> None:
    """Go to the search behind the bar that was clicked."""
    for name, histogram in (("years", composition.years), ("lengths", composition.lengths)):
        state = st.session_state.get(_CHART + name)
        bars = histogram.bars if histogram else ()
        clicked = [p["point_index"] for p in state.selection.points] if state and bars else []
        if clicked and clicked[0] < len(bars):
            forward(view.to(bars[clicked[0]].filters or ()))


def _choices(link: Link, corpus: Corpus, chosen: _Division) -> None:
    """What the treemap divides the documents by, and what its areas are; widgets show what the URL says."""
    state = st.session_state
    state[_OUTER], state[_INNER], state[_MEASURE] = chosen
    measures = _measures(corpus)
    fields = list(dict.fromkeys([*nestable_fields(corpus), *(link.by or ())]))
    common: dict[str, Any] = {"label_visibility": "collapsed", "on_change": _divide, "args": (link,)}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox("Divided by", fields, key=_OUTER, format_func=lambda f: f"divided by {f}", width=220, **common)
        inner = [None, *fields]
        st.selectbox(
            "Then by", inner, key=_INNER, format_func=lambda f: f"then by {f or 'nothing'}", width=220, **common
        )
        if len(measures) > 1:
            st.segmented_control("Areas and bars", measures, key=_MEASURE, required=True, **common)


def _divide(link: Link) -> None:
    """Go where the widgets say."""
    if location.has_moved(link):
        return
    state = st.session_state
    by = tuple(f for f in (state[_OUTER], state[_INNER]) if f is not None)
    location.go(replace(link, by=by, area="tokens" if state.get(_MEASURE) == "tokens" else None))


def _histograms(view: OverviewView, composition: Composition, measure: Measure) -> None:
    """Years and lengths side by side; what the corpus does not know leaves its place to the other."""
    estimated = composition.tokens is not None and composition.tokens.estimated
    drawn: list[tuple[str, Histogram, Callable[..., Any]]] = []
    if composition.years is not None:
        drawn.append(("years", composition.years, charts.year_figure))
    if composition.lengths is not None:
        drawn.append(("lengths", composition.lengths, charts.length_figure))
    if not drawn:
        return
    for column, (name, histogram, figure) in zip(st.columns(len(drawn)), drawn, strict=True):
        with column:
            _histogram(view, name, histogram, figure(histogram, measure, estimated=estimated))


def _histogram(view: OverviewView, name: str, histogram: Histogram, figure: Any) -> None:
    """A histogram whose bars lead to the documents that they count."""
    st.plotly_chart(
        figure,
        key=_CHART + name,
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"{figure.layout.title.text}; the same numbers stand in the table below",
    )
    panel.show(view.table(histogram, f"The same as a table: {name}"), key=f"{name}_table")


def _random_documents(link: Link, corpus: MarkedCorpus) -> None:
    """Some documents drawn by the seed in the URL, and a door to as many others."""
    query = replace(link.query.of_all_matches(), sample=_SAMPLE, seed=link.query.seed, k=_SAMPLE)
    try:
        result = corpus.remembering(search)(query)
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "No document can be shown", str(error)), key="at_random")
        return
    others = replace(link, query=replace(link.query, seed=(link.query.seed + 1) % _SEEDS))
    more = panel.door(others, f"{_SAMPLE} others", data_name="others") if result.total > _SAMPLE else None
    title = f"{min(_SAMPLE, result.total)} documents at random" if result.total > 1 else "The document"
    head = element("h3", element("span", title), more)
    hits = hits_html(link.to(OVERVIEW, query), result.hits, corpus)
    panel.show(element("div", head, hits, class_="at-random"), key="at_random", on_act=marking.on_star(link, corpus))
