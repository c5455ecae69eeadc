"""Rows of the sessions file as records, and back."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from corpuscope.query import Query
from corpuscope.results import TokenCount
from corpuscope.sessions.records import (
    Event,
    Export,
    Mark,
    Marking,
    Note,
    Session,
    Step,
    labels_in_force,
)
from corpuscope.sessions.snapshot import Snapshot

#: version, total, documents, tokens, whether these are estimated, why they are partial
Counts = tuple[str, int, int, int | None, bool | None, str | None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SUMMARY_STEPS = 8
_SUMMARY_CHARACTERS = 160
_SESSIONS = """
SELECT id, name, corpus, version, created, changed, deleted,
       (SELECT COUNT(*) FROM steps WHERE session = sessions.id),
       (SELECT COUNT(*) FROM exports WHERE session = sessions.id)
FROM sessions WHERE {condition} ORDER BY changed DESC, id
"""
_LATEST_STEPS = """
SELECT session, query FROM (
    SELECT session, query, id, ROW_NUMBER() OVER (PARTITION BY session ORDER BY id DESC) AS place
    FROM steps WHERE session IN (SELECT id FROM sessions WHERE {condition}))
WHERE place <= ? ORDER BY session, id DESC
"""
_LIVE_MARKS = """
SELECT session, content, count FROM marks
WHERE undone IS NULL AND session IN (SELECT id FROM sessions WHERE {condition}) ORDER BY id
"""


@dataclass(frozen=True)
class LastStep:
    """The latest step of a session and its place in the file."""

    id: int
    corpus: str
    query: Query
    rules: int
    counts: Counts


def micros(at: datetime) -> int:
    """A time as the file holds it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def sessions(connection: sqlite3.Connection, condition: str, *values: Any) -> list[Session]:
    """Sessions that meet an SQL condition, the latest first."""
    rows = connection.execute(_SESSIONS.format(condition=condition), values).fetchall()
    summaries = _summaries(connection, condition, values)
    bookmarks, labels = _mark_counts(connection, condition, values)
    out = []
    for id_, name, corpus, version, created, changed, deleted, steps_, exports_ in rows:
        about = snapshot(connection, corpus, version)
        assert about is not None  # written with the session
        out.append(
            Session(
                id=id_,
                name=name,
                corpus=corpus,
                created=_time(created),
                changed=_time(changed),
                deleted=None if deleted is None else _time(deleted),
                steps=steps_,
                bookmarks=bookmarks[id_],
                labels=labels[id_],
                exports=exports_,
                summary=summaries[id_],
                snapshot=about,
            )
        )
    return out


def snapshot(connection: sqlite3.Connection, corpus: str, version: str) -> Snapshot | None:
    """What a corpus was like in one of its versions."""
    found = connection.execute("SELECT content FROM snapshots WHERE corpus = ? AND version = ?", (corpus, version))
    row = found.fetchone()
    return None if row is None else _snapshot(row[0])


def steps(connection: sqlite3.Connection, session: str) -> list[Step]:
    """The steps of a session in order."""
    rows = connection.execute(
        "SELECT at, query, corpus, version, total, documents, tokens, estimated, partial, rules "
        "FROM steps WHERE session = ? ORDER BY id",
        (session,),
    )
    return [
        Step(
            number=number,
            at=_time(at),
            query=_query(query),
            corpus=corpus,
            corpus_version=version,
            total=total,
            documents=documents,
            tokens=None if tokens is None else TokenCount(tokens, bool(estimated)),
            partial=partial,
            rules=rules,
        )
        for number, (at, query, corpus, version, total, documents, tokens, estimated, partial, rules) in enumerate(
            rows, 1
        )
    ]


def last_step(connection: sqlite3.Connection, session: str) -> LastStep | None:
    """The latest step of a session."""
    row = connection.execute(
        "SELECT id, corpus, query, rules, version, total, documents, tokens, estimated, partial "
        "FROM steps WHERE session = ? ORDER BY id DESC LIMIT 1",
        (session,),
    ).fetchone()
    if row is None:
        return None
    id_, corpus, query, rules, version, total, documents, tokens, estimated, partial = row
    counts = (version, total, documents, tokens, None if estimated is None else bool(estimated), partial)
    return LastStep(id_, corpus, _query(query), rules, counts)


def add_step(
    connection: sqlite3.Connection, session: str, at: int, query: Query, corpus: str, counts: Counts, *, rules: int
) -> None:
    """Append a step."""
    connection.execute(
        "INSERT INTO steps (session, at, query, rules, corpus, version, total, documents, tokens, estimated, partial) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (session, at, json.dumps(query.to_json()), rules, corpus, *counts),
    )


def renew_step(connection: sqlite3.Connection, session: str, step: LastStep, counts: Counts) -> bool:
    """Give a step new counts, provided that it still is the last one."""
    changed = connection.execute(
        "UPDATE steps SET version = ?, total = ?, documents = ?, tokens = ?, estimated = ?, partial = ? "
        "WHERE id = ? AND id = (SELECT MAX(id) FROM steps WHERE session = ?)",
        (*counts, step.id, session),
    )
    return changed.rowcount == 1


def notes(connection: sqlite3.Connection, session: str) -> list[Note]:
    """The notes of a session in order."""
    rows = connection.execute(
        "SELECT id, at, content FROM notes WHERE session = ? AND removed IS NULL ORDER BY id", (session,)
    )
    return [Note(id=id_, at=_time(at), text=text) for id_, at, text in rows]


def marks(connection: sqlite3.Connection, session: str) -> tuple[Mark, ...]:
    """The marks of a session that are in force, in order."""
    rows = connection.execute(
        "SELECT id, at, content, count, corpus, version FROM marks WHERE session = ? AND undone IS NULL ORDER BY id",
        (session,),
    )
    return tuple(_mark(*row) for row in rows)


def exports(connection: sqlite3.Connection, session: str) -> list[Export]:
    """The exports of a session in order."""
    rows = connection.execute("SELECT id, at, recipe, file_name FROM exports WHERE session = ? ORDER BY id", (session,))
    return [Export(id=id_, at=_time(at), recipe=json.loads(recipe), file_name=name) for id_, at, recipe, name in rows]


def events(connection: sqlite3.Connection, session: str) -> list[Event]:
    """The events of a session in order."""
    rows = connection.execute("SELECT at, kind, document FROM events WHERE session = ? ORDER BY id", (session,))
    return [Event(at=_time(at), kind=kind, document=document) for at, kind, document in rows]


def _mark(id_: int, at: int, content: str, count: int, corpus: str, version: str) -> Mark:
    marking = _marking(content)
    return Mark(
        kind=marking.kind,
        name=marking.name,
        add=marking.add,
        ids=marking.ids,
        query=marking.query,
        about=marking.about,
        corpus=corpus,
        id=id_,
        at=_time(at),
        count=count,
        corpus_version=version,
    )


def _summaries(connection: sqlite3.Connection, condition: str, values: Iterable[Any]) -> dict[str, str]:
    """The latest queries of each session, in one line."""
    latest: dict[str, dict[str, None]] = defaultdict(dict)
    for session, query in connection.execute(_LATEST_STEPS.format(condition=condition), (*values, _SUMMARY_STEPS)):
        latest[session][_query(query).in_words()] = None
    return defaultdict(str, {session: _one_line(texts) for session, texts in latest.items()})


def _one_line(texts: Iterable[str]) -> str:
    line = "; ".join(texts)
    return line if len(line) <= _SUMMARY_CHARACTERS else f"{line[: _SUMMARY_CHARACTERS - 1].rstrip()}…"


def _mark_counts(
    connection: sqlite3.Connection, condition: str, values: tuple[Any, ...]
) -> tuple[Counter[str], Counter[str]]:
    """Bookmarked documents and labels of each session."""
    logs: dict[str, list[tuple[Marking, int]]] = defaultdict(list)
    for session, content, count in connection.execute(_LIVE_MARKS.format(condition=condition), values):
        logs[session].append((_marking(content), count))
    bookmarks = Counter({session: _bookmarked(log) for session, log in logs.items()})
    labels = Counter({session: len(labels_in_force(m for m, _ in log)) for session, log in logs.items()})
    return bookmarks, labels


def _bookmarked(log: Iterable[tuple[Marking, int]]) -> int:
    """How many documents have a bookmark; which ones a query found is not known here, only how many."""
    ids: set[str] = set()
    by_query = 0
    for marking, count in log:
        if marking.kind != "bookmark":
            continue
        if marking.ids is None:
            by_query = max(0, by_query + (count if marking.add else -count))
        elif marking.add:
            ids.update(marking.ids)
        else:
            ids.difference_update(marking.ids)
    return len(ids) + by_query


def _time(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


@lru_cache(1024)
def _query(content: str) -> Query:
    return Query.from_json(json.loads(content))


@lru_cache(1024)
def _marking(content: str) -> Marking:
    return Marking.from_json(json.loads(content))


@lru_cache(128)
def _snapshot(content: str) -> Snapshot:
    return Snapshot.from_json(json.loads(content))
