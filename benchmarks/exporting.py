"""A process that writes everything in a corpus to Parquet, ours or DuckDB's way, and says how long it took.

ours FOLDER OUT | masked FOLDER OUT | duckdb FOLDER OUT
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import memory
from benchmarks.setting import WORKERS


def export_ours(folder: Path, out: Path, *, mask: bool) -> Callable[[], object]:
    """The product's own export."""
    from corpuscope.corpus import open_corpus
    from corpuscope.export.export import export
    from corpuscope.query import Query

    corpus = open_corpus(folder)
    return lambda: export(corpus, Query(mask=mask), out)


def export_duckdb(folder: Path, out: Path) -> Callable[[], object]:
    """DuckDB's COPY of the same columns, in the same order, from the same files."""
    import duckdb

    from benchmarks.peers import duckdb_facets
    from corpuscope.manifest import load

    manifest = load(folder)
    fields = list(manifest.fields)
    chosen = f"SELECT source.id, source.text, {duckdb_facets.columns(fields)}"
    parts = [f"{chosen} FROM {duckdb_facets.tables(folder, part, fields)}" for part in manifest.parts]
    copy = f"COPY ({' UNION ALL '.join(parts)}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    connection = duckdb.connect(config={"threads": WORKERS})
    return lambda: connection.execute(copy)


def main(arguments: Sequence[str]) -> None:
    way, folder, out = arguments[0], Path(arguments[1]), Path(arguments[2])
    write = export_duckdb(folder, out) if way == "duckdb" else export_ours(folder, out, mask=way == "masked")
    before = memory.anonymous_bytes(os.getpid())
    with memory.watched() as peak:
        begun = time.perf_counter()
        write()
        seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "extra": max(0, peak.bytes - before), "size": out.stat().st_size}))


if __name__ == "__main__":
    main(sys.argv[1:])
