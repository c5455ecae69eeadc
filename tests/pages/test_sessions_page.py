"""The Sessions page shows what an exploration did, what has changed since, and how to go back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.sessions.store import SessionStore, new_id
from tests.pages.conftest import APP, Page

RIVER = Query(text="river", filters=("source=tiny",))


@pytest.fixture
def session(serving: Corpus) -> str:
    """An exploration of two steps, a note, a bookmark and a label."""
    own, store = new_id(), SessionStore()
    for query in (Query(text="river"), RIVER):
        store.record_step(own, serving, serving.search(query))
    store.add_note(own, serving, "a <b>note</b>")
    store.mark(own, serving, "bookmark", ids=("doc-3",))
    store.mark(own, serving, "label", name="keep", query=RIVER, count=serving.search(RIVER).total)
    return own


@pytest.fixture
def open_sessions(serving: Corpus) -> Callable[..., Page]:
    """Open the Sessions page in a session."""

    def open_page(session: str) -> Page:
        test = AppTest.from_file(str(APP), default_timeout=30)
        test.query_params["session"] = session
        page = Page(test).run()
        page.test.switch_page("sessions.py")
        return page.run()

    return open_page


def test_each_step_says_what_it_counted_and_opens_as_it_was(
    open_sessions: Callable[..., Page], session: str, serving: Corpus
):
    steps = open_sessions(session).html("steps")
    total = serving.search(RIVER).total
    assert "river · source is tiny" in steps and f"{total:,} of {serving.manifest.rows:,} documents" in steps
    assert f'href="./?corpus=tiny&amp;session={session}&amp;q=river&amp;filter=source%3Dtiny"' in steps


def test_notes_bookmarks_and_labels_are_listed_and_notes_are_text(open_sessions: Callable[..., Page], session: str):
    page = open_sessions(session)
    assert "a &lt;b&gt;note&lt;/b&gt;" in page.html("notes")
    assert "Bookmarks (1)" in page.html("bookmarks") and "doc=doc-3" in page.html("bookmarks")
    assert "filter=label%3Dkeep" in page.html("marks") and 'data-act="undo"' in page.html("marks")


def test_a_corpus_that_has_changed_since_is_told_of(
    open_sessions: Callable[..., Page], session: str, serving: Corpus, monkeypatch: pytest.MonkeyPatch
):
    assert "The corpus is as it was" in open_sessions(session).html("drift")
    store = SessionStore()
    first, second = store.steps(session)
    now = store.snapshot(serving.name, serving.version)
    assert now is not None
    older = replace(now, version="older", documents=now.documents - 7)
    monkeypatch.setattr(SessionStore, "steps", lambda *_: [replace(first, corpus_version="older"), second])
    monkeypatch.setattr(SessionStore, "snapshot", lambda *_: older)
    page = open_sessions(session)
    assert "changed since step 1" in page.html("drift") and "7 documents were added" in page.html("drift")
    assert "on version older" in page.html("steps")


def test_a_step_on_a_corpus_that_is_not_open_says_so_and_leads_nowhere(
    open_sessions: Callable[..., Page], session: str, monkeypatch: pytest.MonkeyPatch
):
    first, second = SessionStore().steps(session)
    monkeypatch.setattr(SessionStore, "steps", lambda *_: [replace(first, corpus="elsewhere"), second])
    steps = open_sessions(session).html("steps")
    assert "on the corpus <bdi>elsewhere</bdi>, which is not open here" in steps
    assert steps.count("<a ") == 1


def test_who_comes_back_to_a_search_hears_what_has_changed(
    serving: Corpus, session: str, monkeypatch: pytest.MonkeyPatch
):
    before = SessionStore().find(session)
    assert before is not None
    older = replace(before, snapshot=replace(before.snapshot, version="older", documents=3))
    monkeypatch.setattr(SessionStore, "find", lambda *_: older)
    test = AppTest.from_file(str(APP), default_timeout=30)
    test.query_params["session"], test.query_params["q"] = session, "river"
    Page(test).run()
    page = Page(test).run()
    assert f"{serving.manifest.rows - 3} documents were added" in page.html("drift")


def test_a_deleted_exploration_can_be_brought_back_by_its_link(open_sessions: Callable[..., Page], session: str):
    SessionStore().delete(session)
    assert f'data-act="restore" data-value="{session}"' in open_sessions(session).html("session")


def test_a_window_without_a_step_says_how_to_begin(open_sessions: Callable[..., Page]):
    page = open_sessions(new_id())
    assert "This exploration is still empty" in page.html("session")


def test_a_name_is_kept_and_a_deleted_exploration_leaves_the_list(open_sessions: Callable[..., Page], session: str):
    page = open_sessions(session)
    page.test.text_input(key="session_name").set_value("northern rivers").run()
    assert "northern rivers" in page.html("sessions")
    page.click("Delete")
    assert "northern rivers" not in page.html("sessions")
    assert f'data-act="restore" data-value="{session}"' in page.html("deleted")
