"""The sessions of one user in an SQLite file: read and written by any number of threads and processes at once.

What is recorded is only ever appended, each time in one short transaction; so two browsers in one session lose
nothing. Times are microseconds since 1970 in the file, UTC datetimes in the records.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.known_corpora import user_data
from corpuscope.links import is_session_id
from corpuscope.query import Query
from corpuscope.results import SearchResult
from corpuscope.sessions import reading
from corpuscope.sessions.database import Database
from corpuscope.sessions.reading import micros
from corpuscope.sessions.records import Event, Export, Mark, Marking, MarkKind, Note, Reviewed, Session, Step
from corpuscope.sessions.snapshot import Snapshot

if TYPE_CHECKING:
    from corpuscope.corpus import Corpus

FILE_NAME = "sessions.sqlite"
#: How long a deleted session can be brought back.
KEPT_DELETED = timedelta(days=30)
_ALPHABET = string.ascii_lowercase + string.digits
_LONGEST_SESSION_NAME = 200
#: Sessions whose marks stay in memory.
_MARK_LOGS = 64
#: What a copy of a session takes along, column by column.
_COPIED = {
    "steps": "at, query, corpus, version, total, documents, tokens, estimated, partial, rules",
    "notes": "at, content, removed",
    "marks": "at, content, count, corpus, version, undone",
    "exports": "at, recipe, file_name",
    "events": "at, kind, document",
}


def new_id() -> str:
    """An id for a new session; nobody can guess it."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


class SessionStore:
    """Every session of a user. A session comes into being with the first thing that is recorded in it."""

    def __init__(self, path: Path | None = None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path or user_data() / FILE_NAME
        self._database = Database(self.path)
        self._now = now
        self._has_purged = False
        # A page asks for the marks on every rerun; the log is read again only when it has changed.
        self._mark_log = lru_cache(_MARK_LOGS)(self._read_marks)

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    # Sessions

    def sessions(self, *, deleted: bool = False) -> list[Session]:
        """All sessions, the latest first; or those that were deleted and can still be brought back."""
        self._purge_once()
        with self._database.reading() as connection:
            return reading.sessions(connection, f"deleted IS {'NOT ' if deleted else ''}NULL")

    def find(self, session: str) -> Session | None:
        """A session that is not deleted."""
        with self._database.reading() as connection:
            found = reading.sessions(connection, "deleted IS NULL AND id = ?", session)
        return found[0] if found else None

    def rename(self, session: str, name: str | None) -> None:
        """Name a session; an empty name takes its name away."""
        kept = _storable(" ".join((name or "").split()))[:_LONGEST_SESSION_NAME]
        self._change(session, "UPDATE sessions SET name = ? WHERE id = ?", kept or None)

    def duplicate(self, session: str) -> str:
        """Copy a session with everything in it; returns the id of the copy."""
        copy, now = new_id(), micros(self._now())
        with self._database.writing() as connection:
            inserted = connection.execute(
                "INSERT INTO sessions SELECT ?, name, corpus, version, ?, ?, NULL FROM sessions WHERE id = ?",
                (copy, now, now, session),
            )
            if not inserted.rowcount:
                raise _unknown(session)
            original = reading.sessions(connection, "id = ?", session)[0]
            name = f"{original.name or original.summary or 'Session'} (copy)"
            connection.execute("UPDATE sessions SET name = ? WHERE id = ?", (name, copy))
            for table, columns in _COPIED.items():
                connection.execute(
                    f"INSERT INTO {table} (session, {columns}) "
                    f"SELECT ?, {columns} FROM {table} WHERE session = ? ORDER BY id",
                    (copy, session),
                )
        return copy

    def delete(self, session: str) -> None:
        """Put a session out of sight; it can be brought back for 30 days, and comes back when it is worked in."""
        self._change(session, "UPDATE sessions SET deleted = ? WHERE id = ?", micros(self._now()))

    def restore(self, session: str) -> None:
        """Bring a deleted session back."""
        self._change(session, "UPDATE sessions SET deleted = ? WHERE id = ?", None)

    def snapshot(self, corpus: str, version: str) -> Snapshot | None:
        """What a corpus was like in the version that a step, a mark or a session names."""
        with self._database.reading() as connection:
            return reading.snapshot(connection, corpus, version)

    # Steps

    def record_step(self, session: str, corpus: Corpus, result: SearchResult, *, rules: int = 0) -> None:
        """Keep a query with its counts; its last `rules` filters are the rules of a ledger.

        The query of the last step, whatever page, facets or masking it is asked with, only renews that step's
        counts. A query that asks for nothing is no step.
        """
        query = result.query
        if query.asks_for_everything:
            return
        with self._database.reading() as connection:
            last = reading.last_step(connection, session)
        asked = (corpus.name, _asked(query), rules)
        if last is not None and (last.corpus, _asked(last.query), last.rules) != asked:
            last = None  # another query: a step of its own
        counts = _counts(corpus, result)
        if last is not None and last.counts == counts:
            return
        with self._database.writing() as connection:
            self._touch(connection, session, corpus)
            # Another window may have come in between: then this is a step of its own, and nothing is overwritten.
            if last is None or not reading.renew_step(connection, session, last, counts):
                at = micros(self._now())
                reading.add_step(connection, session, at, query, corpus.name, counts, rules=rules)

    def steps(self, session: str) -> list[Step]:
        """The steps of a session in order."""
        with self._database.reading() as connection:
            return reading.steps(connection, session)

    # Notes

    def add_note(self, session: str, corpus: Corpus, text: str) -> int:
        """Keep a note; returns its id."""
        if not text.strip():
            raise UsageError("The note is empty.")
        return self._append(session, corpus, "notes (session, at, content)", _storable(text.strip()))

    def remove_note(self, session: str, note: int) -> None:
        """Take a note off."""
        self._retract("notes", "removed", session, note)

    def notes(self, session: str) -> list[Note]:
        """The notes of a session in order."""
        with self._database.reading() as connection:
            return reading.notes(connection, session)

    # Marks

    def mark(
        self,
        session: str,
        corpus: Corpus,
        kind: MarkKind,
        *,
        name: str = "",
        add: bool = True,
        ids: tuple[str, ...] | None = None,
        query: Query | None = None,
        count: int | None = None,
        about: Reviewed | None = None,
    ) -> int:
        """Give documents a label, a bookmark or a review, or take it off; returns the id of the mark.

        Of `ids` and `query` one is given. `count` is how many documents `query` matched: the total of its result.
        """
        wanted = None if query is None else _asked(corpus.pinned(query.of_all_matches()))
        marking = Marking(kind=kind, name=name, add=add, ids=ids, query=wanted, about=about)
        if count is None and wanted is not None:
            raise UsageError("A mark on all that a query matches needs the number of documents that it matched.")
        number = len(ids) if ids is not None else count
        content = json.dumps(marking.to_json())
        return self._append(
            session,
            corpus,
            "marks (session, at, content, count, corpus, version)",
            content,
            number,
            corpus.name,
            corpus.version,
        )

    def marks_of(self, session: str) -> tuple[Mark, ...]:
        """The marks of a session that are in force, in order; raises UsageError when there is no such session."""
        if self.find(session) is None:
            raise _unknown(session)
        return self.marks(session)

    def undo(self, session: str, mark: int) -> None:
        """Take a mark back, whatever came after it; it stays in the file as undone."""
        self._retract("marks", "undone", session, mark)

    def marks(self, session: str) -> tuple[Mark, ...]:
        """The marks of a session that are in force, in order."""
        with self._database.reading() as connection:
            state = connection.execute("SELECT MAX(id), COUNT(undone) FROM marks WHERE session = ?", (session,))
            last, undone = state.fetchone()
        return () if last is None else self._mark_log(session, last, undone)

    def _read_marks(self, session: str, last: int, undone: int) -> tuple[Mark, ...]:
        """The marks in force; a log only grows and is undone, so its last mark and the number undone tell its state."""
        del last, undone
        with self._database.reading() as connection:
            return reading.marks(connection, session)

    # Exports and events

    def record_export(self, session: str, corpus: Corpus, recipe: dict[str, Any], file_name: str) -> int:
        """Keep that an export was made, with the JSON of its recipe; returns its id."""
        return self._append(
            session, corpus, "exports (session, at, recipe, file_name)", json.dumps(recipe), _storable(file_name)
        )

    def exports(self, session: str) -> list[Export]:
        """The exports of a session in order."""
        with self._database.reading() as connection:
            return reading.exports(connection, session)

    def record_event(self, session: str, corpus: Corpus, kind: str, document: str) -> int:
        """Keep that something happened to a document, such as "reveal"; returns the id of the event."""
        return self._append(session, corpus, "events (session, at, kind, document)", kind, _storable(document))

    def events(self, session: str) -> list[Event]:
        """The events of a session in order."""
        with self._database.reading() as connection:
            return reading.events(connection, session)

    # How it is written

    def _append(self, session: str, corpus: Corpus, into: str, *values: Any) -> int:
        """Add a line to a table, of a session that is made if it is new."""
        line = (session, micros(self._now()), *values)
        with self._database.writing() as connection:
            self._touch(connection, session, corpus)
            added = connection.execute(f"INSERT INTO {into} VALUES ({', '.join('?' * len(line))})", line)
            assert added.lastrowid is not None
            return added.lastrowid

    def _retract(self, table: str, column: str, session: str, line: int) -> None:
        """Say of a line that it holds no longer, once."""
        now = micros(self._now())
        with self._database.writing() as connection:
            changed = connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE id = ? AND session = ? AND {column} IS NULL",
                (now, line, session),
            )
            if not changed.rowcount:
                raise UsageError(f"The session {session!r} has no {table.removesuffix('s')} {line} to take back.")
            connection.execute("UPDATE sessions SET changed = ? WHERE id = ?", (now, session))

    def _change(self, session: str, statement: str, value: Any) -> None:
        with self._database.writing() as connection:
            if not connection.execute(statement, (value, session)).rowcount:
                raise _unknown(session)

    def _touch(self, connection: sqlite3.Connection, session: str, corpus: Corpus) -> None:
        """Make the session if it is new; note that it has changed now, and what its corpus is like."""
        if not is_session_id(session):
            raise UsageError(f"{session[:80]!r} cannot be the id of a session; ids are letters and digits.")
        about = (corpus.name, corpus.version)
        if not connection.execute("SELECT 1 FROM snapshots WHERE corpus = ? AND version = ?", about).fetchone():
            content = json.dumps(Snapshot.of(corpus).to_json())
            connection.execute("INSERT INTO snapshots VALUES (?, ?, ?)", (*about, content))
        now = micros(self._now())
        connection.execute(
            "INSERT INTO sessions (id, corpus, version, created, changed) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET corpus = excluded.corpus, version = excluded.version, "
            "changed = excluded.changed, deleted = NULL",
            (session, *about, now, now),
        )

    def _purge_once(self) -> None:
        """Remove for good what was deleted long ago, the first time that sessions are listed."""
        if self._has_purged:
            return
        before = micros(self._now() - KEPT_DELETED)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE deleted < ?", (before,))
        self._has_purged = True


def _asked(query: Query) -> Query:
    """The query without what changes only how its answer is shown."""
    return replace(query.without_paging(), mask=True)


def _counts(corpus: Corpus, result: SearchResult) -> reading.Counts:
    tokens = result.tokens
    return (
        corpus.version,
        result.total,
        result.documents,
        None if tokens is None else tokens.count,
        None if tokens is None else tokens.estimated,
        None if result.partial is None else result.partial.reason,
    )


def _storable(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _unknown(session: str) -> CorpuscopeError:
    return UsageError(f"There is no session {session[:80]!r}. List them with: corpuscope sessions")
