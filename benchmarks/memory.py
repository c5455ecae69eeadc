"""Anonymous resident memory of processes: what cannot be given back, unlike pages of mapped files (Linux only)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_EVERY_SECONDS = 0.1
MB = 1e6


def anonymous_bytes(pid: int) -> int:
    """RssAnon and RssShmem of one process; 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    lines = dict(line.split(":", 1) for line in status.split("\n") if ":" in line)
    return sum(int(lines[key].split()[0]) * 1024 for key in ("RssAnon", "RssShmem") if key in lines)


def tree_bytes(pid: int) -> int:
    """The same of a process and all its descendants."""
    return sum(anonymous_bytes(p) for p in (pid, *_descendants(pid)))


class Peak:
    """The most memory seen while watching, in bytes."""

    def __init__(self) -> None:
        self.bytes = 0

    def note(self, current: int) -> None:
        """Take one more look into account."""
        self.bytes = max(self.bytes, current)


@contextmanager
def watched(pid: int | None = None) -> Iterator[Peak]:
    """Watch a process and its descendants (without a number: this one) ten times a second."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(_EVERY_SECONDS):
            peak.note(tree_bytes(pid or os.getpid()))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _descendants(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [c for task in tasks for c in (task / "children").read_text(encoding="utf-8").split()]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield int(child)
        yield from _descendants(int(child))
