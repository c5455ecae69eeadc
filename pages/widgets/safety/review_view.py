"""The review queue as HTML: one document, three answers, and what they say of the flag so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpuscope.filters import Filter
from corpuscope.links import SEARCH
from corpuscope.query import Query
from corpuscope.safety.borderline import Excerpt
from corpuscope.safety.review import Draw, Estimate
from corpuscope.sessions.records import Mark
from pages.widgets import download
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join
from pages.widgets.safety.excerpt_view import excerpt
from pages.widgets.safety.place import Place

#: Acts of the panel: a verdict, taking the latest back, and showing texts at once.
AGREE, DISAGREE, SKIP, UNDO, UNFOLD = "agree", "disagree", "skip", "undo", "unfold"


@dataclass(frozen=True)
class Queue:
    """What is reviewed and what was said of it; `latest` are the session's last reviews on the dimension."""

    drawn: Draw
    told: Estimate
    shown: Excerpt | None
    latest: Sequence[tuple[str, Mark]]
    unfolds: bool


def review_html(place: Place, queue: Queue) -> Html:
    """The choice of a side, what the verdicts say, and the next document."""
    return element(
        "section", _sides(place), _told(place, queue), _card(place, queue), _latest(place, queue), class_="review"
    )


def _sides(place: Place) -> Html:
    ways = ((None, "Flagged: is the flag right?"), ("unflagged", "Not flagged: was any missed?"))
    doors = (
        door(
            replace(place.link, review=side),
            label,
            data_name=f"side {side or 'flagged'}",
            role="button",
            class_="pressed" if (side is None) == place.flagged else None,
            aria_pressed="true" if (side is None) == place.flagged else "false",
        )
        for side, label in ways
    )
    return element("span", *doors, class_="ways", role="group", aria_label="Which documents are reviewed")


def _told(place: Place, queue: Queue) -> Html:
    """Precision, or the miss rate, with its interval."""
    told, drawn = queue.told, queue.drawn
    name = "precision" if place.flagged else "miss rate"
    share = "–" if told.share is None else f"{told.share:.0%}"
    bounds = f"{told.interval.low:.0%} – {told.interval.high:.0%}" if told.judged else "nothing judged yet"
    side = place.cut.flag.in_words() if place.flagged else place.cut.unflagged_in_words
    parts = [
        element("p", element("b", share), element("span", name), class_="figure", data_name="estimate"),
        element("p", element("b", bounds), element("span", "95%, Wilson"), class_="figure"),
        element(
            "p", element("b", f"{told.judged:,}"), element("span", _counted(told)), class_="figure", data_name="judged"
        ),
        element(
            "p",
            element("b", f"{drawn.of:,}"),
            element("span", f"documents with {side}, in random order"),
            class_="figure",
        ),
    ]
    return element("div", *parts, class_="overview-figures")


def _counted(told: Estimate) -> str:
    return f"judged, {told.skipped:,} skipped" if told.skipped else "judged"


def _card(place: Place, queue: Queue) -> Html:
    """The next document and the answers; the place is there when nothing is left, too."""
    if queue.shown is None:
        why = "All that were drawn are judged." if queue.drawn.of else "No document is on this side."
        return element("div", element("p", why, class_="quiet"), class_="review-card")
    body = element("div", *excerpt(place, queue.shown, is_open=queue.unfolds))
    return element("div", _question(place), _answers(queue.shown.id), body, class_="review-card")


def _question(place: Place) -> Html:
    side = place.cut.flag.in_words() if place.flagged else place.cut.unflagged_in_words
    asked = f"It is flagged: {side}." if place.flagged else f"It is not flagged: {side}."
    return element("p", asked, " Do you agree?", class_="question")


def _answers(identifier: str) -> Html:
    answers = ((AGREE, "Agree", "a"), (DISAGREE, "Disagree", "d"), (SKIP, "Skip", "s"))
    buttons = (
        element(
            "button",
            label,
            element("kbd", key),
            type="button",
            class_="answer",
            data_act=name,
            data_value=identifier,
            data_key=key,
            data_name=f"answer {name}",
        )
        for name, label, key in answers
    )
    return element("div", *buttons, class_="answers", role="group", aria_label="Your verdict")


def _latest(place: Place, queue: Queue) -> Html:
    """What was said last, the way back, and where all verdicts are."""
    unfold = element(
        "button",
        "Fold texts while reviewing" if queue.unfolds else "Show texts at once while reviewing (may be offensive)",
        type="button",
        class_="plain",
        data_act=UNFOLD,
        data_value="no" if queue.unfolds else "yes",
        data_name="unfold",
    )
    lines = [unfold]
    if queue.latest:
        identifier, mark = queue.latest[-1]
        undo = element(
            "button", "Undo", type="button", class_="plain", data_act=UNDO, data_value=mark.id, data_name=UNDO
        )
        lines.append(join([f"Last: {mark.name} on ", datum(identifier), " · ", undo]))
        lines.append(_fetch(place))
    older = sum(m.corpus_version != place.corpus.version for _, m in queue.latest)
    if older:
        lines.append(
            element("span", f"{older:,} verdicts were given on another version of the corpus.", class_="warning")
        )
    return element("p", *(element("span", line) for line in lines), class_="review-foot")


def _fetch(place: Place) -> Html:
    """All verdicts of the session: as a search, and as files."""
    name, session = place.cut.dimension.name, place.link.session or ""
    values = tuple(f"{name}: {verdict}" for verdict in (AGREE, DISAGREE))
    search = place.link.to(SEARCH, Query(filters=(Filter(place.corpus.names["review"], "=", values),)))
    files = join(
        join([" · ", element("a", form.upper(), href=download.verdicts_address(session, form), download=True)])
        for form in ("csv", "jsonl")
    )
    return join(["Verdicts: ", door(search, "search", data_name="reviewed"), files])
