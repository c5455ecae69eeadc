"""The Quality page: how the documents that the query selects are rated, beside the whole corpus."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from itertools import chain, zip_longest
from typing import Any

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.fields import Field
from corpuscope.links import QUALITY, Link
from corpuscope.ratings.correlation import MOST_RATINGS, correlate
from corpuscope.ratings.groups import group_rating, grouping_fields, telling_field
from corpuscope.ratings.kinds import RatingGroup, rating_groups
from corpuscope.ratings.profiles import Profiles, profile
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import facet_panel, location, panel, quality_tables, summary_view
from pages.widgets.all_matches import failure, no_match, opening
from pages.widgets.quality_view import QualityView, no_ratings

#: What the reader looks for among the ratings.
_ASKED = "quality_asked"
_COMPARED, _RATING, _BY = "quality_compared", "quality_rating", "quality_by"
#: So many ratings are drawn at once where the reader has unfolded none, or looks for some by name.
_FIRST, _MOST_FOUND = 12, 24
_COMPARED_AT_FIRST = 8


def quality_page() -> None:
    """Draw the page that the URL describes."""
    here = opening(QUALITY)
    if here is None:
        return
    link, corpus = here.link, here.corpus
    groups = rating_groups(corpus.fields.values())
    status = st.empty()
    try:
        if here.wrong is not None:
            raise here.wrong
        if not groups:
            panel.show(no_ratings(corpus.folder), key="nothing")
            return
        with status, st.spinner("Counting …"):
            shown = _shown(link, groups)
            names = tuple(f.name for group in shown for f in group.fields)
            profiles = corpus.remembering(profile)(link.query.of_all_matches(), names)
    except CorpuscopeError as error:
        with status:
            panel.show(failure(link, "This search cannot be run", error), key="error")
        return
    with status:
        if not profiles.result.total:
            panel.show(no_match(link, "No document matches"), key="nothing")
            return
        _ratings(link, corpus, groups, shown, profiles)
    _tables(link, corpus, groups)


def _shown(link: Link, groups: tuple[RatingGroup, ...]) -> tuple[RatingGroup, ...]:
    """The groups that are unfolded: those of the URL, those with ratings that are looked for, else the first."""
    if asked := _asked():
        found = [replace(g, fields=tuple(f for f in g.fields if _is_asked(f, asked))) for g in groups]
        return _first(found, _MOST_FOUND)
    if link.open is not None:
        return tuple(g for g in groups if g.name in link.open)
    sizes = [sum(len(g.fields) for g in groups[: i + 1]) for i in range(len(groups))]
    return tuple(g for i, g in enumerate(groups) if i == 0 or sizes[i] <= _FIRST)


def _first(groups: list[RatingGroup], most: int) -> tuple[RatingGroup, ...]:
    """The first ratings of some groups; those without any are left out."""
    out = []
    for group in groups:
        fields = group.fields[:most]
        most -= len(fields)
        out += [replace(group, fields=fields)] if fields else []
    return tuple(out)


def _asked() -> str:
    text: str = st.session_state.get(_ASKED, "")
    return text.strip().casefold()


def _is_asked(field: Field, asked: str) -> bool:
    return asked in field.name.casefold() or asked in field.meaning.casefold()


def _ratings(
    link: Link, corpus: MarkedCorpus, groups: tuple[RatingGroup, ...], shown: tuple[RatingGroup, ...], told: Profiles
) -> None:
    view = QualityView(link, told, corpus.fields, groups, shown)
    asked = st.session_state.get(_ASKED, "")
    panel.show(view.html(asked, most_found=_MOST_FOUND), key="ratings", on_act=partial(_act, link, corpus, told))


def _act(link: Link, corpus: MarkedCorpus, told: Profiles, name: str, value: str) -> None:
    if name == "ask":
        st.session_state[_ASKED] = json.loads(value)[1]
    else:
        facet_panel.choose_range(link, corpus, told.result, name, value)


def _tables(link: Link, corpus: MarkedCorpus, groups: tuple[RatingGroup, ...]) -> None:
    """A rating by another field, and how far ratings agree."""
    _by(link, corpus, [f.name for g in groups for f in g.fields])
    _correlations(link, corpus, _numbers(groups))


def _by(link: Link, corpus: MarkedCorpus, ratings: list[str]) -> None:
    fields = [name for name in grouping_fields(corpus.fields) if name not in ratings]
    chosen = link.by[0] if link.by else telling_field(corpus, fields)
    rating = link.rating or ratings[0]
    if chosen is None:
        return
    state = st.session_state
    state[_RATING], state[_BY] = rating, chosen
    panel.show(quality_tables.head("By source, topic, year …", "Each row is a door to its documents."), key="by_head")
    with st.container(horizontal=True, gap="small"):
        options = list(dict.fromkeys([*ratings, rating]))
        common: dict[str, Any] = {"label_visibility": "collapsed", "on_change": _tell, "args": (link,)}
        st.selectbox("Rating", options, key=_RATING, **common)
        options = list(dict.fromkeys([*fields, chosen]))
        st.selectbox("By", options, key=_BY, format_func=lambda f: f"by {f}", **common)
    try:
        grouped = corpus.remembering(group_rating)(link.query.of_all_matches(), rating, chosen)
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "This cannot be told", str(error)), key="by")
        return
    panel.show(quality_tables.grouped_html(link, grouped), key="by")


def _tell(link: Link) -> None:
    if not location.has_moved(link):
        location.go(replace(link, rating=st.session_state[_RATING], by=(st.session_state[_BY],)))


def _numbers(groups: tuple[RatingGroup, ...]) -> list[str]:
    """Ratings that are numbers, one of each group after the other: so the first ones are of many kinds."""
    by_group = [[f.name for f in g.fields if f.is_number] for g in groups]
    return [name for name in chain.from_iterable(zip_longest(*by_group)) if name is not None]


def _correlations(link: Link, corpus: MarkedCorpus, numbers: list[str]) -> None:
    chosen = list(link.compare or numbers[:_COMPARED_AT_FIRST])
    if len(numbers) < 2 and not link.compare:
        return
    st.session_state[_COMPARED] = chosen
    about = "Spearman's rank correlation; a cell opens the documents that both put at their ends."
    panel.show(quality_tables.head("Do ratings agree?", about), key="compare_head")
    st.multiselect(
        "Ratings compared",
        list(dict.fromkeys([*sorted(numbers), *chosen])),
        key=_COMPARED,
        max_selections=MOST_RATINGS,
        label_visibility="collapsed",
        placeholder="Choose ratings to compare",
        on_change=_compare,
        args=(link,),
    )
    try:
        found = corpus.remembering(correlate)(link.query.of_all_matches(), tuple(chosen))
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "These cannot be compared", str(error)), key="compare")
        return
    panel.show(quality_tables.correlation_html(link, found), key="compare")


def _compare(link: Link) -> None:
    if not location.has_moved(link):
        location.go(replace(link, compare=tuple(st.session_state[_COMPARED]) or None))
