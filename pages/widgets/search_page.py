"""The Search page, from the URL to the hits."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError, InvalidQuery
from corpuscope.links import SEARCH, SESSIONS, Link
from corpuscope.query import BY_MEANING, Query
from corpuscope.results import SearchResult
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import exploration, marking, panel, query_bar, refine, summary_view, toolbar
from pages.widgets.arrival import arrive
from pages.widgets.corpus_choice import choose_corpus
from pages.widgets.facet_panel import facet_panel
from pages.widgets.facet_view import default_facets
from pages.widgets.hit_view import hits_html
from pages.widgets.kept import kept
from pages.widgets.patience import patience
from pages.widgets.safe_html import element, join

_ANSWER = "answer"
_OFFERS = "offers"
#: Filters that are tried when nothing matches.
_MOST_OFFERS = 8


def search_page() -> None:
    """Draw the page that the URL describes."""
    here = arrive(SEARCH)
    if here is None:
        return
    link, corpus = here.link, here.corpus
    query_bar.query_form(link)
    with st.container():  # there without conditions too, or all below it would be drawn anew with the first one
        if conditions := summary_view.pills(link):
            panel.show(conditions, key="pills")
    with st.container(key="status"):  # as high without the counts: nothing below it jumps when they are drawn anew
        status = st.empty()
    facets = link.query.facets or default_facets(corpus.fields)
    with st.sidebar:
        choose_corpus(link)
        query_bar.filter_form(link)
        if wrong := query_bar.filter_error():
            panel.show(summary_view.notice("error", "This filter cannot be read", wrong), key="filter_notice")
    try:
        if here.wrong is not None:
            raise here.wrong
        with status, patience(link.query):
            result = _answer(corpus, replace(link.query, facets=facets))
    except CorpuscopeError as error:
        _show_error(status, link, error)
        return
    _show_answer(status, link, corpus, result)


def _answer(corpus: Corpus, query: Query) -> SearchResult:
    """The answer, kept while only other parts of the page change: a scan of all texts takes seconds."""
    return kept(_ANSWER, (corpus, query), lambda: corpus.search(query))


def _show_answer(status: DeltaGenerator, link: Link, corpus: MarkedCorpus, result: SearchResult) -> None:
    with st.sidebar:
        facet_panel(link, corpus, result)
        query_bar.add_facet(link, result.query.facets, corpus.fields)
    left_out = sum(r.count for r in corpus.manifest.rejected.values())
    with status:
        panel.show(summary_view.counts(result, tokens_by=_tokens_by(corpus), left_out=left_out), key="counts")
    toolbar.toolbar(link, corpus, result)
    with st.container():
        marking.show_latest(link)
        _show_drift(link)
    if result.hits:
        hits = hits_html(link, result.hits, corpus)
        panel.show(join([hits, summary_view.pager(link, result)]), key="hits", on_act=marking.on_star(link, corpus))
    else:
        _show_nothing(link, corpus, result)
    if trouble := exploration.record(link, corpus, result):
        panel.show(summary_view.notice("hint", "This exploration is not saved", trouble), key="unsaved")


def _show_drift(link: Link) -> None:
    """What has changed in the corpus since the session was last worked in."""
    if changes := exploration.drift(link):
        close = element("button", "Dismiss", type="button", class_="plain", data_act="dismiss")
        steps = panel.door(link.to(SESSIONS), "Steps of this session")
        title = "The corpus has changed since the last step of this session"
        notice = summary_view.notice("hint", title, *changes, join([steps, " · ", close]))
        panel.show(notice, key="drift", on_act=lambda _name, _value: exploration.forget_drift())


def _show_nothing(link: Link, corpus: Corpus, result: SearchResult) -> None:
    """No hit on this page: none at all, or a page past the last one."""
    if result.total:
        first = panel.door(replace(link, query=replace(link.query, offset=0)), "Go to the first page")
        panel.show(summary_view.notice("empty", "There is no such page", first), key="hits")
        return
    offers = [o for o in kept(_OFFERS, (corpus, link.query), lambda: _offers(corpus, link.query)) if o[1]]
    body = summary_view.ways_out(link, offers) if offers else "Try other words, or keyword mode: it takes any of them."
    panel.show(summary_view.notice("empty", "No document matches", body), key="hits")


def _offers(corpus: Corpus, query: Query) -> list[tuple[Query, int, str]]:
    """Queries with one condition less, and how many documents they match; none where that takes long to know."""
    if query.has_text and query.reads_texts:
        return []
    bare = replace(query, k=0, offset=0, facets=())
    less = [(refine.without_filter(bare, i), f.in_words()) for i, f in enumerate(query.filters[:_MOST_OFFERS])]
    if query.where:
        less.append((replace(bare, where=None), query.where))
    if query.threshold is not None:
        less.append((replace(bare, threshold=None), f"a similarity of {query.threshold:g} and more"))
    if query.has_text and less:
        less.append((replace(bare, text=""), query.text))
    if len(query.filters) + bool(query.where) > 1:
        less.append((refine.without_filters(bare), "any condition"))
    return [(replace(q, k=query.k, facets=query.facets), corpus.search(q).total, what) for q, what in less]


def _show_error(status: DeltaGenerator, link: Link, error: CorpuscopeError) -> None:
    """The error's own sentence, and a way on."""
    ways = []
    if isinstance(error, InvalidQuery) and link.query.mode in ("boolean", "regex", *BY_MEANING):
        keyword = replace(link, query=refine.in_mode(link.query, "keyword", link.query.text))
        ways.append(panel.door(keyword, "Search the same words as keywords"))
    ways.append(panel.door(link.to(SEARCH, Query()), "Start afresh"))
    lines = [str(error), join([ways[0], *(join([" · ", w]) for w in ways[1:])])]
    with status:
        panel.show(summary_view.notice("error", "This search cannot be run", *lines), key="error")


def _tokens_by(corpus: Corpus) -> str:
    """How tokens were counted, in the words of the annotator that counted them."""
    field = corpus.token_field
    return "" if field is None else " ".join(filter(None, (field.meaning, field.caveat)))
