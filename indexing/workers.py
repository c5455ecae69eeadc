"""Worker processes of the offline jobs: spawned, deaf to Ctrl-C, gone when their parent is gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from threading import Thread

from corpuscope.errors import CorpuscopeError


@contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes (never forked: a JVM or threads may be running)."""
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start)
    try:
        yield executor
    except BrokenProcessPool:
        raise CorpuscopeError(
            "A worker process was killed, perhaps for want of memory. Run the same command again with a smaller "
            "--workers to resume."
        ) from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A killed parent leaves its workers waiting for ever: a queue's pipe is held open by the workers themselves."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
