"""The Safety page: flags first, then what a threshold would do, to whom, and how right it is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import streamlit as st

from corpuscope.command_line import quote
from corpuscope.errors import CorpuscopeError
from corpuscope.links import SAFETY
from corpuscope.safety.borderline import borderline, excerpts
from corpuscope.safety.curve import Curve, curve
from corpuscope.safety.dimensions import dimensions
from corpuscope.safety.disparity import disparity
from corpuscope.safety.effect import Effect, threshold_effect
from corpuscope.safety.flags import FlagsTable, flags_table
from corpuscope.safety.population import Population
from corpuscope.safety.review import Judged, draw, review_precision
from corpuscope.sessions.marks import MarkedCorpus
from corpuscope.wording import partly
from pages.widgets import exploration, panel, summary_view, wording
from pages.widgets.all_matches import failure, no_match, opening
from pages.widgets.patience import patience
from pages.widgets.quality_tables import head
from pages.widgets.safe_html import Html, element, join
from pages.widgets.safety import controls
from pages.widgets.safety.disparity_view import disparity_html
from pages.widgets.safety.effect_view import domains_html, ratings_html
from pages.widgets.safety.excerpt_view import borderline_html
from pages.widgets.safety.flags_view import flags_html
from pages.widgets.safety.place import Place, place_of
from pages.widgets.safety.review_view import Queue, review_html
from pages.widgets.safety.threshold_view import ThresholdView

#: The documents that this window has counted last.
_COUNTED = "safety_counted"


def safety_page() -> None:
    """Draw the page that the URL describes."""
    here = opening(SAFETY)
    if here is None:
        return
    link, corpus = here.link, here.corpus
    known = dimensions(corpus.fields.values())
    status = st.empty()
    try:
        if here.wrong is not None:
            raise here.wrong
        if not known:
            panel.show(_nothing_flags(corpus), key="nothing")
            return
        place = place_of(link, corpus, known)
        with status, _sign(place):
            answer = _count(place)
    except CorpuscopeError as error:
        with status:
            panel.show(failure(link, "This cannot be counted", error), key="error")
        return
    with status:
        if answer is None:
            panel.show(no_match(link, "No document matches"), key="nothing")
            return
        panel.show(_remarks(answer.documents), key="remarks")
    _show(place, answer)


@dataclass(frozen=True)
class _Answer:
    """What is counted before anything is drawn; the rest follows while this is looked at."""

    documents: Population
    flags: FlagsTable
    curve: Curve
    effect: Effect


def _count(place: Place) -> _Answer | None:
    """What stands first; None where there is nothing to count."""
    documents = place.population()
    if not len(documents):
        return None
    at = {} if place.link.threshold is None else {place.cut.dimension.name: place.link.threshold}
    return _Answer(
        documents=documents,
        flags=flags_table(documents, place.dimensions, place.by, at),
        curve=curve(documents, place.cut.dimension),
        effect=threshold_effect(documents, place.cut),
    )


def _sign(place: Place) -> AbstractContextManager[None]:
    """A sign of work for documents that this window counts for the first time; then it would only flicker."""
    counted = (place.corpus.label, place.link.query.of_all_matches())
    if place.link.query.reads_texts or st.session_state.get(_COUNTED) == counted:
        return patience(place.link.query)
    st.session_state[_COUNTED] = counted
    return st.spinner("Counting …")


def _nothing_flags(corpus: MarkedCorpus) -> Html:
    """That no field flags anything, and the command that makes one that does."""
    command = element("code", f"corpuscope annotate {quote(str(corpus.folder))} toxicity")
    return summary_view.notice(
        "empty", "No field of this corpus flags documents", join(["Make one with ", command, "."])
    )


def _remarks(documents: Population) -> Html:
    selection = documents.selection
    notes = list(selection.notes)
    if selection.partial is not None:
        notes.append(partly(selection.partial))
    return join(element("p", note, class_="note") for note in notes)


def _show(place: Place, answer: _Answer) -> None:
    _flags(place, answer)
    _threshold(place, answer)
    for draw_section in (_ratings, _domains, _payers, _own_group, _borderline, _review):
        try:
            draw_section(place, answer.documents)
        except CorpuscopeError as error:
            without = panel.door(
                replace(place.link, compare=None, groups=None), "Without ratings and groups of your own"
            )
            notice = summary_view.notice("error", "This cannot be told", str(error), without)
            panel.show(notice, key=f"error{draw_section.__name__}")


def _flags(place: Place, answer: _Answer) -> None:
    matching = wording.documents(len(answer.documents))
    about = f"{matching} match; each dimension flags some of them. A column's head chooses it for the threshold."
    panel.show(head("Flags by dimension", about), key="flags_head")
    controls.choose_grouping(place)
    panel.show(flags_html(place, answer.flags), key="flags")


def _threshold(place: Place, answer: _Answer) -> None:
    about = "Every match is counted; nothing in the corpus is changed."
    panel.show(head("What a threshold does", about), key="cut_head")
    view = ThresholdView(place, answer.effect, answer.curve)
    panel.show(view.html(), key="threshold", on_act=controls.on_threshold(place, answer.curve))


def _ratings(place: Place, documents: Population) -> None:
    about = "Does the filter take the good with the bad?"
    panel.show(head("Ratings of what stays and what goes", about), key="ratings_head")
    controls.choose_ratings(place)
    panel.show(ratings_html(threshold_effect(documents, place.cut, ratings=place.ratings)), key="ratings")


def _domains(place: Place, documents: Population) -> None:
    panel.show(head("Domains before and after", "Shares of documents; pp are percentage points."), key="domains_head")
    effect = threshold_effect(documents, place.cut, domains=place.domains)
    panel.show(domains_html(place, effect), key="domains")


def _payers(place: Place, documents: Population) -> None:
    about = "How much of each group is kept, beside the whole. Groups of your own are filters."
    panel.show(head("Who pays", about), key="pays_head")
    told = disparity(documents, place.cut, place.people, place.own)
    panel.show(disparity_html(place, told), key="pays")


def _own_group(place: Place, documents: Population) -> None:
    del documents  # a group may be added where those that there are cannot be counted
    controls.add_group(place)


def _borderline(place: Place, documents: Population) -> None:
    about = "Documents at random among the nearest to the threshold. Texts are folded: they may be offensive."
    panel.show(head("Borderline documents", about), key="near_head")
    told = borderline(documents, place.cut, seed=place.link.query.seed)
    panel.show(borderline_html(place, told), key="near")


def _review(place: Place, documents: Population) -> None:
    about = "Judge documents drawn at random: a agrees, d disagrees, s skips. Verdicts stay in the session."
    panel.show(head("Review", about), key="review_head")
    panel.show(review_html(place, _queue(place, documents)), key="review", on_act=controls.on_review(place))


def _queue(place: Place, documents: Population) -> Queue:
    drawn = draw(documents, place.cut, flagged=place.flagged)
    latest = exploration.reviews(place.link, place.corpus, place.cut.dimension.name)
    judged = {i: Judged(i, m.about.deserves(m.name)) for i, m in latest if m.about is not None}
    told = review_precision(drawn, judged)
    shown = None
    if told.next is not None:
        (shown,) = excerpts(documents, place.cut, drawn.rows[told.next : told.next + 1])
    return Queue(drawn, told, shown, latest, controls.unfolds())
