"""What a reader of the Safety page changes by other ways than a click on a door."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial

import streamlit as st

from corpuscope.errors import CorpuscopeError, InvalidQuery
from corpuscope.ledger.tally import rule_mask
from corpuscope.ratings.correlation import MOST_RATINGS
from corpuscope.safety.curve import Curve
from corpuscope.safety.disparity import OwnGroup
from corpuscope.sessions.records import Reviewed
from pages.widgets import exploration, location, panel, summary_view
from pages.widgets.panel import OnAct
from pages.widgets.safety.place import Place
from pages.widgets.safety.threshold_view import SLID, TYPED, written

_BY, _RATINGS, _GROUP, _FILTERS = "safety_by", "safety_ratings", "safety_group", "safety_filters"
_TROUBLE, _UNFOLDS = "safety_trouble", "safety_unfolds"
#: Further groups of one's own would make an address that no server takes.
_MOST_GROUPS = 12


def choose_grouping(place: Place) -> None:
    """By which field flags are told."""
    st.session_state[_BY] = place.by
    st.selectbox(
        "By",
        list(dict.fromkeys([*place.groupings, place.by])),
        key=_BY,
        format_func=lambda name: f"by {name}",
        label_visibility="collapsed",
        on_change=_group_by,
        args=(place,),
        width=260,
    )


def _group_by(place: Place) -> None:
    if not location.has_moved(place.link):
        location.go(replace(place.link, by=(st.session_state[_BY],)))


def choose_ratings(place: Place) -> None:
    """Which ratings are compared."""
    if not place.rated:
        return
    st.session_state[_RATINGS] = list(place.ratings)
    st.multiselect(
        "Ratings",
        list(dict.fromkeys([*place.rated, *place.ratings])),
        key=_RATINGS,
        max_selections=MOST_RATINGS,
        label_visibility="collapsed",
        placeholder="Choose ratings",
        on_change=_compare,
        args=(place,),
    )


def _compare(place: Place) -> None:
    if not location.has_moved(place.link):
        location.go(replace(place.link, compare=tuple(st.session_state[_RATINGS]) or None))


def on_threshold(place: Place, curve: Curve) -> OnAct:
    """What the slider, the curves and a typed threshold do."""

    def act(name: str, value: str) -> None:
        which, given = name, value
        if name == "range":
            which, given, _ = json.loads(value)
        if which == SLID:
            given = written(curve.points[min(int(given), len(curve.points) - 1)].threshold)
        if which in (SLID, TYPED):
            location.go(place.at(_checked(given, place)))

    return act


def _checked(given: str, place: Place) -> str:
    """A typed threshold; raises InvalidQuery for what is no number."""
    given = given.strip()
    rule_mask(place.corpus, place.cut.dimension.flag(given))
    if not math.isfinite(float(given)):
        raise InvalidQuery(f"A threshold is a number such as 0.5, not {given}.")
    return given


def add_group(place: Place) -> None:
    """A group of the reader's own: a name and filters."""
    with (
        st.form("safety_form", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input("Your own group", key=_GROUP, placeholder="a name, such as Politics in the news", width=280)
        st.text_area("Its filters, one a line", key=_FILTERS, placeholder="topic=Politics", height=68, width=360)
        st.form_submit_button("Add group", on_click=_add_group, args=(place,))
    if trouble := st.session_state.pop(_TROUBLE, None):
        panel.show(summary_view.notice("error", "This group cannot be added", trouble), key="group_notice")


def _add_group(place: Place) -> None:
    try:
        group = OwnGroup.parse(f"{st.session_state[_GROUP].strip()}\n{st.session_state[_FILTERS]}")
        for condition in group.filters:
            rule_mask(place.corpus, condition)
        others = tuple(g for g in place.own if g.name != group.name)
        if len(others) >= _MOST_GROUPS:
            raise InvalidQuery(f"There are {_MOST_GROUPS} groups already; remove one first.")
    except CorpuscopeError as error:
        st.session_state[_TROUBLE] = str(error)
        return
    location.go(replace(location.latest(place.link), groups=tuple(map(str, (*others, group)))))


def unfolds() -> bool:
    """Whether this window shows the text under review at once."""
    return bool(st.session_state.get(_UNFOLDS))


def on_review(place: Place) -> OnAct:
    """What a verdict does, and the way back."""
    return partial(_review, place)


def _review(place: Place, name: str, value: str) -> None:
    about = Reviewed(place.cut.dimension.name, place.cut.at, place.flagged)
    match name:
        case "agree" | "disagree" | "skip":
            exploration.review(place.link, place.corpus, value, name, about)
        case "undo":
            exploration.undo(place.link, int(value))
        case "unfold":
            st.session_state[_UNFOLDS] = value == "yes"
