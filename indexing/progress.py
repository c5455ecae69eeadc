"""Saying how far a job has come: on a terminal one line that is rewritten, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

_REDRAW_SECONDS = 0.2
_LOG_SECONDS = 10.0


class Step(Protocol):
    """One step of a job while it runs."""

    def advance(self, count: int) -> None:
        """Say that `count` more units are done."""


class Progress(Protocol):
    """What shows the steps of a job."""

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "documents", waiting: str = "") -> Iterator[Step]:
        """Show a step for as long as the block runs; `waiting` says what may take time before the first unit."""
        yield SilentStep()


class SilentStep:
    """A step that nobody watches."""

    def advance(self, count: int) -> None:
        """Do nothing."""


class SilentProgress:
    """For tests and for callers that want no output."""

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "documents", waiting: str = "") -> Iterator[Step]:
        """Run the block."""
        yield SilentStep()


class ConsoleProgress:
    """Steps on standard error."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "documents", waiting: str = "") -> Iterator[Step]:
        """Show units done, units a second and the time left; at the end, what the step took."""
        step = _ConsoleStep(self._out, name, total, unit, waiting)
        try:
            yield step
        except BaseException:
            step.close(finished=False)
            raise
        step.close(finished=True)


class _ConsoleStep:
    def __init__(self, out: TextIO, name: str, total: int | None, unit: str, waiting: str) -> None:
        self._out, self._name, self._total, self._unit, self._waiting = out, name, total, unit, waiting
        self._live = out.isatty()
        self._started = self._shown = time.monotonic()
        self._done = 0
        self._width = 0

    def advance(self, count: int) -> None:
        """Count, and show it when the last time was long enough ago."""
        self._done += count
        now = time.monotonic()
        if now - self._shown >= (_REDRAW_SECONDS if self._live else _LOG_SECONDS):
            self._shown = now
            self._show(self._line(now - self._started), last=not self._live)

    def close(self, *, finished: bool) -> None:
        """Show the final count; a step that ended before anything was done has nothing to say."""
        if not (finished or self._done):
            return
        seconds = time.monotonic() - self._started
        words = f"{self._name}: {self._done:,} {self._unit} in {format_seconds(seconds)}"
        self._show(words if finished else f"{words}, not finished", last=True)

    def _line(self, seconds: float) -> str:
        if not self._done and self._waiting:
            return f"{self._name}: {self._waiting}, {format_seconds(seconds)} so far"
        rate = self._done / max(seconds, 1e-9)
        of = f" of {self._total:,}" if self._total is not None else ""
        line = f"{self._name}: {self._done:,}{of} {self._unit}, {rate:,.0f} a second"
        if self._total is not None and 0 < self._done < self._total:
            line += f", {format_seconds((self._total - self._done) / rate)} left"
        return line

    def _show(self, line: str, *, last: bool) -> None:
        pad = " " * max(0, self._width - len(line)) if self._live else ""
        self._width = 0 if last else len(line)
        self._out.write(("\r" if self._live else "") + line + pad + ("\n" if last else ""))
        self._out.flush()


def format_seconds(seconds: float) -> str:
    """4.25 -> "4.2 s", 125 -> "2 min 5 s", 7300 -> "2 h 1 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
