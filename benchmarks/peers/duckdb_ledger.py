"""What each rule of a chain removes, by plain DuckDB over the corpus's Parquet files: one statement, one pass."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

#: Documents and tokens.
Amount = tuple[int, int]


def count(connection: duckdb.DuckDBPyConnection, rules: Sequence[str]) -> list[Amount]:
    """The start, what is kept, and of each rule what it removes in the chain, alone and only; rules are SQL."""
    kept = ", ".join(f"coalesce({rule}, false)::INT AS k{i}" for i, rule in enumerate(rules))
    all_kept = " + ".join(f"k{i}" for i in range(len(rules)))
    conditions = ["true", f"{all_kept} = {len(rules)}"]
    for i in range(len(rules)):
        before = " AND ".join(f"k{j} = 1" for j in range(i)) or "true"
        conditions += [f"k{i} = 0 AND {before}", f"k{i} = 0", f"k{i} = 0 AND {all_kept} = {len(rules) - 1}"]
    asked = ", ".join(f"count(*) FILTER ({c}), coalesce(sum(tokens) FILTER ({c}), 0)::BIGINT" for c in conditions)
    found = connection.execute(f"SELECT {asked} FROM (SELECT tokens, {kept} FROM documents)").fetchall()[0]
    return list(zip(found[::2], found[1::2], strict=True))
