"""Explorations as HTML: the list of all, and one as a timeline of steps, notes, marks and exports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpuscope.corpus import Corpus
from corpuscope.filters import Filter
from corpuscope.links import DOCUMENT, EXPORT, LEDGER, SEARCH, SESSIONS, Link
from corpuscope.query import Query
from corpuscope.results import Hit
from corpuscope.sessions.records import Event, Export, Mark, Note, Session, Step
from corpuscope.sessions.verdicts import reviews
from corpuscope.wording import counted
from pages.widgets import download, summary_view, wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join


def session_list(link: Link, sessions: Sequence[Session], fresh: Link, corpus: Corpus) -> Html:
    """All explorations, the latest first, each with what it was about."""
    items = [_list_item(link, s, corpus) for s in sessions]
    head = element("h3", element("span", "Explorations"))
    new = element("p", door(fresh, "New exploration", class_="button"))
    return element("div", head, new, element("ol", *items, class_="sessions"), class_="sheet")


def _list_item(link: Link, session: Session, corpus: Corpus) -> Html:
    here = session.id == link.session
    title = element("b", datum(session.name or session.summary or "no search yet"))
    holds = [
        counted(session.steps, "step"),
        f"{session.bookmarks:,} ★" if session.bookmarks else "",
        counted(session.labels, "label") if session.labels else "",
        counted(session.exports, "export") if session.exports else "",
    ]
    about = " · ".join(filter(None, [wording.when(session.changed), session.corpus, *holds]))
    moved = session.corpus == corpus.name and session.snapshot.version != corpus.version
    drift = element("span", " · corpus has changed", class_="warning") if moved else None
    summary = session.name and session.summary and element("span", datum(session.summary), class_="example")
    return element(
        "li",
        door(
            replace(link.to(SESSIONS), session=session.id),
            title,
            summary,
            element("span", datum(about), drift, class_="example"),
            class_="here" if here else None,
            aria_current="true" if here else None,
            data_name=f"session {session.id}",
        ),
    )


def nothing_yet(link: Link, *, any_session: bool) -> Html:
    """The state of a window that has not searched yet."""
    search = door(link.to(SEARCH), "Search for something")
    lines = [join([search, ": every search is kept here, with its counts."])]
    if any_session:
        lines.append(join(["Or open one of the explorations beside."]))
    return summary_view.notice("empty", "This exploration is still empty", *lines)


def drift_notice(corpus: Corpus, step: int, drift: Sequence[str]) -> Html:
    """What has changed in the corpus since a step, the latest one made on another version (0: none was)."""
    if not step:
        return element("p", datum(f"The corpus is as it was: {corpus.label}."), class_="quiet")
    title = f"The corpus has changed since step {step:,}"
    return summary_view.notice("hint", title, *(datum(line) for line in drift or ("Nothing that changes an answer.",)))


def steps_html(link: Link, steps: Sequence[Step], corpus: Corpus, keys: Mapping[str, str | None]) -> Html:
    """Every search with what it counted; each opens as it was. `keys` are those of links, by the corpus's name."""
    rows = [_step_row(link, step, corpus, keys[step.corpus]) for step in reversed(steps)]
    head = element("h3", f"Steps ({len(steps):,})")
    return element("div", head, element("ol", *rows, class_="steps"), class_="sheet")


def _step_row(link: Link, step: Step, corpus: Corpus, key: str | None) -> Html:
    words = datum(step.query.in_words())
    if step.rules:
        words = join([f"Ledger of {counted(step.rules, 'rule')}: ", words])
    name = f"step {step.number}"
    asked = words if key is None else door(replace(_place(link, step), corpus=key), words, data_name=name)
    tokens = ""
    if step.tokens is not None:
        tokens = f" · {wording.compact(step.tokens.count)} tokens{'~' if step.tokens.estimated else ''}"
    amount = f"{step.total:,} of {wording.documents(step.documents)}{tokens}"
    partial = f" · partial: {step.partial}" if step.partial else ""
    details = element(
        "span", f"{amount}{partial} · {wording.when(step.at)}", _where(step, corpus, key), class_="example"
    )
    return element("li", element("span", f"{step.number:,}", class_="rank"), element("div", asked, details))


def _place(link: Link, step: Step) -> Link:
    """The page that shows a step as it was."""
    if (ledger := step.ledger) is None:
        return link.to(SEARCH, step.query)
    return replace(link.to(LEDGER, ledger.start), rules=tuple(map(str, ledger.rules)))


def _where(step: Step, corpus: Corpus, key: str | None) -> Html | None:
    """On which corpus a step was made, where that is not the one shown as it is now."""
    if step.corpus != corpus.name:
        closed = "" if key else ", which is not open here"
        return element("span", " · on the corpus ", datum(step.corpus), closed, class_="warning")
    if step.corpus_version != corpus.version:
        return element("span", f" · on version {step.corpus_version}", class_="warning")
    return None


def notes_html(notes: Sequence[Note]) -> Html:
    """Notes with when they were written."""
    items = [
        element(
            "li",
            element("p", datum(note.text), class_="note-text", dir="auto"),
            element("span", wording.when(note.at), " · ", _act("remove_note", note.id, "remove"), class_="example"),
        )
        for note in notes
    ]
    return element(
        "div", element("h3", f"Notes ({len(notes):,})"), element("ol", *items, class_="notes"), class_="sheet"
    )


def bookmarks_html(link: Link, field: str, hits: Sequence[Hit], total: int) -> Html:
    """Bookmarked documents, each a door."""
    everything = link.to(SEARCH, Query(filters=(Filter(field, "=", ("true",)),)))
    items = [
        element(
            "li", door(replace(link.to(DOCUMENT, everything.query), document=h.id, at=h.rank), datum(h.title or h.id))
        )
        for h in hits
    ]
    more = element("p", door(everything, "Open as a search"), class_="way") if total else None
    return element(
        "div", element("h3", f"Bookmarks ({total:,})"), element("ol", *items, class_="plain-list"), more, class_="sheet"
    )


def marks_html(link: Link, field: str, marks: Sequence[Mark]) -> Html:
    """What was labelled, step by step, each with a way back."""
    labels = [m for m in marks if m.kind == "label"]
    items = [
        element(
            "li",
            door(link.to(SEARCH, Query(filters=(Filter(field, "=", (m.name,)),))), datum(m.name), class_="chip label"),
            f" {'added to' if m.add else 'taken from'} {wording.documents(m.count)} ",
            element("span", datum(m.query.in_words()) if m.query else "one by one", class_="example"),
            element("span", wording.when(m.at), " · ", _act("undo", m.id, "undo"), class_="example"),
        )
        for m in reversed(labels)
    ]
    none = None if labels else element("p", "Label documents on the Search page; labels are filters.", class_="quiet")
    return element(
        "div",
        element("h3", f"Labels ({len(labels):,})"),
        none,
        element("ol", *items, class_="plain-list"),
        class_="sheet",
    )


def reviews_html(link: Link, field: str, session: str, marks: Sequence[Mark]) -> Html:
    """What was said of flags on the Safety page, by dimension, and the ways to take it along."""
    said = [f"{m.about.dimension}: {m.name}" for _, m in reviews(marks) if m.about is not None]
    if not said:
        return Html("")
    items = [
        element(
            "li",
            door(link.to(SEARCH, Query(filters=(Filter(field, "=", (value,)),))), datum(value), class_="chip label")
            if not value.endswith(": skip")
            else datum(value),
            f" {wording.documents(count)}",
        )
        for value, count in sorted(Counter(said).items())
    ]
    files = join(
        element("a", f"{form.upper()} ", href=download.verdicts_address(session, form), download=True)
        for form in ("csv", "jsonl")
    )
    title = element("h3", f"Reviews ({len(said):,})")
    listed = element("ol", *items, class_="plain-list")
    return element("div", title, listed, element("p", "All verdicts: ", files, class_="way"), class_="sheet")


def exports_html(link: Link, exports: Sequence[Export]) -> Html:
    """What was exported; the Export page runs them again."""
    items = [
        element(
            "li",
            datum(e.file_name),
            element("span", _export(e.recipe), " · ", wording.when(e.at), class_="example"),
        )
        for e in reversed(exports)
    ]
    again = element("p", door(link.to(EXPORT), "Fetch or run them again"), class_="way") if exports else None
    return element(
        "div",
        element("h3", f"Exports ({len(exports):,})"),
        element("ol", *items, class_="plain-list"),
        again,
        class_="sheet",
    )


def events_html(link: Link, events: Sequence[Event]) -> Html:
    """Documents whose personal data was shown."""
    revealed = [e for e in events if e.kind == "reveal"]
    if not revealed:
        return Html("")
    items = [
        element(
            "li",
            door(replace(link.to(DOCUMENT, Query()), document=e.document), datum(e.document)),
            element("span", wording.when(e.at), class_="example"),
        )
        for e in reversed(revealed)
    ]
    return element(
        "div",
        element("h3", f"Personal data shown ({len(revealed):,})"),
        element("ol", *items, class_="plain-list"),
        class_="sheet",
    )


def deleted_notice(session: str) -> Html:
    """What was deleted just now, with the way back."""
    body = join(
        ["The exploration was deleted. ", _act("restore", session, "Undo"), " · ", _act("dismiss", "", "Dismiss")]
    )
    return element("p", body, class_="notice hint slim", role="status")


def deleted_list(sessions: Iterable[Session]) -> Html:
    """Deleted explorations that can still be brought back."""
    items = [element("li", datum(s.name or s.summary or s.id), " ", _act("restore", s.id, "restore")) for s in sessions]
    return element("ol", *items, class_="plain-list")


def _act(name: str, value: object, label: str) -> Html:
    return element("button", label, type="button", class_="plain", data_act=name, data_value=str(value))


def _export(recipe: Any) -> str:
    return wording.documents(int(recipe.get("documents_written") or 0))
