"""Everything to Parquet, beside DuckDB's own COPY of the same columns from the same files."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import corpora, setting
from benchmarks.memory import MB
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import ROOT, WORKERS, Setting

_ROUNDS = 3
_WAYS = {"ours": "Corpuscope, masking off", "masked": "Corpuscope, masking on", "duckdb": "DuckDB COPY"}

Figures = dict[str, float]


def measure(told: Setting) -> Section:
    """Ours without and with masking and DuckDB's, in alternating rounds."""
    folder = corpora.get_corpus(told, "default")
    rounds = [{way: _run(told, folder, way) for way in _WAYS} for _ in range(_ROUNDS)]
    medians = {way: _medians([figures[way] for figures in rounds]) for way in _WAYS}
    theirs = medians["duckdb"]["seconds"]
    rows = [
        (
            name,
            number(medians[way]["seconds"]),
            number(medians[way]["seconds"] / theirs),
            number(medians[way]["extra"] / MB),
            number(medians[way]["size"] / MB),
        )
        for way, name in _WAYS.items()
    ]
    promise = Promise("masking off, of DuckDB's", medians["ours"]["seconds"] / theirs, 1.5, "x")
    header = ("", "seconds", "x DuckDB", "peak extra memory, MB", "file, MB")
    return Section("Export", [_CONDITIONS], [Table(header, rows)], [promise])


_CONDITIONS = (
    f"All documents with all fields, zstd, in row order; medians of {_ROUNDS} alternating rounds, each in a process of "
    f"its own, its start not counted. Ours includes the digests of the recipe; DuckDB runs with {WORKERS} threads and "
    "its own row groups and compression level."
)


def _run(told: Setting, folder: Path, way: str) -> Figures:
    out = told.folder("exports") / f"{way}.parquet"
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.exporting", way, str(folder), str(out)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def _medians(rounds: list[Figures]) -> Figures:
    return {key: statistics.median(figures[key] for figures in rounds) for key in rounds[0]}


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
