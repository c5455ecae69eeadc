from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

import corpuscope
from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.ledger.ledger import Ledger
from corpuscope.query import Query
from corpuscope.results import Partial, SearchResult, TokenCount
from corpuscope.sessions.records import Session
from corpuscope.sessions.snapshot import Snapshot, changes
from corpuscope.sessions.store import SessionStore, new_id

S = "session001"


def answer(query: Query, total: int = 3, partial: Partial | None = None) -> SearchResult:
    return SearchResult(
        query=query,
        corpus="tiny@1",
        total=total,
        tokens=TokenCount(30, True),
        documents=40,
        parts=(1, 1),
        took_ms=1.0,
        hits=[],
        facets={},
        partial=partial,
    )


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "data" / "sessions.sqlite")


def only(store: SessionStore) -> Session:
    [session] = store.sessions()
    return session


def test_a_step_makes_the_session_and_keeps_the_query_as_it_was_asked(store: SessionStore, tiny_corpus: Corpus):
    query = Query(text="rivers", filters=("topic=science",), facets=("topic",), k=20, offset=20)
    store.record_step(S, tiny_corpus, answer(query, partial=Partial("time", 7)))
    session, [step] = only(store), store.steps(S)
    assert (session.id, session.name, session.corpus, session.steps) == (S, None, "tiny", 1)
    assert session.summary == "rivers · topic is science"
    assert session.snapshot == Snapshot.of(tiny_corpus)
    assert (step.number, step.query, step.total, step.documents, step.partial) == (1, query, 3, 40, "time")
    assert step.tokens == TokenCount(30, True)
    assert step.corpus_version == tiny_corpus.version


def test_the_same_query_again_only_renews_the_counts(store: SessionStore, tiny_corpus: Corpus):
    first = Query(text="rivers", facets=("topic",))
    store.record_step(S, tiny_corpus, answer(first, total=3))
    for same in (Query(text="rivers", offset=10), Query(text="rivers", mask=False), Query(text="rivers", k=50)):
        store.record_step(S, tiny_corpus, answer(same, total=4))
    [step] = store.steps(S)
    assert (step.query, step.total) == (first, 4)


def test_going_back_to_an_earlier_query_is_a_step_of_its_own(store: SessionStore, tiny_corpus: Corpus):
    for text in ("rivers", "floods", "rivers"):
        store.record_step(S, tiny_corpus, answer(Query(text=text)))
    assert [(s.number, s.query.text) for s in store.steps(S)] == [(1, "rivers"), (2, "floods"), (3, "rivers")]
    assert only(store).summary == "rivers; floods"


@pytest.mark.parametrize("query", [Query(), Query(text="  "), Query(sort="rank_b"), Query(facets=("topic",), k=0)])
def test_a_query_that_asks_for_nothing_is_no_step(store: SessionStore, tiny_corpus: Corpus, query: Query):
    store.record_step(S, tiny_corpus, answer(query))
    assert store.sessions() == []


@pytest.mark.parametrize("query", [Query(sample=5), Query(where="rank_b > 1"), Query(filters=("topic?",))])
def test_a_sample_a_condition_and_a_filter_are_steps(store: SessionStore, tiny_corpus: Corpus, query: Query):
    store.record_step(S, tiny_corpus, answer(query))
    assert [s.query for s in store.steps(S)] == [query]


def test_sessions_come_the_latest_first_and_are_there_after_a_restart(tmp_path: Path, tiny_corpus: Corpus):
    path = tmp_path / "s.sqlite"
    store = SessionStore(path)
    for session in ("a", "b", "c"):
        store.record_step(session, tiny_corpus, answer(Query(text=session)))
    store.add_note("a", tiny_corpus, "worked in last")
    store.close()
    assert [s.id for s in SessionStore(path).sessions()] == ["a", "c", "b"]


def test_a_session_is_named_and_the_name_taken_away(store: SessionStore, tiny_corpus: Corpus):
    store.add_note(S, tiny_corpus, "x")
    store.rename(S, "  Hate speech\n in news ")
    assert only(store).name == "Hate speech in news"
    store.rename(S, " ")
    assert only(store).name is None


def test_notes_are_kept_in_order_and_taken_off(store: SessionStore, tiny_corpus: Corpus):
    first = store.add_note(S, tiny_corpus, "one")
    store.add_note(S, tiny_corpus, "two \N{PILE OF POO}")
    store.remove_note(S, first)
    assert [n.text for n in store.notes(S)] == ["two \N{PILE OF POO}"]
    with pytest.raises(UsageError, match="no note"):
        store.remove_note(S, first)
    with pytest.raises(UsageError, match="empty"):
        store.add_note(S, tiny_corpus, " ")


def test_marks_are_a_log_and_an_undone_one_is_in_force_no_more(store: SessionStore, tiny_corpus: Corpus):
    label = store.mark(S, tiny_corpus, "label", name="keep", query=Query(text="rivers", offset=10), count=12)
    star = store.mark(S, tiny_corpus, "bookmark", ids=("doc-1", "doc-2"))
    store.mark(S, tiny_corpus, "bookmark", add=False, ids=("doc-1",))
    assert [(m.kind, m.name, m.add, m.ids, m.count) for m in store.marks(S)] == [
        ("label", "keep", True, None, 12),
        ("bookmark", "", True, ("doc-1", "doc-2"), 2),
        ("bookmark", "", False, ("doc-1",), 1),
    ]
    assert store.marks(S)[0].query == Query(text="rivers")
    assert (only(store).bookmarks, only(store).labels) == (1, 1)
    store.undo(S, label)
    assert [m.id for m in store.marks(S)] == [star, star + 1]
    assert only(store).labels == 0
    with pytest.raises(UsageError, match="to take back"):
        store.undo(S, label)
    with pytest.raises(UsageError, match="to take back"):
        store.undo("another", star)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "label", "ids": ("a",)},
        {"kind": "label", "name": " keep", "ids": ("a",)},
        {"kind": "bookmark", "name": "keep", "ids": ("a",)},
        {"kind": "star", "ids": ("a",)},
        {"kind": "bookmark"},
        {"kind": "bookmark", "ids": ("a",), "query": Query()},
        {"kind": "bookmark", "query": Query()},
        {"kind": "label", "name": "\ud800", "ids": ("a",)},
    ],
)
def test_a_mark_that_says_nothing_is_refused(store: SessionStore, tiny_corpus: Corpus, wrong: dict):
    with pytest.raises(UsageError):
        store.mark(S, tiny_corpus, wrong.pop("kind"), **wrong)
    assert store.sessions() == []


def test_the_marks_of_a_reader_show_those_of_another_window(store: SessionStore, tiny_corpus: Corpus):
    other = SessionStore(store.path)
    star = store.mark(S, tiny_corpus, "bookmark", ids=("doc-1",))
    assert len(other.marks(S)) == 1
    store.mark(S, tiny_corpus, "bookmark", ids=("doc-2",))
    assert len(other.marks(S)) == 2
    store.undo(S, star)
    assert [m.ids for m in other.marks(S)] == [("doc-2",)]


def test_exports_and_events_are_kept(store: SessionStore, tiny_corpus: Corpus):
    store.record_export(S, tiny_corpus, {"recipe": 1, "corpus": "tiny"}, "tiny.parquet")
    store.record_event(S, tiny_corpus, "reveal", "doc-1")
    [export], [event] = store.exports(S), store.events(S)
    assert (export.recipe, export.file_name) == ({"recipe": 1, "corpus": "tiny"}, "tiny.parquet")
    assert (event.kind, event.document) == ("reveal", "doc-1")
    assert only(store).exports == 1


def test_a_deleted_session_is_out_of_sight_and_comes_back(store: SessionStore, tiny_corpus: Corpus):
    store.add_note(S, tiny_corpus, "x")
    store.delete(S)
    assert (store.sessions(), store.find(S)) == ([], None)
    assert [s.id for s in store.sessions(deleted=True)] == [S]
    store.restore(S)
    assert only(store).deleted is None
    assert [n.text for n in store.notes(S)] == ["x"]


def test_a_deleted_session_that_is_worked_in_comes_back(store: SessionStore, tiny_corpus: Corpus):
    store.add_note(S, tiny_corpus, "x")
    store.delete(S)
    store.add_note(S, tiny_corpus, "from the other window")
    assert only(store).id == S


def test_a_deleted_session_is_gone_for_good_after_thirty_days(store: SessionStore, tiny_corpus: Corpus):
    for session in ("old", "kept"):
        store.add_note(session, tiny_corpus, "x")
    store.delete("old")
    for days, left in ((29, ["old"]), (31, [])):
        later = SessionStore(store.path, now=lambda days=days: datetime.now(UTC) + timedelta(days=days))
        assert [s.id for s in later.sessions(deleted=True)] == left
    assert store.notes("old") == []
    assert [s.id for s in store.sessions()] == ["kept"]


def test_a_copy_holds_everything_and_goes_its_own_way(store: SessionStore, tiny_corpus: Corpus):
    store.record_step(S, tiny_corpus, answer(Query(text="rivers")))
    store.add_note(S, tiny_corpus, "note")
    undone = store.mark(S, tiny_corpus, "bookmark", ids=("doc-0",))
    store.undo(S, undone)
    store.mark(S, tiny_corpus, "bookmark", ids=("doc-1",))
    store.record_export(S, tiny_corpus, {}, "x.csv")
    store.record_event(S, tiny_corpus, "reveal", "doc-1")
    store.rename(S, "Rivers")
    copy = store.duplicate(S)
    assert store.find(copy).name == "Rivers (copy)"
    for read in (store.steps, store.exports, store.events):
        assert [replace(x, id=0) if hasattr(x, "id") else x for x in read(copy)] == [
            replace(x, id=0) if hasattr(x, "id") else x for x in read(S)
        ]
    assert [n.text for n in store.notes(copy)] == ["note"]
    assert [m.ids for m in store.marks(copy)] == [("doc-1",)]
    store.undo(copy, store.marks(copy)[0].id)
    store.record_step(copy, tiny_corpus, answer(Query(text="floods")))
    assert (len(store.marks(S)), len(store.steps(S))) == (1, 1)
    store.delete(S)
    assert [s.id for s in store.sessions()] == [copy]


@pytest.mark.parametrize("change", ["rename", "delete", "restore", "duplicate", "marks_of"])
def test_a_session_that_is_not_there_is_named_in_the_error(store: SessionStore, change: str):
    arguments = ("nobody", "x") if change == "rename" else ("nobody",)
    with pytest.raises(CorpuscopeError, match="no session 'nobody'"):
        getattr(store, change)(*arguments)


@pytest.mark.parametrize("odd", ["", "a b", "../x", "a" * 65, "\x00"])
def test_an_odd_id_is_refused(store: SessionStore, tiny_corpus: Corpus, odd: str):
    with pytest.raises(UsageError, match="cannot be the id"):
        store.add_note(odd, tiny_corpus, "x")


def test_ids_are_ten_letters_and_digits_and_never_the_same():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(i) == 10 and i.isalnum() and i == i.lower() for i in ids)


def write_records(path: Path, folder: Path, word: str, count: int) -> None:
    corpus, store = corpuscope.open(folder), SessionStore(path)
    for i in range(count):
        store.record_step(S, corpus, answer(Query(text=f"{word} {i}"), total=i))
        store.add_note(S, corpus, f"{word} {i}")


def in_order(texts: list[str], word: str) -> list[int]:
    return [int(t.split()[1]) for t in texts if t.startswith(word)]


def test_two_processes_at_once_lose_nothing_and_keep_their_order(tmp_path: Path, tiny_corpus: Corpus):
    path, spawn = tmp_path / "new" / "s.sqlite", multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write_records, args=(path, tiny_corpus.folder, w, 200)) for w in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [w.exitcode for w in writers] == [0, 0]
    store = SessionStore(path)
    steps, notes = [s.query.text for s in store.steps(S)], [n.text for n in store.notes(S)]
    for texts in (steps, notes):
        assert len(texts) == 400
        assert in_order(texts, "one") == in_order(texts, "two") == list(range(200))
    assert list(path.parent.glob(".*")) == []


def test_threads_share_a_store(store: SessionStore, tiny_corpus: Corpus):
    threads = [
        Thread(target=lambda: [store.mark(S, tiny_corpus, "bookmark", ids=("doc-1",)) for _ in range(25)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.marks(S)) == 200


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look like one" * 40, b""])
def test_a_file_that_holds_no_sessions_is_named(tmp_path: Path, content: bytes):
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    with pytest.raises(CorpuscopeError, match=r"s\.sqlite .*move it away"):
        SessionStore(path).sessions()
    assert path.read_bytes() == content


def test_a_damaged_file_is_named(store: SessionStore, tiny_corpus: Corpus):
    for i in range(300):
        store.add_note(S, tiny_corpus, f"{i} " * 100)
    store.close()
    raw = bytearray(store.path.read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    store.path.write_bytes(raw)
    with pytest.raises(CorpuscopeError, match=r"sessions\.sqlite is damaged"):
        SessionStore(store.path).sessions()


def test_once_a_damaged_file_is_moved_away_a_new_one_is_begun(store: SessionStore, tiny_corpus: Corpus):
    store.path.parent.mkdir()
    store.path.write_bytes(b"no database" * 500)
    with pytest.raises(CorpuscopeError):
        store.add_note(S, tiny_corpus, "lost")
    store.path.rename(store.path.with_name("aside"))
    store.add_note(S, tiny_corpus, "kept")
    assert [n.text for n in SessionStore(store.path).notes(S)] == ["kept"]


def test_the_same_query_as_a_search_and_as_a_ledger_are_two_steps(store: SessionStore, tiny_corpus: Corpus):
    query = Query(text="river", filters=("topic=odd", "rank_b>=5"))
    for rules in (0, 1, 1, 2):
        store.record_step(S, tiny_corpus, answer(query), rules=rules)
    assert [step.rules for step in store.steps(store.duplicate(S))] == [0, 1, 2]
    search, one, two = (step.ledger for step in store.steps(S))
    assert search is None
    assert one == Ledger(start=Query(text="river", filters=("topic=odd",)), rules=("rank_b>=5",))
    assert two == Ledger(start=Query(text="river"), rules=("topic=odd", "rank_b>=5"))


def test_a_file_of_the_version_before_is_brought_up_and_keeps_its_steps(store: SessionStore, tiny_corpus: Corpus):
    store.record_step(S, tiny_corpus, answer(Query(text="older")))
    store.close()
    with closing(sqlite3.connect(store.path)) as connection:
        connection.executescript("ALTER TABLE steps DROP COLUMN rules; PRAGMA user_version = 1;")
    renewed = [SessionStore(store.path) for _ in range(3)]
    threads = [Thread(target=each.sessions) for each in renewed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    renewed[0].record_step(S, tiny_corpus, answer(Query(filters=("topic=odd",))), rules=1)
    assert [(step.query.text, step.rules) for step in renewed[1].steps(S)] == [("older", 0), ("", 1)]


def test_a_file_of_a_newer_version_is_left_alone(store: SessionStore):
    store.sessions()
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CorpuscopeError, match="newer version of this program"):
        SessionStore(store.path).sessions()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpuscopeError, match="cannot be read or written"):
        SessionStore(tmp_path / "file" / "s.sqlite").sessions()


def snapshot(**changed: object) -> Snapshot:
    plain = Snapshot(
        version="a",
        documents=5000,
        suppressed=0,
        language="en",
        parts=("p", "q"),
        fields={"topic": "text", "year": "int"},
        annotators={"language": "1"},
    )
    return replace(plain, version="b", **changed)


@pytest.mark.parametrize(
    ("now", "sentences"),
    [
        (snapshot(), []),
        (snapshot(documents=6200, parts=("p", "q", "r")), ["1,200 documents were added (5,000 → 6,200)."]),
        (snapshot(documents=4999), ["1 document was removed (5,000 → 4,999)."]),
        (snapshot(suppressed=3), ["3 documents were suppressed."]),
        (snapshot(parts=("p", "z")), ["The documents of 1 of 2 parts are others than before."]),
        (snapshot(language="de"), ["The texts are analysed as de now (before: en)."]),
        (snapshot(annotators={"language": "2"}), ["language was made again (version 1 → 2)."]),
        (
            snapshot(fields={"topic": "list of text", "toxicity": "double"}, annotators={"language": "1", "tox": "1"}),
            [
                "The field topic holds list of text values now (before: text).",
                "New field toxicity.",
                "The field year is gone.",
            ],
        ),
    ],
)
def test_drift_is_told_in_sentences(now: Snapshot, sentences: list[str]):
    before = replace(snapshot(), version="a")
    assert changes(before, now) == sentences
    assert changes(before, replace(now, version="a")) == []


def test_removing_what_was_suppressed_is_told_once():
    before, now = snapshot(suppressed=3), replace(snapshot(documents=4997), version="c")
    assert changes(before, now) == ["3 documents were removed (5,000 → 4,997)."]


def test_a_snapshot_of_an_earlier_version_can_be_read(store: SessionStore, tiny_corpus: Corpus):
    store.add_note(S, tiny_corpus, "x")
    assert store.snapshot("tiny", tiny_corpus.version) == Snapshot.of(tiny_corpus)
    assert store.snapshot("tiny", "unknown") is None
