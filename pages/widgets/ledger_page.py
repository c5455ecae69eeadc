"""The Ledger page: an ordered chain of rules, and what each removes of the documents that the query selects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args
from urllib.parse import urljoin

import streamlit as st

from corpuscope.command_line import export_command, ledger_command
from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError
from corpuscope.filters import Filter
from corpuscope.ledger.counts import LedgerCounts, Step
from corpuscope.ledger.ledger import Ledger, Part
from corpuscope.ledger.tally import Tally, rule_mask
from corpuscope.links import LEDGER, Link, to_url
from corpuscope.query import Query
from corpuscope.results import Hit
from corpuscope.sessions.marks import MarkedCorpus
from pages.widgets import exploration, ledger_rules, panel, summary_view
from pages.widgets.all_matches import failure, no_match, opening
from pages.widgets.kept import kept
from pages.widgets.ledger_view import SAMPLE, LedgerView, Opened
from pages.widgets.patience import patience
from pages.widgets.safe_html import Html, join
from pages.widgets.toolbar import popover

_ANSWER = "ledger_answer"
_KEPT_FILE = "kept.parquet"


@dataclass(frozen=True)
class _Answer:
    """The counts of a ledger, other thresholds of each rule, and documents of the part that is open."""

    counts: LedgerCounts
    steps: list[tuple[Step, ...]]
    hits: list[Hit]


def ledger_page() -> None:
    """Draw the page that the URL describes."""
    here = opening(LEDGER)
    if here is None:
        return
    link, corpus = here.link, here.corpus
    status = st.empty()
    try:
        if here.wrong is not None:
            raise here.wrong
        with status, patience(link.query):
            answer = _answer(link, corpus)
    except CorpuscopeError as error:
        with status:
            panel.show(_wrong(link, corpus, error), key="error")
        return
    with status:
        if not answer.counts.start.documents:
            panel.show(no_match(link, "No document to start from"), key="nothing")
            return
        view = LedgerView(link, answer.counts, corpus.fields, answer.steps)
        panel.show(view.figures(), key="figures")
    _show(view, link, corpus, answer)


def _answer(link: Link, corpus: MarkedCorpus) -> _Answer:
    """The answer, kept while only other parts of the page change."""
    ledger = Ledger(start=link.query, rules=tuple(link.rules or ()))  # type: ignore[arg-type]  # parsed there
    part = _open_part(link, ledger)
    return kept(_ANSWER, (corpus, ledger, part, link.query.seed), lambda: _compute(corpus, ledger, part, link.query))


def _compute(corpus: Corpus, ledger: Ledger, part: tuple[Part, int] | None, query: Query) -> _Answer:
    tally = Tally(corpus, ledger)
    steps = [tally.steps(i) for i in range(len(ledger.rules))]
    hits = [] if part is None else tally.sample(part[1], part[0], n=SAMPLE, seed=query.seed)
    return _Answer(tally.counts, steps, hits)


def _open_part(link: Link, ledger: Ledger) -> tuple[Part, int] | None:
    """The part of a rule whose documents are shown; none when its rule is gone."""
    if link.part is None:
        return None
    name, _, number = link.part.partition("-")
    part: Part = next(p for p in get_args(Part) if p == name)
    return (part, int(number) - 1) if int(number) <= len(ledger.rules) else None


def _show(view: LedgerView, link: Link, corpus: MarkedCorpus, answer: _Answer) -> None:
    ledger = answer.counts.ledger
    with st.container():
        if ledger.rules:
            part = _open_part(link, ledger)
            opened = None if part is None else Opened(*part, answer.hits, corpus)
            panel.show(view.rules(opened), key="rules", on_act=ledger_rules.on_act(link, corpus, answer.steps))
        else:
            panel.show(_no_rule_yet(), key="rules")
    ledger_rules.add_rules(link, corpus, ledger)
    with st.container():
        if ledger.rules:
            _ways(view, link, corpus, ledger)
    result = answer.counts.as_result()
    if ledger.rules and (trouble := exploration.record(link, corpus, result, rules=len(ledger.rules))):
        panel.show(summary_view.notice("hint", "This exploration is not saved", trouble), key="unsaved")


def _ways(view: LedgerView, link: Link, corpus: MarkedCorpus, ledger: Ledger) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        panel.show(view.ways(), key="ways")
        with popover("Copy", "ledger_copy", "Copy this ledger as a link or a command") as is_open:
            if is_open:
                _copies(link, corpus, ledger)


def _copies(link: Link, corpus: MarkedCorpus, ledger: Ledger) -> None:
    session = link.session if corpus.marks else None
    st.caption("Link to this page, with its session")
    st.code(urljoin(st.context.url or "", to_url(link)), language=None, wrap_lines=True)
    st.caption("Command: count the same; with --out it writes the ledger as a file")
    st.code(ledger_command(corpus.folder, ledger, session=session), language="bash", wrap_lines=True)
    st.caption("Command: export what is kept")
    st.code(export_command(corpus.folder, ledger.kept, _KEPT_FILE, session=session), language="bash", wrap_lines=True)


def _no_rule_yet() -> Html:
    body = (
        "A rule is a condition that documents must satisfy to be kept, such as words ≥ 50. Add one, and the ledger "
        "says what it removes in documents and in tokens: in the chain, by itself, and that no other rule removes. "
        "Nothing in the corpus is changed."
    )
    return summary_view.notice("hint", "No rule yet", body)


def _wrong(link: Link, corpus: MarkedCorpus, error: CorpuscopeError) -> Html:
    """What cannot be asked, and the way on: without the rules that are to blame, where rules are."""
    rules = link.rules or ()
    faults = {i: fault for i, rule in enumerate(rules) if (fault := _fault(corpus, rule)) is not None}
    if not faults:
        return failure(link, "This ledger cannot be counted", error)
    lines = [join([f"Rule {i + 1}: ", fault]) for i, fault in faults.items()]
    sound = tuple(rule for i, rule in enumerate(rules) if i not in faults) or None
    leave = "Leave the rule out" if len(faults) == 1 else "Leave these rules out"
    without = panel.door(replace(link, rules=sound, part=None), leave, data_name="leave out")
    return summary_view.notice("error", "A rule cannot be asked of this corpus", *lines, without)


def _fault(corpus: MarkedCorpus, rule: str) -> str | None:
    """What is wrong with a rule."""
    try:
        rule_mask(corpus, Filter.parse(rule))
    except CorpuscopeError as error:
        return str(error)
    return None
