"""Totals and facets by plain DuckDB over the corpus's Parquet files, given the rows that match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from corpuscope.catalog.columns import Rows
from corpuscope.fields import Field
from corpuscope.manifest import Manifest, Part, load
from corpuscope.results import Bin


def connect(folder: Path, names: Sequence[str], threads: int) -> duckdb.DuckDBPyConnection:
    """A connection with a view `documents`: the row number and the named fields, read from Parquet each time."""
    manifest = load(folder)
    fields = [f for f in manifest.fields if f.name in names]
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("CREATE VIEW documents AS " + " UNION ALL ".join(_parts(folder, manifest, fields)))
    return connection


def count(
    connection: duckdb.DuckDBPyConnection, rows: Rows, values: Sequence[str], bins: dict[str, list[Bin]]
) -> dict[str, Any]:
    """The total, the twenty most frequent values of some fields and the counts by bin of others."""
    connection.register("matches", {"row": rows})
    joined = "FROM documents JOIN matches USING (row)"
    out: dict[str, Any] = {"total": connection.execute(f"SELECT count(*) {joined}").fetchall()[0][0]}
    for name in values:
        grouped = f'SELECT "{name}" AS v, count(*) AS n {joined} WHERE v IS NOT NULL GROUP BY v'
        out[name] = connection.execute(f"{grouped} ORDER BY n DESC, v LIMIT 20").fetchall()
    for name, edges in bins.items():
        counts = ", ".join(f'count(*) FILTER ("{name}" >= {b.low} AND "{name}" < {b.high})' for b in edges)
        out[name] = connection.execute(f"SELECT {counts} {joined}").fetchall()[0]
    return out


def _parts(folder: Path, manifest: Manifest, fields: Sequence[Field]) -> Iterator[str]:
    base = 0
    for part in manifest.parts:
        yield f"SELECT {base} + source.file_row_number AS row, {columns(fields)} FROM {tables(folder, part, fields)}"
        base += part.rows


def columns(fields: Sequence[Field]) -> str:
    """Fields as columns of `tables`."""
    return ", ".join(f'"{f.origin}"."{f.column}" AS "{f.name}"' for f in fields)


def tables(folder: Path, part: Part, fields: Sequence[Field]) -> str:
    """The files of a part that hold some fields, side by side; each is named after the origin of its fields."""
    origins = dict.fromkeys(f.origin for f in fields if f.origin != "source")
    files = [f"read_parquet('{folder / part.documents.path}', file_row_number = true) AS source"]
    files += [f"read_parquet('{folder / part.fields[origin].path}') AS \"{origin}\"" for origin in origins]
    return " POSITIONAL JOIN ".join(files)
