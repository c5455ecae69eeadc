"""Serving a corpus: opening it, a search from a cold shell, memory after many queries, many threads at once."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import asking, corpora, setting
from benchmarks.memory import MB
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, Setting
from pages.environment import MEMORY

_RUNS = 5
#: What memory may grow by and still count as flat: allocators keep some of what they are given back.
_FLAT = 1.1


def measure(told: Setting) -> Section:
    """All promises of serving."""
    folder = corpora.get_corpus(told, "default")
    openings = [_child("open", folder) for _ in range(_RUNS)]
    opened = statistics.median(o["open"] for o in openings) / 1_000
    first = statistics.median(o["first"] for o in openings) / 1_000
    cold = _cold_seconds(folder)
    resident = _child("many", folder)["bytes"] / MB
    together = _child("together", folder)
    rate = together["answers"] / asking.SECONDS
    return Section(
        "Serving",
        [_conditions()],
        [
            Table(
                ("", "measured"),
                [
                    ("opening", f"{number(opened)} s"),
                    ("first answer after opening", f"{number(first)} s"),
                    ("`corpuscope search` from a cold shell", f"{number(cold)} s"),
                    (f"anonymous memory after {asking.MANY:,} mixed queries", f"{number(resident)} MB"),
                    (f"{asking.THREADS} threads for {asking.SECONDS} s: answers a second", number(rate)),
                    ("its anonymous memory early and late", _early_and_late(together)),
                ],
            )
        ],
        [
            Promise("opening a corpus", opened, 1, " s"),
            Promise("a search from a cold shell", cold, 1.5, " s"),
            Promise("anonymous memory", resident, 1_000, " MB"),
            Promise(f"wrong answers of {together['answers']:,} under {asking.THREADS} threads", together["wrong"], 0),
            Promise(
                "memory late in that minute, of that early in it", together["late"] / together["early"], _FLAT, "x"
            ),
        ],
    )


def _child(task: str, folder: Path) -> dict[str, float]:
    """What a process of its own measures, in the environment in which `corpuscope serve` runs the app."""
    command = [sys.executable, "-m", "benchmarks.asking", task, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | MEMORY, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _cold_seconds(folder: Path) -> float:
    times = []
    for _ in range(_RUNS + 1):
        begun = time.perf_counter()
        subprocess.run([*corpora.program("search"), str(folder), "climate policy"], capture_output=True, check=True)
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:])


def _early_and_late(together: dict[str, float]) -> str:
    return f"{number(together['early'] / MB)} MB, {number(together['late'] / MB)} MB"


def _conditions() -> str:
    return (
        f"Opening and the cold shell: medians of {_RUNS} processes, imports and Java's start included, files in the "
        "page cache. Mixed queries: keyword, filtered, phrase, boolean, sorted, sampled, empty, and one in a hundred "
        "that scans all texts, each with six facets. Under threads each answer is compared, as JSON, with the one that "
        "the same query got alone. Memory is RssAnon and RssShmem of one process with the engine and without the app."
    )


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
