"""Worker processes of the offline jobs: spawned, deaf to Ctrl-C, gone when their parent is gone or gives up."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, get_context
from multiprocessing.util import Finalize
from threading import Thread
from typing import Any, TypeVar

from corpuscope.errors import CorpuscopeError

_T = TypeVar("_T")
_R = TypeVar("_R")
_POLL_SECONDS = 0.2

#: Units of work done by all workers of the pool together; set in a worker when it starts.
_done: Any = None
#: Which of its pool's workers this process is, from 0, and how many there are; set in a worker when it starts.
_place = (0, 1)


@contextmanager
def pool(workers: int, done: Any = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes (never forked: a JVM or threads may be running); `done` is a shared counter.

    An error or Ctrl-C in the block ends the processes amid their work, of which nothing half done can stay.
    """
    context = get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    started = context.Value("q", 0)
    arguments = (done, lifeline, started, workers)
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=arguments)
    try:
        yield executor
    except BrokenProcessPool:
        raise CorpuscopeError(
            "A worker process was killed, perhaps for want of memory. Run the same command again with a smaller "
            "--workers to resume."
        ) from None
    except BaseException:
        held.close()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        held.close()
        lifeline.close()


def run_tasks(
    work: Callable[[_T, Callable[[int], None]], _R],
    tasks: Sequence[_T],
    *,
    workers: int,
    advance: Callable[[int], None],
    size: Callable[[_T], int] = lambda task: 0,
) -> list[_R]:
    """Do `work(task, count)` for every task in worker processes; results come in the order of the tasks.

    The largest tasks by `size` begin first, so that no worker is left alone with one at the end. What the workers
    count is handed on to `advance` while they work. `work` and the tasks must be picklable.
    """
    if not tasks:
        return []
    done = get_context("spawn").Value("q", 0)
    with pool(min(workers, len(tasks)), done) as executor:
        order = sorted(range(len(tasks)), key=lambda i: -size(tasks[i]))
        futures = {i: executor.submit(_work, work, tasks[i]) for i in order}
        _follow(futures.values(), done, advance)
        return [futures[i].result() for i in range(len(tasks))]


def place() -> tuple[int, int]:
    """Which of its pool's workers this process is, from 0, and how many there are; (0, 1) outside a pool."""
    return _place


def _follow(futures: Iterable[Future[Any]], done: Any, advance: Callable[[int], None]) -> None:
    """Report what the workers count until all have ended or one has failed."""
    waiting, reported = set(futures), 0
    while waiting:
        ended, waiting = wait(waiting, timeout=_POLL_SECONDS)
        counted = done.value
        advance(counted - reported)
        reported = counted
        for future in ended:
            future.result()


def _work(work: Callable[[_T, Callable[[int], None]], _R], task: _T) -> _R:
    return work(task, _count)


def _count(units: int) -> None:
    with _done.get_lock():
        _done.value += units


def _start(done: Any, lifeline: connection.Connection, started: Any, workers: int) -> None:
    global _done, _place
    _done = done
    with started.get_lock():
        _place = (started.value, workers)
        started.value += 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A worker leaves at once when its work is done: Java's threads abort a Python that takes its time to end.
    Finalize(None, os._exit, args=(0,), exitpriority=-100)
    Thread(target=_die_with, args=(lifeline,), daemon=True).start()


def _die_with(lifeline: connection.Connection) -> None:
    """End when the parent lets go of its end, dead or alive; without this a dead parent's workers would wait for ever.

    A queue's pipe tells them nothing: the workers themselves hold it open.
    """
    connection.wait([lifeline])
    os._exit(1)
