"""How fast texts are judged for toxicity, how well posts are told apart beside a packaged flagger, and false alarms."""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import setting
from benchmarks.peers import environment
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, Setting
from indexing.toxicity import data
from indexing.toxicity.fit_linear import auc
from indexing.toxicity.report import false_alarms, score

#: Every so-manieth page is judged: neighbours in the file are alike.
_PAGES, _EVERY = "labels/web_topic_format.jsonl.zst", 4
_WORKERS, _ROUNDS = 2, 2
#: Pages a second that two workers shall reach together, and the share of bench documents that may be flagged.
_PROMISED, _FLAGGED = 500, 0.005
#: False alarms are measured on every so-manieth document.
_STEP = 10


def measure(told: Setting) -> Section:
    """Speed, areas under the curve on test splits, false alarms."""
    folder = told.data.parent
    rate = _pages_a_second(told)
    python = environment.get_python(told.work)
    rows = [_beside_peer(told, folder, python, name) for name in data.SETS]
    alarms = false_alarms(folder, _STEP if told.limit is None else 100 * _STEP)
    flagged = alarms["bench"]["flagged"]
    promises = [
        Promise(f"microseconds a page on {_WORKERS} workers ({_PROMISED} a second)", 1e6 / rate, 1e6 / _PROMISED),
        Promise("documents of bench flagged", 100 * flagged, 100 * _FLAGGED, " %"),
    ]
    clean = [(name, number(f["documents"]), number(100 * f["flagged"]) + " %") for name, f in alarms.items()]
    tables = [
        Table(("test split of", "posts", "area under the curve", "alt-profanity-check"), rows),
        Table(("clean text", "documents", "flagged"), clean),
    ]
    notes = [
        f"{number(rate)} web pages a second on {_WORKERS} workers of one thread, after a first round that compiles and "
        f"loads; {environment.versions(python, 'alt-profanity-check')}. False alarms: documents that were not trained "
        "on; some pages of the web collections are toxic indeed."
    ]
    return Section("Toxicity", notes, tables, promises)


def _pages_a_second(told: Setting) -> float:
    """The rate of workers that judge a half each at the same time."""
    records = data.records(told.data.parent / _PAGES)
    texts = [record["text"] for record in itertools.islice(records, 0, None, _EVERY)][: told.limit]
    processes = [_start(told, texts[worker::_WORKERS], worker) for worker in range(_WORKERS)]
    answers = [json.loads(process.communicate()[0]) for process in processes]
    return len(texts) / max(statistics.median(seconds) for seconds in answers)


def _start(told: Setting, texts: Sequence[str], worker: int) -> subprocess.Popen[str]:
    pages = told.folder("toxicity") / f"{worker}.jsonl"
    pages.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.signalling", str(pages), str(_ROUNDS), "toxicity"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _beside_peer(told: Setting, folder: Path, python: Path, name: str) -> tuple[str, ...]:
    examples = [e for e in data.labelled(folder, name) if e.split == "test" and e.toxic is not None]
    texts = [e.text for e in examples]
    toxic = np.array([bool(e.toxic) for e in examples])
    posts = told.folder("toxicity") / f"{name}.jsonl"
    posts.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
    command = [str(python), "-m", "benchmarks.peers.profanity_check", str(posts)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    theirs = np.array(json.loads(done.stdout))
    return name, f"{len(texts):,}", f"{auc(score(texts), toxic):.3f}", f"{auc(theirs, toxic):.3f}"


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
