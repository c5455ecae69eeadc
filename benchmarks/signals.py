"""Quality signals of web pages on one core, beside datatrove's filters."""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from benchmarks import setting
from benchmarks.peers import environment
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, Setting

#: Annotators that compute signals from the text alone.
SIGNALS = ("redpajama_v2", "compression", "quality_rules")
_PAGES = ("c4_1000.jsonl.zst", "labels/web_topic_format.jsonl.zst")
_MOST, _MOST_OF_PEER = 4_000, 400
_ROUNDS = 3
_PEER = "datatrove, its filters that quality_rules decides as"
#: Pages a second that all signals together shall reach.
_PROMISED = 2_000


def measure(told: Setting) -> Section:
    """Each annotator, all together, and the peer."""
    texts = list(_texts(told))
    kilobytes = statistics.mean(len(text.encode()) for text in texts) / 1_000
    python = environment.get_python(told.work)
    ours = {name: _ours(told, texts, name) for name in SIGNALS}
    together = _ours(told, texts, *SIGNALS)
    theirs = _per_page(told, texts[:_MOST_OF_PEER], python, "benchmarks.peers.datatrove_filters")
    rows = [*((name, *_row(s)) for name, s in ours.items()), ("all signals", *_row(together)), (_PEER, *_row(theirs))]
    promise = Promise(f"all signals, microseconds a page ({_PROMISED:,} a second)", together * 1e6, 1e6 / _PROMISED)
    notes = [
        f"{len(texts):,} web pages of {number(kilobytes)} kB on average; medians of {_ROUNDS} rounds in one process on "
        f"one core, after a first round that compiles. {environment.versions(python, 'datatrove')} (the first "
        f"{_MOST_OF_PEER:,} pages) runs the Gopher, C4 and FineWeb filters, each of which stops at the first rule that "
        "a page fails; the code that RedPajama-V2 was made with is in no package."
    ]
    header = ("", "pages a second", "microseconds a page")
    return Section("Signals", notes, [Table(header, rows)], [promise])


def _texts(told: Setting) -> Iterator[str]:
    """The pages; no line end of any kind parts them but the file's own."""
    most = _MOST if told.limit is None else told.limit
    for name in _PAGES:
        with zstandard.open(told.data.parent / name, "rb") as file:
            for line in io.TextIOWrapper(file, encoding="utf-8", newline="\n"):
                if most:
                    yield json.loads(line)["text"]
                    most -= 1


def _ours(told: Setting, texts: list[str], *names: str) -> float:
    return _per_page(told, texts, Path(sys.executable), "benchmarks.signalling", *names)


def _per_page(told: Setting, texts: list[str], python: Path, module: str, *arguments: str) -> float:
    """Median seconds for a page, of a process on one core."""
    pages = told.folder("signals") / f"{len(texts)}.jsonl"
    pages.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
    command = [str(python), "-m", module, str(pages), str(_ROUNDS), *arguments]
    with _one_core():
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return statistics.median(json.loads(done.stdout)) / len(texts)


@contextmanager
def _one_core() -> Iterator[None]:
    """Processes started meanwhile have one core to run on."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _row(seconds: float) -> tuple[str, str]:
    return number(1 / seconds), number(seconds * 1e6)


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
