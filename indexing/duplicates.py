"""Repeated ids, found on disk: the first document keeps its id, the others get `#2`, `#3` ... or are dropped."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.errors import CorpuscopeError

if TYPE_CHECKING:
    import duckdb

#: Memory that the search for repeats may use before it spills to the staging folder.
_MEMORY = "1GB"
_ROWS_PER_FETCH = 50_000

#: `row` counts accepted documents over all blocks; `id` is the new id that a repeat gets; `was` the one it had.
REPEATS = pa.schema([("row", pa.int64()), ("id", pa.string()), ("was", pa.string())])

_NUMBERED_ID = r"(?s)^(.*)#([1-9][0-9]{0,8})$"

_REPEATED = """CREATE TABLE repeated AS SELECT id FROM ids GROUP BY id HAVING count(*) > 1"""
_USED = f"""CREATE TABLE used AS
    SELECT base, list(DISTINCT number ORDER BY number) AS numbers
    FROM (SELECT regexp_extract(id, '{_NUMBERED_ID}', 1) AS base,
                 try_cast(regexp_extract(id, '{_NUMBERED_ID}', 2) AS BIGINT) AS number
          FROM ids WHERE contains(id, '#'))
    WHERE number >= 2 AND base IN (SELECT id FROM repeated)
    GROUP BY base"""
_REPEATS = """SELECT "row", id, position, numbers
    FROM (SELECT "row", id, row_number() OVER (PARTITION BY id ORDER BY "row") AS position
          FROM ids WHERE id IN (SELECT id FROM repeated))
    LEFT JOIN used ON base = id
    WHERE position > 1 AND "row" >= 0
    ORDER BY "row" """


def write_repeats(ids: Iterable[pa.Array], existing: Sequence[Path], target: Path) -> int:
    """Write the rows whose id came before, in row order, with the id that each would get; give their number.

    `ids` are the new documents' ids in row order; `existing` are documents.parquet files whose ids are taken.
    A new id is the old one with the smallest free number behind it.
    """
    import duckdb

    scratch = target.with_suffix(".scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": False,
    }
    try:
        with duckdb.connect(str(scratch / "ids.duckdb"), config=config) as db:
            _load(db, ids, existing)
            return _write(db, target)
    except duckdb.Error as error:
        message = str(error).partition("\n")[0].rstrip(".")
        raise CorpuscopeError(
            f"Repeated ids cannot be looked for: {message}. It takes room in {target.parent} and {_MEMORY} of memory; "
            "make room, then run the same command again to resume."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _load(db: duckdb.DuckDBPyConnection, ids: Iterable[pa.Array], existing: Sequence[Path]) -> None:
    """Fill table `ids`; documents of old parts stand before row 0."""
    schema = pa.schema([("row", pa.int64()), ("id", pa.string())])
    db.register("new_ids", pa.RecordBatchReader.from_batches(schema, _numbered(ids, schema)))
    db.execute('CREATE TABLE ids AS SELECT "row", id FROM new_ids')
    db.unregister("new_ids")
    for path in existing:
        db.execute("INSERT INTO ids SELECT -1, id FROM read_parquet(?)", [str(path)])


def _numbered(ids: Iterable[pa.Array], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    row = 0
    for array in ids:
        rows = pa.array(range(row, row + len(array)), pa.int64())
        yield pa.RecordBatch.from_arrays([rows, array], schema=schema)
        row += len(array)


def _write(db: duckdb.DuckDBPyConnection, target: Path) -> int:
    for statement in (_REPEATED, _USED):
        db.execute(statement)
    count = 0
    temporary = target.with_suffix(".tmp")
    with pq.ParquetWriter(temporary, REPEATS) as writer:
        db.execute(_REPEATS)
        while rows := db.fetchmany(_ROWS_PER_FETCH):
            count += len(rows)
            columns = [
                pa.array([row for row, _, _, _ in rows], pa.int64()),
                pa.array([f"{was}#{_free_number(position, used)}" for _, was, position, used in rows], pa.string()),
                pa.array([was for _, was, _, _ in rows], pa.string()),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=REPEATS))
    temporary.replace(target)
    return count


def _free_number(position: int, used: list[int] | None) -> int:
    """The number of the id's `position`-th document (from 2) among those that no other id has."""
    number = position
    for taken in used or ():
        number += taken <= number
    return number


def read_repeats(path: Path, start: int, end: int) -> pa.Table:
    """The repeats among rows `start` to `end` (excluded)."""
    return pq.read_table(path, filters=[("row", ">=", start), ("row", "<", end)])


def first_repeats(path: Path, count: int) -> list[tuple[int, str, str]]:
    """The first few repeats: row, id it would get, id it had."""
    with pq.ParquetFile(path) as file:
        batch = next(file.iter_batches(batch_size=count), None)
    rows = [] if batch is None else batch.to_pylist()
    return [(row["row"], row["id"], row["was"]) for row in rows]


def repeated_rows(path: Path) -> pa.ChunkedArray:
    """The rows of all repeats, ascending."""
    return pq.read_table(path, columns=["row"]).column("row")
