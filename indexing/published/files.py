"""Ratings files: found, and read in blocks of flat columns, the text left out where the format allows it."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.errors import SourceError
from indexing import readers
from indexing.published import arrays
from indexing.readers.contract import Records, Rejection, SourceFile, Values
from indexing.readers.flattening import flatten
from indexing.readers.hub import PREFIX
from indexing.readers.parquet import PARQUET
from indexing.readers.plain_text import TEXT
from indexing.readers.seekable import seekable
from indexing.sources import resolve

Wanted = Callable[[str], bool]

_ROWS = 16_384


@dataclass(frozen=True)
class RatingsFile:
    """A file of ratings, or several arrays that are read side by side; `paths` are what lies on the disk."""

    path: str
    paths: tuple[str, ...]
    names: tuple[str, ...]
    blocks: Callable[[Wanted], Iterator[Records]]


def find(specs: Sequence[str], *, json_columns: Iterable[str] = ()) -> list[RatingsFile]:
    """The files that the specs name, in their order; arrays are put side by side."""
    found: list[RatingsFile] = []
    paths: list[Path] = []
    for spec in specs:
        _check(spec)
        of_arrays = _arrays(spec)
        if of_arrays:
            paths += of_arrays
        else:
            found += [_ratings_file(file, tuple(json_columns)) for source in resolve([spec]) for file in source.files]
    if paths:
        side = arrays.side_by_side(paths)
        found.append(RatingsFile(str(paths[0]), tuple(map(str, paths)), side.names, side.blocks))
    return found


def _check(spec: str) -> None:
    """Refuse what a build could read and an import cannot: ratings are files."""
    if spec.startswith(PREFIX):
        raise SourceError(f"{spec!r} is on a hub; ratings are imported from files: save it first, then name those.")
    if not glob.has_magic(spec) and not Path(spec).expanduser().exists():
        raise SourceError(f"There is no file or folder {spec!r}. Ratings are a file, a folder or a glob in quotes.")


def _arrays(spec: str) -> list[Path]:
    """The .npy files that a spec names: itself, those in a folder, those of a glob."""
    path = Path(spec).expanduser()
    if path.is_dir():
        found: Iterable[Path] = path.rglob(f"*{arrays.ENDING}")
    elif path.is_file() or not glob.has_magic(spec):
        found = [path] if path.is_file() else []
    else:
        found = map(Path, glob.glob(str(path), recursive=True))  # noqa: PTH207 - pathlib cannot glob absolute patterns
    return sorted((p for p in found if p.suffix == arrays.ENDING), key=os.fsencode)


def _ratings_file(file: SourceFile, json_columns: tuple[str, ...]) -> RatingsFile:
    if file.reader == TEXT.name:
        raise SourceError(f"{file.path} is plain text, which holds no ratings; name a table of them.")

    def blocks(wanted: Wanted) -> Iterator[Records]:
        spelled = _blocks(file, lambda name: name in json_columns or wanted(name))
        return (_spread(records, json_columns) for records in spelled)

    first = next(iter(_spread(records, json_columns) for records in _head(file)), None)
    if first is None or not first.columns:
        why = f": {first.rejections[0].reason}" if first and first.rejections else ""
        raise SourceError(f"{file.path} holds no ratings{why}.")
    return RatingsFile(file.path, (file.path,), tuple(first.columns), blocks)


def _head(file: SourceFile) -> Iterator[Records]:
    if file.reader == PARQUET.name:
        yield from _parquet(file, lambda name: True, most=1000)
    else:
        yield from (block.head().decode() for block in readers.named(file.reader).cut(file))


def _blocks(file: SourceFile, wanted: Wanted) -> Iterator[Records]:
    if file.reader == PARQUET.name:
        yield from _parquet(file, wanted)
    else:
        yield from (block.decode() for block in readers.named(file.reader).cut(file))


def _parquet(file: SourceFile, wanted: Wanted, most: int = _ROWS) -> Iterator[Records]:
    """Batches with the wanted columns; what cannot be read is a rejection."""
    first = 1
    try:
        with seekable(file) as path, pq.ParquetFile(path) as table:
            names = [field.name for field in table.schema_arrow if any(map(wanted, _flat_names(field)))]
            for batch in table.iter_batches(batch_size=most, columns=names):
                yield _records(file, first, dict(zip(batch.schema.names, batch.columns, strict=True)), batch.num_rows)
                first += batch.num_rows
    except (pa.ArrowException, OSError, EOFError) as error:
        rejection = Rejection("truncated_archive", file.path, first, str(error).partition("\n")[0])
        yield replace(_records(file, first, {}, 0), rejections=(rejection,))


def _flat_names(field: pa.Field) -> list[str]:
    return list(flatten({field.name: pa.nulls(0, field.type)}))


def _records(file: SourceFile, first: int, columns: dict[str, Values], rows: int) -> Records:
    lines = np.arange(first, first + rows, dtype=np.int64)
    return Records(flatten(columns), lines, np.full(rows, file.ordinal, np.int64))


def _spread(records: Records, json_columns: tuple[str, ...]) -> Records:
    """Records in which objects that were published as JSON texts are columns."""
    texts = {name: _parsed(records.columns[name]) for name in json_columns if name in records.columns}
    spread = {name: values for name, values in texts.items() if values is not None}
    if not spread:
        return records
    rest = {name: values for name, values in records.columns.items() if name not in spread}
    return replace(records, columns=rest | flatten(spread))


def _parsed(values: Values) -> list[Any] | None:
    """The objects that texts spell; None where the column holds something else."""
    import orjson

    plain = values.to_pylist() if isinstance(values, pa.Array) else values
    try:
        objects = [None if text is None else orjson.loads(text) for text in plain]
    except (orjson.JSONDecodeError, TypeError):
        return None
    return objects if all(o is None or isinstance(o, dict) for o in objects) else None
