"""Builds and opens the memory-mapped columns of a corpus.

A column's folder is named after the files it was made from, so a stale one is never opened. It stands beside
the corpus, or in the user's cache directory when the corpus cannot be written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.catalog.columns import Column, NumberColumn, TextColumn
from corpuscope.errors import CorpusDamaged
from corpuscope.fields import Field
from corpuscope.manifest import FileEntry, Manifest

if TYPE_CHECKING:
    import duckdb

FORMAT = 1
FOLDER = ".catalog"
_DONE = "done.json"
_MEMORY = "1GB"
_ID = Field(name="id", type="text")


def open_column(folder: Path, manifest: Manifest, field: Field) -> Column:
    """The column of a field, built first when its cache is missing or stale."""
    files = column_files(manifest, field)
    name = _cache_name(manifest, field, files)
    places = [folder / FOLDER / name, user_cache() / "catalog" / name]
    for place in places:
        if (place / _DONE).exists():
            return _map(place, field, manifest.rows)
    place = places[0] if os.access(folder, os.W_OK) else places[1]
    _build(place, folder, manifest, field, files)
    return _map(place, field, manifest.rows)


def purge(folder: Path, manifest: Manifest) -> None:
    """Remove columns that belong to no field of this version of the corpus."""
    keep = {_cache_name(manifest, f, column_files(manifest, f)) for f in (*manifest.fields, _ID)}
    for place in (folder / FOLDER).glob("*"):
        if place.name not in keep:
            shutil.rmtree(place, ignore_errors=True)


def column_files(manifest: Manifest, field: Field) -> list[FileEntry | None]:
    """The file of each part that holds a field; None where a part has no such file."""
    if field.origin == "source":
        return [p.documents for p in manifest.parts]
    return [p.fields.get(field.origin) for p in manifest.parts]


def user_cache() -> Path:
    """Where this program caches what it can make again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "corpuscope"


def _cache_name(manifest: Manifest, field: Field, files: Sequence[FileEntry | None]) -> str:
    made_of = [
        FORMAT,
        field.column,
        field.type,
        field.multi,
        [p.rows for p in manifest.parts],
        [f and f.sha256 for f in files],
    ]
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    readable = "".join(c if c.isascii() and c.isalnum() else "_" for c in field.name)[:40]
    return f"{readable}-{digest}"


# --- opening -----------------------------------------------------------------------------------------


def _map(place: Path, field: Field, rows: int) -> Column:
    offsets = _mapped(place / "offsets.npy") if field.multi else None
    first = _mapped(place / "first.npy") if field.multi else None
    if field.type == "text":
        codes = _mapped(place / "codes.npy")
        return TextColumn(field, rows, offsets, first, codes, _map_dictionary(place))
    return NumberColumn(field, rows, offsets, first, _mapped(place / "values.npy"), _mapped(place / "valid.npy"))


def _mapped(path: Path) -> npt.NDArray[Any]:
    # A plain view: NumPy's memmap class makes every single access some microseconds dearer.
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return array


def _map_dictionary(place: Path) -> pa.Array:
    offsets = _mapped(place / "word_offsets.npy")
    path = place / "words.bin"
    words = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, dtype=np.uint8)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)


# --- building ----------------------------------------------------------------------------------------


def _build(place: Path, folder: Path, manifest: Manifest, field: Field, files: Sequence[FileEntry | None]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".building-", dir=place.parent))
    try:
        sources = _Sources(folder, manifest, field, files)
        (_build_text if field.type == "text" else _build_numbers)(temporary, sources)
        (temporary / _DONE).write_text("{}\n")
        if not (place / _DONE).exists():  # another process may have built the same column meanwhile
            shutil.rmtree(place, ignore_errors=True)
            temporary.replace(place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class _Sources:
    """The values of one field, part by part, flattened."""

    def __init__(self, folder: Path, manifest: Manifest, field: Field, files: Sequence[FileEntry | None]) -> None:
        self.field = field
        self.parts = [
            (part.rows, None if entry is None else folder / entry.path)
            for part, entry in zip(manifest.parts, files, strict=True)
        ]

    def read(self) -> Iterator[tuple[pa.Array, npt.NDArray[np.int64] | None]]:
        """Flattened values and, for a multi-valued field, list lengths of each part."""
        for rows, path in self.parts:
            column = self._read_part(rows, path)
            if self.field.multi:
                lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
                yield pc.list_flatten(column), lengths
            else:
                yield column, None

    def _read_part(self, rows: int, path: Path | None) -> pa.Array:
        name = self.field.column
        if path is None:
            return pa.nulls(rows, self.field.arrow_type)
        try:
            file = pq.ParquetFile(path)
            if name not in file.schema_arrow.names:
                return pa.nulls(rows, self.field.arrow_type)
            column = file.read(columns=[name]).column(name)
        except (OSError, pa.ArrowException) as error:
            raise CorpusDamaged(f"{path} cannot be read ({error}). Run: corpuscope verify") from None
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _build_numbers(place: Path, sources: _Sources) -> None:
    dtype = {"double": np.float64, "bool": np.int8}.get(sources.field.type, np.int64)
    values, valid, lengths = [], [], []
    for part, part_lengths in sources.read():
        if sources.field.type == "timestamp":
            part = part.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
        elif sources.field.type == "bool":
            part = part.cast(pa.int8())
        is_valid = part.is_valid().to_numpy(zero_copy_only=False)
        numbers = pc.fill_null(part, 0).to_numpy(zero_copy_only=False).astype(dtype, copy=False)
        values.append(numbers)
        valid.append(is_valid & np.isfinite(numbers) if sources.field.type == "double" else is_valid)
        lengths.append(part_lengths)
    flat = _concatenate(values, dtype)
    np.save(place / "values.npy", flat)
    np.save(place / "valid.npy", _concatenate(valid, np.bool_))
    if sources.field.multi:
        _save_lists(place, lengths, flat)


def _build_text(place: Path, sources: _Sources) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            f"SET memory_limit='{_MEMORY}'; SET temp_directory='{place.as_posix().replace(chr(39), chr(39) * 2)}'"
        )
        connection.execute("CREATE TEMP TABLE seen (word VARCHAR)")
        for part, _ in sources.read():
            _register(connection, part)
            connection.execute("INSERT INTO seen SELECT DISTINCT word FROM part WHERE word IS NOT NULL")
        connection.execute(
            "CREATE TEMP TABLE dictionary AS SELECT word, (row_number() OVER (ORDER BY word) - 1)::INTEGER AS code "
            "FROM (SELECT DISTINCT word FROM seen)"
        )
        connection.execute("DROP TABLE seen")
        _save_dictionary(place, connection.sql("SELECT word FROM dictionary ORDER BY code").to_arrow_reader(100_000))
        codes, lengths = [], []
        for part, part_lengths in sources.read():
            _register(connection, part)
            found = connection.execute(
                "SELECT coalesce(code, -1)::INTEGER AS code FROM part LEFT JOIN dictionary USING (word) ORDER BY entry"
            ).fetchnumpy()
            codes.append(np.asarray(found["code"], dtype=np.int32))
            lengths.append(part_lengths)
    flat = _concatenate(codes, np.int32)
    np.save(place / "codes.npy", flat)
    if sources.field.multi:
        _save_lists(place, lengths, flat)


def _register(connection: duckdb.DuckDBPyConnection, part: pa.Array) -> None:
    connection.register("part", pa.table({"word": part, "entry": np.arange(len(part), dtype=np.int64)}))


def _save_dictionary(place: Path, batches: Any) -> None:
    """Write the words one after the other and where each begins, so that both can be mapped."""
    ends = [np.zeros(1, dtype=np.int64)]
    with (place / "words.bin").open("wb") as file:
        for batch in batches:
            words = batch.column(0).cast(pa.large_binary())
            sizes = pc.binary_length(words).to_numpy(zero_copy_only=False).astype(np.int64)
            ends.append(ends[-1][-1] + np.cumsum(sizes))
            file.write(b"".join(words.to_pylist()))
    np.save(place / "word_offsets.npy", np.concatenate(ends))


def _save_lists(place: Path, lengths: Sequence[npt.NDArray[np.int64] | None], flat: npt.NDArray[Any]) -> None:
    sizes = _concatenate([x for x in lengths if x is not None], np.int64)
    np.save(place / "offsets.npy", np.concatenate(([0], np.cumsum(sizes))).astype(np.int64))
    owners = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((flat, owners))
    same = (np.diff(owners[order]) == 0) & (np.diff(flat[order]) == 0)
    first = np.ones(len(flat), dtype=np.bool_)
    first[order[1:][same]] = False
    np.save(place / "first.npy", first)


def _concatenate(arrays: Sequence[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.empty(0, dtype=dtype)
