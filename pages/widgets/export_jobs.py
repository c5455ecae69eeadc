"""Exports that this server writes, whoever looks on: two at once, the rest wait; files are kept for an hour."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from corpuscope.errors import CorpuscopeError
from corpuscope.export.recipe import Recipe
from pages.widgets.kept_files import PrivateFolder

#: Jobs that write at the same time.
AT_ONCE = 2
#: Seconds that a file is kept, and bytes of all finished files; the newest file always stays.
KEPT_S = 3600.0
KEPT_BYTES = 20_000_000_000

State = Literal["waiting", "running", "done", "failed", "cancelled"]
#: Writes to a path and tells how many documents were written since it told last.
Write = Callable[[Path, Callable[[int], None]], Recipe]


class _Cancelled(Exception):
    """The reader wants no more of it."""


@dataclass(frozen=True)
class Order:
    """What a job is to write for a session, and how many documents that will be (None: not known).

    `on_done` hears of the recipe once the file is there; it returns a sentence for the reader, or none.
    """

    session: str
    title: str
    file_name: str
    documents: int | None
    write: Write
    on_done: Callable[[Recipe], str] = lambda recipe: ""


class Job:
    """One order on its way. Its thread changes it; pages read it."""

    def __init__(self, order: Order) -> None:
        self.id = secrets.token_hex(8)
        self.order = order
        self.state: State = "waiting"
        self.written = 0
        self.message = ""
        self.recipe: Recipe | None = None
        self.path: Path | None = None
        self.size = 0
        self.started = self.ended = 0.0
        self.cancelled = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will change any more."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def seconds(self) -> float:
        """How long it has been written, or took to write."""
        return (self.ended or time.time()) - self.started if self.started else 0.0

    def run(self, folder: PrivateFolder) -> None:
        """Write the file; when that fails or is given up, nothing is left but one sentence."""
        self.started = time.time()
        try:
            self._write(folder)
        except _Cancelled:
            self._give_up(folder, "cancelled", "")
        except (CorpuscopeError, OSError) as error:
            self._give_up(folder, "failed", str(error))
        except Exception:
            logging.getLogger(__name__).exception("An export failed.")
            self._give_up(folder, "failed", "The export failed, and not by your doing; the server's log says why.")

    def _write(self, folder: PrivateFolder) -> None:
        self._advance(0)  # the wait for a place may have been long
        self.state = "running"
        path = folder.new(self.id) / self.order.file_name
        recipe = self.order.write(path, self._advance)
        self._advance(0)
        self.message = self.order.on_done(recipe)
        self.recipe, self.path, self.size = recipe, path, path.stat().st_size
        self._end("done")

    def _advance(self, documents: int) -> None:
        if self.cancelled.is_set():
            raise _Cancelled
        self.written += documents

    def _give_up(self, folder: PrivateFolder, state: State, message: str) -> None:
        folder.drop(self.id)
        self.message = message
        self._end(state)

    def _end(self, state: State) -> None:
        self.ended = time.time()
        self.state = state


class ExportJobs:
    """All jobs of this server. Safe to use from many threads."""

    def __init__(self, *, at_once: int = AT_ONCE, kept_s: float = KEPT_S, kept_bytes: int = KEPT_BYTES) -> None:
        self._folder = PrivateFolder()
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="export-job")
        self._kept_s, self._kept_bytes = kept_s, kept_bytes
        self._jobs: dict[str, Job] = {}
        self._changing = threading.Lock()
        self._next_look: threading.Timer | None = None

    def start(self, order: Order) -> Job:
        """Begin an order as soon as a place is free."""
        job = Job(order)
        with self._changing:
            self._jobs[job.id] = job
        self._pool.submit(self._work, job)
        return job

    def of(self, session: str) -> list[Job]:
        """The jobs of a session, the newest first."""
        with self._changing:
            return [job for job in reversed(self._jobs.values()) if job.order.session == session]

    def cancel(self, session: str, job_id: str) -> None:
        """Give a job of a session up; what it has written is deleted."""
        for job in self.of(session):
            if job.id == job_id:
                job.cancelled.set()

    def drop(self, session: str, job_id: str) -> None:
        """Forget a job of a session that is over, with its file."""
        for job in self.of(session):
            if job.id == job_id and job.is_over:
                with self._changing:
                    self._forget(job)

    def file(self, job_id: str) -> Path | None:
        """The file of a finished job while it is kept."""
        with self._changing:
            job = self._jobs.get(job_id)
        return None if job is None or job.path is None or not job.path.exists() else job.path

    def close(self) -> None:
        """Give everything up and delete every file: the server ends."""
        with self._changing:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.cancelled.set()
        self._pool.shutdown(cancel_futures=True)
        if self._next_look is not None:
            self._next_look.cancel()
        self._folder.remove()

    def _work(self, job: Job) -> None:
        job.run(self._folder)
        self._tidy()

    def _tidy(self) -> None:
        """Delete what is too old or too much, and look again when the next one is due."""
        with self._changing:
            for job in [j for j in self._jobs.values() if j.is_over and time.time() >= j.ended + self._kept_s]:
                self._forget(job)
            over = sorted((j for j in self._jobs.values() if j.is_over), key=lambda j: j.ended)
            self._make_room([j for j in over if j.path is not None])
            if self._next_look is not None:
                self._next_look.cancel()
            if over:
                self._next_look = threading.Timer(over[0].ended + self._kept_s - time.time(), self._tidy)
                self._next_look.daemon = True
                self._next_look.start()

    def _make_room(self, done: list[Job]) -> None:
        """Delete the oldest files until the rest is no more than may be kept."""
        size = sum(job.size for job in done)
        for job in done[:-1]:
            if size <= self._kept_bytes:
                return
            size -= job.size
            self._folder.drop(job.id)
            job.path = None

    def _forget(self, job: Job) -> None:
        self._folder.drop(job.id)
        self._jobs.pop(job.id, None)


@cache
def jobs() -> ExportJobs:
    """The jobs of this process: pages start them, the download route delivers their files."""
    return ExportJobs()
