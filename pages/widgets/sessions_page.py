"""The Sessions page: all explorations, and the one that this window is in, as a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError
from corpuscope.filters import Filter
from corpuscope.links import SEARCH, SESSIONS, Link
from corpuscope.query import Query
from corpuscope.results import Hit
from corpuscope.sessions.marks import MarkedCorpus
from corpuscope.sessions.records import Session, Step
from corpuscope.sessions.snapshot import Snapshot, changes
from corpuscope.sessions.store import new_id
from pages.widgets import corpora, exploration, location, panel, sessions_view, summary_view
from pages.widgets.arrival import arrive

_DELETED = "sessions_deleted"
#: Bookmarked documents that the page lists; a door leads to all of them.
_MOST_BOOKMARKS = 50


def sessions_page() -> None:
    """Draw the list of explorations and the one that the URL names."""
    here = arrive(SESSIONS)
    if here is None:
        return
    link, corpus = here.link, here.corpus
    try:
        sessions = exploration.store().sessions()
    except CorpuscopeError as error:
        panel.show(summary_view.notice("error", "Sessions cannot be read", str(error)), key="error")
        return
    _show_deleted()
    beside, main = st.columns([1, 2], gap="large")
    with beside:
        fresh = replace(link.to(SEARCH, Query()), session=new_id())
        panel.show(sessions_view.session_list(link, sessions, fresh, corpus), key="sessions")
        _deleted_sessions()
    with main:
        found = next((s for s in sessions if s.id == link.session), None)
        if found is None:
            _show_none(link, any_session=bool(sessions))
        else:
            _show_session(link, corpus, found)


def _show_none(link: Link, *, any_session: bool) -> None:
    """The session of the URL holds nothing, or was deleted."""
    if any(s.id == link.session for s in exploration.store().sessions(deleted=True)):
        panel.show(sessions_view.deleted_notice(link.session or ""), key="session", on_act=_restore)
    else:
        panel.show(sessions_view.nothing_yet(link, any_session=any_session), key="session")


def _show_session(link: Link, corpus: MarkedCorpus, session: Session) -> None:
    store = exploration.store()
    _name_and_actions(session)
    steps, notes = store.steps(session.id), store.notes(session.id)
    act = partial(_act, session.id)
    panel.show(sessions_view.drift_notice(corpus, *_drift(corpus, steps)), key="drift")
    keys = {name: corpora.key_of(name) for name in {step.corpus for step in steps}}
    panel.show(sessions_view.steps_html(link, steps, corpus, keys), key="steps")
    panel.show(sessions_view.notes_html(notes), key="notes", on_act=act)
    with st.form("note_form", border=False, clear_on_submit=True):
        st.text_area("Add a note", key="note", height=80)
        st.form_submit_button("Keep note", on_click=_add_note, args=(session.id, corpus))
    bookmarks, total = _bookmarks(corpus)
    panel.show(sessions_view.bookmarks_html(link, corpus.names["bookmark"], bookmarks, total), key="bookmarks")
    panel.show(sessions_view.marks_html(link, corpus.names["label"], store.marks(session.id)), key="marks", on_act=act)
    reviews = sessions_view.reviews_html(link, corpus.names["review"], session.id, store.marks(session.id))
    panel.show(reviews, key="reviews")
    panel.show(sessions_view.exports_html(link, store.exports(session.id)), key="exports")
    panel.show(sessions_view.events_html(link, store.events(session.id)), key="events")


def _drift(corpus: MarkedCorpus, steps: Sequence[Step]) -> tuple[int, list[str]]:
    """The latest step made on another version of the corpus (0: none), and what has changed since."""
    for step in reversed(steps):
        if step.corpus == corpus.name and step.corpus_version != corpus.version:
            before = exploration.store().snapshot(step.corpus, step.corpus_version)
            return step.number, [] if before is None else changes(before, Snapshot.of(corpus))
    return 0, []


def _name_and_actions(session: Session) -> None:
    st.session_state.session_name = session.name or ""
    name, copy, delete = st.columns([5, 1.3, 1.1], vertical_alignment="bottom")
    name.text_input(
        "Name",
        key="session_name",
        placeholder=session.summary or "name this exploration",
        on_change=_rename,
        args=(session.id,),
    )
    copy.button("Duplicate", on_click=_duplicate, args=(session.id,), use_container_width=True)
    delete.button("Delete", on_click=_delete, args=(session.id,), use_container_width=True)


def _bookmarks(corpus: MarkedCorpus) -> tuple[list[Hit], int]:
    """The bookmarked documents that this corpus has, and how many there are."""
    found = corpus.search(Query(filters=(Filter(corpus.names["bookmark"], "=", ("true",)),), k=_MOST_BOOKMARKS))
    return found.hits, found.total


def _act(session: str, name: str, value: str) -> None:
    match name:
        case "undo":
            exploration.store().undo(session, int(value))
        case "remove_note":
            exploration.store().remove_note(session, int(value))


def _add_note(session: str, corpus: Corpus) -> None:
    if text := st.session_state.note.strip():
        exploration.store().add_note(session, corpus, text)


def _rename(session: str) -> None:
    exploration.store().rename(session, st.session_state.session_name.strip() or None)


def _duplicate(session: str) -> None:
    location.go(replace(location.current(), session=exploration.store().duplicate(session)))


def _delete(session: str) -> None:
    exploration.store().delete(session)
    st.session_state[_DELETED] = session
    exploration.leave()
    location.go(replace(location.current(), session=None))


def _show_deleted() -> None:
    """What was deleted just now, with the way back."""
    deleted = st.session_state.get(_DELETED)
    if deleted is not None:
        panel.show(sessions_view.deleted_notice(deleted), key="deleted", on_act=_restore)


def _deleted_sessions() -> None:
    gone = exploration.store().sessions(deleted=True)
    if gone:
        with st.expander(f"Deleted in the last 30 days ({len(gone):,})"):
            panel.show(sessions_view.deleted_list(gone), key="deleted_list", on_act=_restore)


def _restore(name: str, session: str) -> None:
    if name == "restore":
        exploration.store().restore(session)
        location.go(replace(location.current(), session=session))
    st.session_state.pop(_DELETED, None)
