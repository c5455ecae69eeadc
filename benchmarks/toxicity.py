"""How fast texts are judged for toxicity, how well posts are told apart beside three peers, and false alarms."""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import setting
from benchmarks.peers import environment
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, Setting
from indexing.toxicity import data
from indexing.toxicity.data import Example
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
    examples = [e for name in data.SETS for e in data.labelled(folder, name) if e.toxic is not None]
    asked = [e for e in examples if e.split == "test"]
    scores = {
        "corpuscope": score([e.text for e in asked]).tolist(),
        "alt-profanity-check": _packaged(told, python, asked),
        **_regressions(told, [e for e in examples if e.split != "test"], asked),
    }
    rows = [_areas(name, asked, scores) for name in data.SETS]
    alarms = false_alarms(folder, _STEP if told.limit is None else 100 * _STEP)
    flagged = alarms["bench"]["flagged"]
    promises = [
        Promise(f"microseconds a page on {_WORKERS} workers ({_PROMISED} a second)", 1e6 / rate, 1e6 / _PROMISED),
        Promise("documents of bench flagged", 100 * flagged, 100 * _FLAGGED, " %"),
    ]
    clean = [(name, number(f["documents"]), number(100 * f["flagged"]) + " %") for name, f in alarms.items()]
    tables = [
        Table(("area under the curve, test split of", "posts", *scores), rows),
        Table(("clean text", "documents", "flagged"), clean),
    ]
    notes = [
        f"{number(rate)} web pages a second on {_WORKERS} workers of one thread, after a first round that compiles and "
        f"loads; {environment.versions(python, 'alt-profanity-check')}. MiniLM: logistic regression on its vectors, "
        "trained in the same run on all posts that are not in a test split, as ours was before; with TF-IDF of words, "
        "pairs and pieces of words beside them. False alarms: documents that were not trained on; some pages of the "
        "web collections are toxic indeed."
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


def _packaged(told: Setting, python: Path, asked: Sequence[Example]) -> list[float]:
    posts = told.folder("toxicity") / "posts.jsonl"
    posts.write_text("".join(json.dumps(e.text) + "\n" for e in asked), encoding="utf-8")
    found: list[float] = _output([str(python), "-m", "benchmarks.peers.profanity_check", str(posts)])
    return found


def _regressions(told: Setting, training: Sequence[Example], asked: Sequence[Example]) -> dict[str, list[float]]:
    file = told.folder("toxicity") / "split.json"
    split = {"training": [(e.text, e.toxic) for e in training], "asked": [e.text for e in asked]}
    file.write_text(json.dumps(split), encoding="utf-8")
    found: dict[str, list[float]] = _output([sys.executable, "-m", "benchmarks.peers.post_regression", str(file)])
    return found


def _output(command: Sequence[str]) -> Any:
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _areas(name: str, asked: Sequence[Example], scores: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """The areas under the curve over the posts of one set."""
    at = [i for i, e in enumerate(asked) if e.source == name]
    toxic = np.array([bool(asked[i].toxic) for i in at])
    return name, f"{len(at):,}", *(f"{auc(np.array(column)[at], toxic):.3f}" for column in scores.values())


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
