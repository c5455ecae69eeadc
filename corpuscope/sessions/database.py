"""The SQLite file of sessions: made whole or not at all, and lent to one thread at a time."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpuscope.sessions.records import SessionsUnusable

SCHEMA_VERSION = 2
#: How long a write waits for another process to finish its own.
_PATIENCE_S = 10.0

_SCHEMA = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE snapshots (corpus TEXT, version TEXT, content TEXT NOT NULL, PRIMARY KEY (corpus, version));
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, name TEXT, corpus TEXT NOT NULL, version TEXT NOT NULL,
    created INTEGER NOT NULL, changed INTEGER NOT NULL, deleted INTEGER);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, query TEXT NOT NULL, corpus TEXT NOT NULL, version TEXT NOT NULL, total INTEGER NOT NULL,
    documents INTEGER NOT NULL, tokens INTEGER, estimated INTEGER, partial TEXT,
    rules INTEGER NOT NULL DEFAULT 0);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, content TEXT NOT NULL, removed INTEGER);
CREATE TABLE marks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, content TEXT NOT NULL, count INTEGER NOT NULL, corpus TEXT NOT NULL, version TEXT NOT NULL,
    undone INTEGER);
CREATE TABLE exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, recipe TEXT NOT NULL, file_name TEXT NOT NULL);
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX steps_of ON steps (session);
CREATE INDEX notes_of ON notes (session);
CREATE INDEX marks_of ON marks (session);
CREATE INDEX exports_of ON exports (session);
CREATE INDEX events_of ON events (session);
PRAGMA user_version = {SCHEMA_VERSION};
"""
#: What makes a file of the version before this one a file of this version.
_RENEWED = ("ALTER TABLE steps ADD COLUMN rules INTEGER NOT NULL DEFAULT 0", f"PRAGMA user_version = {SCHEMA_VERSION}")


class Database:
    """One file for all threads and processes of a user. It is made, and looked at, on first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # A thread takes a connection and puts it back: Streamlit starts a thread for every rerun of a page.
        self._idle: list[sqlite3.Connection] = []

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose statements all see the same state."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose statements take effect together, or not at all."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._take()
            try:
                connection.execute(begin)
                with connection:
                    yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)
        except (sqlite3.Error, OSError) as error:
            self.close()  # the file may be moved away now: nothing is to be written to it any more
            raise self._unusable(error) from None

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _open(self) -> sqlite3.Connection:
        if not self.path.exists():
            self._create()
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._check_version(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_version(self, connection: sqlite3.Connection) -> None:
        version = _version(connection)
        if version == SCHEMA_VERSION - 1:
            version = _renew(connection)
        if version > SCHEMA_VERSION:
            raise SessionsUnusable(
                f"The sessions in {self.path} were written by a newer version of this program; update it to read them."
            )
        if version < SCHEMA_VERSION:
            raise SessionsUnusable(f"{self.path} holds no sessions; move it away, and a new file is begun.")

    def _create(self) -> None:
        """Make the file under another name first: no process ever sees half of it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            with closing(sqlite3.connect(temporary)) as connection:
                connection.executescript(_SCHEMA)
            self._install(temporary)
        finally:
            temporary.unlink(missing_ok=True)

    def _install(self, temporary: Path) -> None:
        """Give the file its name, unless another process was faster."""
        try:
            self.path.hardlink_to(temporary)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            temporary.replace(self.path)

    def _unusable(self, error: Exception) -> SessionsUnusable:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return SessionsUnusable(f"{self.path} is in use by another program; try again in a moment.")
        if isinstance(error, sqlite3.OperationalError | OSError):
            return SessionsUnusable(f"The sessions in {self.path} cannot be read or written ({error}).")
        return SessionsUnusable(
            f"{self.path} is damaged ({error}); move it away, and a new file is begun for the next sessions."
        )


def _version(connection: sqlite3.Connection) -> int:
    [version] = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _renew(connection: sqlite3.Connection) -> int:
    """Bring a file up to this version, unless another process was faster; nothing in it is lost."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if _version(connection) == SCHEMA_VERSION - 1:
            for statement in _RENEWED:
                connection.execute(statement)
        return _version(connection)
