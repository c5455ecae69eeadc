"""What changes the rules of a ledger and is no click on a door: typing, sliding, and adding rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.filters import Filter
from corpuscope.ledger.counts import Step
from corpuscope.ledger.ledger import Ledger, threshold
from corpuscope.ledger.proposals import proposed_rule, published_rules
from corpuscope.ledger.tally import rule_mask
from corpuscope.links import Link
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import location, marking, panel, summary_view
from pages.widgets.ledger_controls import SLID
from pages.widgets.ledger_view import at_ledger
from pages.widgets.panel import OnAct
from pages.widgets.safe_html import element, join

_FIELD, _EXPRESSION, _TROUBLE = "ledger_field", "ledger_expression", "ledger_trouble"


def on_act(link: Link, corpus: MarkedCorpus, steps: Sequence[tuple[Step, ...]]) -> OnAct:
    """What a changed threshold, a slider, changed values or a document's star do."""
    star, change = marking.on_star(link, corpus), partial(_change, link, corpus, steps)

    def act(name: str, value: str) -> None:
        if name == "range":
            which, given, _ = json.loads(value)
            kind, _, number = which.partition(" ")
            change(kind, int(number) - 1, given)
        elif name == SLID:
            number, place = value.split()
            change(SLID, int(number) - 1, place)
        else:
            star(name, value)

    return act


def add_rules(link: Link, corpus: MarkedCorpus, ledger: Ledger) -> None:
    """A rule on any field, one that is typed, or a published set."""
    st.session_state[_FIELD] = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Add a rule on a field",
            list(corpus.fields),
            key=_FIELD,
            placeholder="search among fields",
            on_change=_add_field,
            args=(link, corpus),
            width=280,
        )
        with (
            st.form("ledger_form", border=False, width=420),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
        ):
            st.text_input("Or write a rule", key=_EXPRESSION, placeholder="words>=50")
            st.form_submit_button("Add", on_click=_add_expression, args=(link, corpus))
    if trouble := st.session_state.get(_TROUBLE):
        panel.show(summary_view.notice("error", "This rule cannot be added", trouble), key="ledger_notice")
    _sets(link, corpus, ledger)


def _sets(link: Link, corpus: MarkedCorpus, ledger: Ledger) -> None:
    """Published filters whose decisions the corpus has and the ledger has not."""
    doors = [
        panel.door(_with(link, ledger, rule), title, data_name=f"set {title}")
        for title, rule in published_rules(corpus.fields).items()
        if rule not in ledger.rules
    ]
    if doors:
        listed = join([doors[0], *(join([" · ", d]) for d in doors[1:])])
        panel.show(element("p", "Published rules: ", listed, class_="offers quiet"), key="sets")


def _change(
    link: Link, corpus: MarkedCorpus, steps: Sequence[tuple[Step, ...]], kind: str, index: int, given: str
) -> None:
    """Give a rule another threshold, or other values."""
    ledger = _ledger(link)
    if index >= len(ledger.rules) or index >= len(steps):
        return
    rule = ledger.rules[index]
    changed = _slid(rule, steps[index], int(given)) if kind == SLID else _typed(rule, given)
    rule_mask(corpus, changed)  # what the field cannot be compared with is said here, and the rule stays
    _go(link, ledger.with_rule(changed, index))


def _slid(rule: Filter, steps: tuple[Step, ...], place: int) -> Filter:
    return replace(rule, values=(str(steps[place].threshold),))


def _typed(rule: Filter, text: str) -> Filter:
    """The rule with another threshold, or with other values in the grammar of filters."""
    if threshold(rule) is not None:
        return Filter.parse(f"{replace(rule, values=())}{text}") if text.strip() else rule
    return Filter.parse(f"{replace(rule, values=())}{text}")


def _add_field(link: Link, corpus: MarkedCorpus) -> None:
    name = st.session_state[_FIELD]
    if name is None or location.has_moved(link):
        return
    ledger = _ledger(link)
    _add(link, corpus, ledger, lambda: proposed_rule(corpus, ledger.start, name))


def _add_expression(link: Link, corpus: MarkedCorpus) -> None:
    expression = st.session_state[_EXPRESSION].strip()
    if expression and _add(link, corpus, _ledger(link), lambda: Filter.parse(expression)):
        st.session_state[_EXPRESSION] = ""


def _add(link: Link, corpus: MarkedCorpus, ledger: Ledger, make: Callable[[], Filter]) -> bool:
    """Add a rule unless it cannot be asked, which is said on the page; whether it was added."""
    st.session_state[_TROUBLE] = None
    try:
        rule = make()
        rule_mask(corpus, rule)
        _go(link, ledger.with_rule(rule))
    except CorpuscopeError as error:
        st.session_state[_TROUBLE] = str(error)
        return False
    return True


def _ledger(link: Link) -> Ledger:
    """The ledger as it is now: of two changes in quick succession, the second is made to what the first one left."""
    now = location.latest(link)
    return Ledger(start=now.query, rules=tuple(now.rules or ()))  # type: ignore[arg-type]  # parsed there


def _go(link: Link, ledger: Ledger) -> None:
    location.go(at_ledger(location.latest(link), ledger))


def _with(link: Link, ledger: Ledger, rule: Filter) -> Link:
    return at_ledger(link, ledger.with_rule(rule))
