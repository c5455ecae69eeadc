"""Parallel work by part: spawned processes (a JVM must never be forked), one progress for all of them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeVar

from corpuscope.errors import CorpuscopeError

_T = TypeVar("_T")
_R = TypeVar("_R")
_POLL_S = 0.2

_counter: Synchronized[int] | None = None


def run_tasks(
    work: Callable[[_T, Callable[[int], None]], _R], tasks: Sequence[_T], *, workers: int, advance: Callable[[int], None]
) -> list[_R]:
    """Do `work(task, advance)` for every task; results come in the order of the tasks.

    `work` and the tasks must be picklable; workers are processes of their own even when there is one.
    """
    if not tasks:
        return []
    context = multiprocessing.get_context("spawn")
    counter = context.Value("q", 0)
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)), mp_context=context, initializer=_take_counter, initargs=(counter,)
    )
    try:
        futures = [pool.submit(_work, work, task) for task in tasks]
        _follow(futures, counter, advance)
        return [f.result() for f in futures]
    except BrokenProcessPool:
        raise CorpuscopeError(
            "A worker process was ended from outside, perhaps for want of memory. Run the command again to resume; "
            "--workers 1 needs less memory."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _follow(futures: Iterable[Future[Any]], counter: Any, advance: Callable[[int], None]) -> None:
    """Report what the workers have done until all are done or one has failed."""
    waiting, reported = set(futures), 0
    while waiting:
        done, waiting = wait(waiting, timeout=_POLL_S)
        advance(counter.value - reported)
        reported = counter.value
        for future in done:
            if future.exception() is not None:
                future.result()


def _take_counter(counter: Synchronized[int]) -> None:
    global _counter  # noqa: PLW0603  # a worker process has one counter
    _counter = counter


def _work(work: Callable[[_T, Callable[[int], None]], _R], task: _T) -> _R:
    return work(task, _count)


def _count(n: int) -> None:
    assert _counter is not None
    with _counter.get_lock():
        _counter.value += n
