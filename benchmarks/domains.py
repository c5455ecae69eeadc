"""Topic, format and readability on pages held out: how fast, and how good beside a linear SVM trained beside."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks import setting
from benchmarks.peers import environment
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, Setting
from indexing.annotate import run
from indexing.annotators import by_name
from indexing.bundled.judging import Judged
from indexing.bundled.labelled import EXCERPTS, PAGES, Labelled, read
from indexing.bundled.pages import CLASSES, spelled
from indexing.bundled.train_readability import rank_correlation

NAMES = ("topic", "format", "readability")
_ROUNDS = 3
#: What is promised: shares of right classes, the rank correlation, and pages a second with all three.
_RIGHT = {"topic": 0.75, "format": 0.62}
_RANKED, _PAGES_A_SECOND = 0.75, 500
_PEER = "scikit-learn, LinearSVC on TF-IDF of words and pairs"


def measure(told: Setting) -> Section:
    """Accuracy beside the peer's, and speed."""
    data = told.data.parent
    every = read(data / PAGES)
    pages = every.some(every.held_out)
    seconds = _seconds(every.some(np.arange(len(every.documents))[: told.limit or 4_000]))
    right = {name: _accuracy(name, pages) for name in _RIGHT}
    peers = _peer_accuracies(told, every)
    ranked = _ranked(data)
    rows = [(name, f"{right[name]:.4f}", f"{peers[name]:.4f}") for name in _RIGHT]
    together = sum(seconds.values())
    speeds = [(name, number(1 / s), number(s * 1e6)) for name, s in (*seconds.items(), ("all three", together))]
    promises = [
        *(Promise(f"{name}: share of wrong classes", 1 - right[name], 1 - least) for name, least in _RIGHT.items()),
        Promise("readability: 1 - Spearman's rank correlation", 1 - ranked, 1 - _RANKED),
        Promise(f"all three, microseconds a page ({_PAGES_A_SECOND} a second)", together * 1e6, 1e6 / _PAGES_A_SECOND),
    ]
    version = environment.versions(Path(sys.executable), "scikit-learn")
    notes = [
        f"{len(pages.documents):,} pages that no training saw, with their addresses; {version} was trained in the same "
        f"run on the same {len(every.training):,} others. Readability: Spearman {ranked:.4f} on the excerpts held out. "
        f"Speed: medians of {_ROUNDS} rounds on one thread."
    ]
    header = ("share of right classes", "corpuscope", _PEER)
    tables = [Table(header, rows), Table(("", "pages a second", "microseconds a page"), speeds)]
    return Section("Domains", notes, tables, promises)


def _columns(pages: Labelled) -> dict[str, pa.Array]:
    return {key: pa.array([d.get(key) for d in pages.documents], pa.large_string()) for key in ("text", "url")}


def _seconds(pages: Labelled) -> dict[str, float]:
    """Median seconds a page of each annotator, after a first round that compiles."""
    columns, rows = _columns(pages), len(pages.documents)
    out = {}
    for name in NAMES:
        rounds = []
        for _ in range(1 + _ROUNDS):
            begun = time.perf_counter()
            run(by_name(name), {}, columns, rows)
            rounds.append(time.perf_counter() - begun)
        out[name] = statistics.median(rounds[1:]) / rows
    return out


def _accuracy(name: str, pages: Labelled) -> float:
    said, confidence = run(by_name(name), {}, _columns(pages), len(pages.documents))
    labels = np.array([CLASSES[name].index(spelled(name, d[name])) for d in pages.documents])
    predicted = np.array([CLASSES[name].index(s) for s in said.to_pylist()])
    return Judged(labels, predicted, confidence.to_numpy()).accuracy


def _ranked(data: Path) -> float:
    every = read(data / EXCERPTS)
    excerpts = every.some(every.held_out)
    (said,) = run(by_name("readability"), {}, _columns(excerpts), len(excerpts.documents))
    return rank_correlation(said.to_numpy(), np.array([d["readability"] for d in excerpts.documents]))


def _peer_accuracies(told: Setting, every: Labelled) -> dict[str, float]:
    """What the peer gets right of the same pages when trained on the same others."""
    file = told.folder("domains") / "split.json"
    split = {
        part: [{key: every.documents[i][key] for key in ("text", *_RIGHT)} for i in rows]
        for part, rows in (("training", every.training), ("held_out", every.held_out))
    }
    file.write_text(json.dumps(split), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.peers.linear_svm", str(file), *_RIGHT]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
