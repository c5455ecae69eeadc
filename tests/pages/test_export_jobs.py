"""Jobs that write exports: how they go on, how they end, and what they leave."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpuscope.corpus import Corpus
from corpuscope.errors import ExportError
from corpuscope.export.export import export
from corpuscope.export.recipe import Recipe
from corpuscope.query import Query
from pages.widgets.export_jobs import ExportJobs, Job, Order


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def jobs() -> Iterator[ExportJobs]:
    found = ExportJobs()
    yield found
    found.close()


class Gate:
    """An export that stops between its documents until it is let on."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.opened = threading.Event()

    def write(self, out: Path, advance: Callable[[int], None]) -> Recipe:
        def wait(documents: int) -> None:
            advance(documents)
            self.opened.wait(10)
            advance(0)

        return export(self.corpus, Query(), out, advance=wait)


def order(corpus: Corpus, write=None, session: str = "one", name: str = "tiny.jsonl") -> Order:
    def plainly(out: Path, advance: Callable[[int], None]) -> Recipe:
        return export(corpus, Query(), out, advance=advance)

    return Order(session, "everything", name, corpus.manifest.rows, write or plainly)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def over(*jobs: Job) -> None:
    until(lambda: all(job.is_over for job in jobs))


def files(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob("*") if p.is_file() and p.name != "lock"]


def test_progress_reaches_the_count_and_the_file_is_there(jobs: ExportJobs, tiny_corpus: Corpus):
    job = jobs.start(order(tiny_corpus))
    over(job)
    assert (job.state, job.written, job.message) == ("done", tiny_corpus.manifest.rows, "")
    path = jobs.file(job.id)
    assert path is not None
    assert path.name == "tiny.jsonl" and path.read_bytes().count(b"\n") == job.written
    assert path.stat().st_size == job.size
    assert job.recipe is not None and job.recipe.documents_written == job.written


def test_a_session_sees_its_own_jobs_only_the_newest_first(jobs: ExportJobs, tiny_corpus: Corpus):
    started = [jobs.start(order(tiny_corpus, session=s)) for s in ("one", "two", "one")]
    assert jobs.of("one") == [started[2], started[0]]
    over(*started)
    jobs.drop("two", started[0].id)
    assert len(jobs.of("one")) == 2
    jobs.drop("one", started[0].id)
    assert jobs.of("one") == [started[2]] and jobs.file(started[0].id) is None


def test_cancelling_leaves_nothing(jobs: ExportJobs, tiny_corpus: Corpus, temporary: Path):
    gate = Gate(tiny_corpus)
    job = jobs.start(order(tiny_corpus, gate.write))
    until(lambda: job.written > 0)
    assert files(temporary)
    jobs.cancel("two", job.id)
    assert not job.cancelled.is_set()
    jobs.cancel("one", job.id)
    gate.opened.set()
    over(job)
    assert job.state == "cancelled" and job.written < tiny_corpus.manifest.rows
    assert files(temporary) == [] and jobs.file(job.id) is None


def test_two_are_written_at_once_and_a_third_waits(jobs: ExportJobs, tiny_corpus: Corpus):
    gates = [Gate(tiny_corpus) for _ in range(4)]
    first, second, third, fourth = (jobs.start(order(tiny_corpus, gate.write)) for gate in gates)
    until(lambda: first.written > 0 and second.written > 0)
    assert (third.state, fourth.state) == ("waiting", "waiting")
    jobs.cancel("one", fourth.id)
    gates[0].opened.set()
    until(lambda: third.written > 0)
    assert first.state == "done"
    for gate in gates:
        gate.opened.set()
    over(second, third, fourth)
    assert (second.state, third.state, fourth.state, fourth.written) == ("done", "done", "cancelled", 0)


def test_a_failure_is_a_sentence(jobs: ExportJobs, tiny_corpus: Corpus, temporary: Path):
    def full(out: Path, advance: Callable[[int], None]) -> Recipe:
        out.write_bytes(b"half")
        raise ExportError("The disk is full. Nothing was left behind.")

    def broken(out: Path, advance: Callable[[int], None]) -> Recipe:
        raise ZeroDivisionError

    jobs_ = [jobs.start(order(tiny_corpus, write)) for write in (full, broken)]
    over(*jobs_)
    assert [job.state for job in jobs_] == ["failed", "failed"]
    assert jobs_[0].message == "The disk is full. Nothing was left behind."
    assert "server's log" in jobs_[1].message
    assert files(temporary) == []


def test_what_is_said_of_a_finished_file_is_kept(jobs: ExportJobs, tiny_corpus: Corpus):
    job = jobs.start(replace(order(tiny_corpus), on_done=lambda recipe: f"{recipe.documents_written} of them"))
    over(job)
    assert job.message == f"{tiny_corpus.manifest.rows} of them"


def test_files_are_deleted_when_their_time_is_over(tiny_corpus: Corpus, temporary: Path):
    jobs = ExportJobs(kept_s=0.2)
    job = jobs.start(order(tiny_corpus))
    over(job)
    assert jobs.file(job.id) is not None
    until(lambda: jobs.file(job.id) is None)
    until(lambda: jobs.of("one") == [])
    assert files(temporary) == []
    jobs.close()


def test_the_oldest_files_make_room_and_the_newest_stays(tiny_corpus: Corpus):
    jobs = ExportJobs(kept_bytes=1)
    first = jobs.start(order(tiny_corpus))
    over(first)
    assert jobs.file(first.id) is not None
    second = jobs.start(order(tiny_corpus))
    until(lambda: first.path is None)
    assert (first.state, jobs.file(first.id)) == ("done", None)
    assert jobs.file(second.id) is not None
    jobs.close()


def test_the_end_of_the_server_gives_up_and_deletes_everything(tiny_corpus: Corpus, temporary: Path):
    jobs = ExportJobs()
    done, gate = jobs.start(order(tiny_corpus)), Gate(tiny_corpus)
    over(done)
    running = jobs.start(order(tiny_corpus, gate.write))
    until(lambda: running.written > 0)
    threading.Timer(0.05, gate.opened.set).start()
    jobs.close()
    assert running.state == "cancelled"
    assert list(temporary.iterdir()) == []


def test_what_a_killed_server_left_is_cleared_but_nothing_of_a_living_one(tiny_corpus: Corpus, temporary: Path):
    living = ExportJobs()
    kept = living.start(order(tiny_corpus))
    over(kept)
    abandoned = temporary / "corpuscope-exports-abandoned"
    (abandoned / "job").mkdir(parents=True)
    (abandoned / "lock").touch()
    (abandoned / "job" / "secret.jsonl").touch()
    other = temporary / "corpuscope-exports-of-somebody"
    other.mkdir()
    jobs = ExportJobs()
    over(jobs.start(order(tiny_corpus)))
    assert not abandoned.exists() and other.exists()
    assert living.file(kept.id) is not None
    living.close()
    jobs.close()


def test_nobody_else_may_enter_the_folder(jobs: ExportJobs, tiny_corpus: Corpus, temporary: Path):
    over(jobs.start(order(tiny_corpus)))
    (folder,) = temporary.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
