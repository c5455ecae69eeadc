"""Contenders in processes of their own that answer the same queries in turn, round by round.

A contender reads a line for each round and answers with the milliseconds of each query as JSON. Turns alternate, so
that a busy moment of the machine falls on all alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.setting import ROOT
from benchmarks.timing import medians, milliseconds

ROUNDS = 5
#: Seconds of asking before the first round, the same for all, for Java's compiler to come to an end.
WARM_UP_S = 10
K = 10

Ranking = list[tuple[str, float]]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Contender:
    """A module that answers in rounds, and how to start it."""

    name: str
    module: str
    arguments: tuple[str, ...]
    python: Path = Path(sys.executable)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Milliseconds by query (the median over the rounds), and what the contender said of itself when it started."""

    times: list[float]
    facts: dict[str, object]


def run(contenders: Sequence[Contender], rounds: int = ROUNDS) -> dict[str, Outcome]:
    """Start all contenders, let them warm up, then ask them in turn."""
    processes = {c.name: _start(c) for c in contenders}
    try:
        facts = {name: _answer(name, process) for name, process in processes.items()}
        times: dict[str, list[list[float]]] = {name: [] for name in processes}
        for _ in range(rounds):
            for name, process in processes.items():
                _ask(process)
                times[name].append(_answer(name, process))
    finally:
        for process in processes.values():
            _end(process)
    return {name: Outcome(medians(times[name]), facts[name]) for name in processes}


def answer_rounds(ask: Callable[[_T], object], queries: Sequence[_T], facts: Mapping[str, object]) -> None:
    """The contender's side: warm up, say the facts, then a round for each line that comes in."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # what libraries print must not stand between the answers
        warm = time.monotonic() + WARM_UP_S
        while time.monotonic() < warm:
            milliseconds(ask, queries)
        print(json.dumps(facts), file=out, flush=True)
        for _ in sys.stdin:
            print(json.dumps(milliseconds(ask, queries)), file=out, flush=True)


def _start(contender: Contender) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [contender.python, "-m", contender.module, *contender.arguments],
        cwd=ROOT,
        env=os.environ | dict(contender.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ask(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _answer(name: str, process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        sys.exit(f"{name} ended before it answered; what it said stands above.")
    return json.loads(line)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
