"""Building: each step, our indexing beside Pyserini's own command, and memory for the data twice and three times."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pyarrow.parquet as pq
import zstandard

from benchmarks import corpora, domains, memory, setting
from benchmarks.memory import MB
from benchmarks.peers import stock_pyserini
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, WORKERS, Setting
from benchmarks.signals import SIGNALS
from corpuscope.manifest import load
from indexing.annotators import DEFAULT

_ROUNDS = 2
_INDEX = "index"
_STEPS = ("read", "write", "annotate", _INDEX, "columns")
#: The default annotators that count and place; the others rate.
_PLAIN = ",".join(name for name in DEFAULT if name not in (*SIGNALS, *domains.NAMES, "toxicity"))
#: How Anserini's log ends: `Total 683,510 documents indexed in 00:00:25`.
_ANSERINI_TIME = re.compile(r"Total ([\d,]+) documents indexed in (\d+):(\d+):(\d+)")
#: What half as many documents again may take of memory and still count as flat.
_FLAT = 1.1


@dataclass(frozen=True)
class Built:
    """Seconds of a build, whole and by step, and its peak of anonymous memory with all its processes."""

    seconds: float
    steps: dict[str, float]
    peak: int

    @property
    def rest(self) -> float:
        """Seconds of everything but Lucene's indexing."""
        return self.seconds - self.steps[_INDEX]


def measure(told: Setting) -> Section:
    """Builds in turn with Pyserini's command, then builds of twice and three times the documents."""
    default, plain, none, theirs = _rounds(told)
    # Against once the documents this would compare one worker on the longest texts with two of them.
    second, third = _copy(told, "second"), _copy(told, "third")
    twice = _build(told, "twice", [told.data, second])
    thrice = _build(told, "thrice", [told.data, second, third])
    ours = statistics.median(b.steps[_INDEX] for b in (*default, *plain, *none))
    command = statistics.median(seconds for seconds, _ in theirs)
    logged = statistics.median(seconds for _, seconds in theirs)
    return Section(
        "Build",
        [_CONDITIONS],
        [
            _step_table(
                {
                    "default annotators": default,
                    "without ratings": plain,
                    "no annotators": none,
                    "twice the documents": [twice],
                    "three times the documents": [thrice],
                }
            ),
            _index_table(ours, command, logged),
        ],
        [
            Promise("indexing, of Pyserini's command", ours / command, 1, "x"),
            Promise("the rest with no annotators, of our indexing", _median_rest(none) / ours, 1, "x"),
            Promise("the rest without ratings, of our indexing", _median_rest(plain) / ours, 1, "x"),
            Promise("peak memory for three times the documents, of twice", thrice.peak / twice.peak, _FLAT, "x"),
        ],
    )


def _rounds(told: Setting) -> tuple[list[Built], list[Built], list[Built], list[tuple[float, float]]]:
    default, plain, none, theirs = [], [], [], []
    for _ in range(_ROUNDS):
        default.append(_build(told, "default", [told.data]))
        corpus = told.folder("corpora") / "default"
        theirs.append(_pyserini(told, _json_lines(told, corpus), load(corpus).rows))
        plain.append(_build(told, "plain", [told.data], "--annotators", _PLAIN))
        none.append(_build(told, "none", [told.data], "--annotators", "none"))
    return default, plain, none, theirs


def _build(told: Setting, name: str, sources: Sequence[Path], *options: str) -> Built:
    folder = told.folder("corpora") / name
    command = corpora.build_command(told, folder, sources, "--force", *options)
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr)
    with memory.watched(process.pid) as peak:
        status = process.wait()
    seconds = time.perf_counter() - begun
    if status:
        raise subprocess.CalledProcessError(status, command)
    return Built(seconds, load(folder).history[-1]["seconds"], peak.bytes)


def _pyserini(told: Setting, lines: Path, documents: int) -> tuple[float, float]:
    """Seconds of Pyserini's command, and those that Anserini itself counts (whole ones)."""
    target = told.folder("indexes") / "pyserini"
    shutil.rmtree(target, ignore_errors=True)
    begun = time.perf_counter()
    command = stock_pyserini.indexing_command(lines, target, WORKERS)
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    seconds = time.perf_counter() - begun
    found = _ANSERINI_TIME.search(done.stdout)
    if found is None or int(found.group(1).replace(",", "")) != documents:
        raise ValueError(f"Pyserini has not indexed {documents:,} documents:\n{done.stdout[-2_000:]}")
    hours, minutes, rest = (int(x) for x in found.groups()[1:])
    return seconds, hours * 3_600 + minutes * 60 + rest


def _json_lines(told: Setting, corpus: Path) -> Path:
    """The documents of a corpus as Pyserini reads them: a file of JSON lines for each part."""
    folder = told.folder("json-lines")
    for earlier in folder.iterdir():
        earlier.unlink()
    for part in load(corpus).parts:
        with (folder / f"{part.name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_anserini_lines(corpus / part.documents.path))
    return folder


def _anserini_lines(documents: Path) -> Iterator[str]:
    for batch in pq.ParquetFile(documents).iter_batches(columns=["id", "title", "text"]):
        for row in batch.to_pylist():
            contents = row["text"] if row["title"] is None else f"{row['title']}\n{row['text']}"
            yield json.dumps({"id": row["id"], "contents": contents}) + "\n"


def _copy(told: Setting, name: str) -> Path:
    """The same documents under other ids."""
    folder = told.folder(f"{name}-copy")
    for source in sorted(told.data.glob("*.jsonl.zst")):
        target = folder / source.name
        if not target.exists():
            with _open(source, "rt") as lines, _open(target, "wt") as out:
                out.writelines(line.replace('{"id": "', f'{{"id": "{name}-', 1) for line in lines)
    return folder


def _open(path: Path, mode: str) -> TextIO:
    stream: TextIO = zstandard.open(path, mode, encoding="utf-8", newline="\n")
    return stream


def _median_rest(builds: Sequence[Built]) -> float:
    return statistics.median(b.rest for b in builds)


def _step_table(builds: dict[str, Sequence[Built]]) -> Table:
    rows = [
        (
            name,
            *(number(statistics.median(b.steps[step] for b in many)) for step in _STEPS),
            number(statistics.median(b.seconds for b in many)),
            number(max(b.peak for b in many) / MB),
        )
        for name, many in builds.items()
    ]
    return Table(("seconds", *_STEPS, "whole command", "peak memory, MB"), rows)


def _index_table(ours: float, command: float, logged: float) -> Table:
    rows = [
        ("Corpuscope, the step", number(ours), ""),
        ("Pyserini, the command", number(command), number(ours / command)),
        ("Pyserini, as Anserini counts", number(logged), number(ours / logged)),
    ]
    return Table(("indexing", "seconds", "ours : its"), rows)


_CONDITIONS = (
    f"{WORKERS} workers or threads for all; medians of {_ROUNDS} alternating rounds (twice and three times the "
    "documents: one). Pyserini's command indexes the same texts with positions, a file of JSON lines for each of our "
    "parts, and leaves several segments; ours reads Parquet and ends with one segment a part. The whole command "
    "includes Python's start. Peak memory is anonymous memory (RssAnon and RssShmem) of the command and all its "
    "processes together, Java's heaps included."
)


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
