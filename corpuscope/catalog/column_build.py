"""Writes the memory-mapped files of one column, part by part: what it holds in memory does not grow with the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.errors import CorpuscopeError, CorpusDamaged
from corpuscope.fields import Field

if TYPE_CHECKING:
    import duckdb

_MEMORY = "1GB"
#: Texts fetched at a time: they may be long.
_WORDS = 2_048
_LISTS = {"offsets": np.int64, "first": np.bool_}


class Sources:
    """The values of one field, part by part, flattened; `parts` are rows and file, None where there is no file."""

    def __init__(self, field: Field, parts: Sequence[tuple[int, Path | None]]) -> None:
        self.field = field
        self._parts = tuple(parts)

    def read(self) -> Iterator[tuple[pa.Array, npt.NDArray[np.int64] | None]]:
        """Flattened values and, for a multi-valued field, list lengths of each part."""
        for rows, path in self._parts:
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


class _Arrays:
    """One-dimensional .npy files of given types that grow; their headers are written last, when lengths are known."""

    def __init__(self, folder: Path, dtypes: Mapping[str, Any]) -> None:
        self.lengths = dict.fromkeys(dtypes, 0)
        self._dtypes = {name: np.dtype(dtype) for name, dtype in dtypes.items()}
        self._files = {name: (folder / f"{name}.npy").open("wb") for name in dtypes}
        for name in dtypes:
            self._write_header(name)

    def append(self, name: str, values: npt.ArrayLike) -> None:
        """Add values to an array."""
        added = np.ascontiguousarray(values, dtype=self._dtypes[name])
        self._files[name].write(added.data)
        self.lengths[name] += len(added)

    def __enter__(self) -> _Arrays:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, file in self._files.items():
            with file:
                file.seek(0)
                self._write_header(name)

    def _write_header(self, name: str) -> None:
        # NumPy pads a header so that a longer first axis needs no more bytes.
        shape = (self.lengths[name],)
        about = {"descr": self._dtypes[name].str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._files[name], about)  # type: ignore[no-untyped-call]  # as NumPy has it


def write_column(folder: Path, sources: Sources) -> None:
    """Write the files of a column; raises CorpuscopeError where disk or memory do not suffice."""
    if sources.field.type == "text":
        _write_text(folder, sources)
    else:
        _write_numbers(folder, sources)


def failure(field: Field, error: Exception) -> CorpuscopeError:
    """What to say when a column cannot be written."""
    fault = str(error).split("\n", 1)[0]
    return CorpuscopeError(
        f"The column of the field {field.name!r} cannot be made ({fault}); free disk space or memory, then try again."
    )


def map_words(folder: Path) -> pa.Array:
    """The dictionary of a text column, sorted."""
    offsets = map_array(folder / "word_offsets.npy")
    path = folder / "words.bin"
    words = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, dtype=np.uint8)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)


def map_array(path: Path) -> npt.NDArray[Any]:
    """An array in a file, as a plain view: NumPy's memmap class makes every single access some microseconds dearer."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return array


def _write_numbers(folder: Path, sources: Sources) -> None:
    dtype = {"double": np.float64, "bool": np.int8}.get(sources.field.type, np.int64)
    with _open_arrays(folder, sources.field, {"values": dtype, "valid": np.bool_}) as arrays:
        for part, lengths in sources.read():
            if sources.field.type == "timestamp":
                part = part.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
            elif sources.field.type == "bool":
                part = part.cast(pa.int8())
            is_valid = part.is_valid().to_numpy(zero_copy_only=False)
            numbers = pc.fill_null(part, 0).to_numpy(zero_copy_only=False).astype(dtype, copy=False)
            arrays.append("values", numbers)
            arrays.append("valid", is_valid & np.isfinite(numbers) if sources.field.type == "double" else is_valid)
            if lengths is not None:
                _append_lists(arrays, lengths, numbers)


def _write_text(folder: Path, sources: Sources) -> None:
    import duckdb

    spill = folder.as_posix().replace("'", "''")
    try:
        with duckdb.connect() as connection:
            connection.execute(
                f"SET memory_limit='{_MEMORY}'; SET temp_directory='{spill}'; SET preserve_insertion_order=false"
            )
            _write_words(folder, _sorted_words(connection, sources))
            connection.execute("DROP TABLE seen")
            _write_codes(folder, connection, sources)
    except duckdb.Error as error:
        raise failure(sources.field, error) from None


def _sorted_words(connection: duckdb.DuckDBPyConnection, sources: Sources) -> Iterable[pa.RecordBatch]:
    """Every distinct text, by code point. DuckDB sorts on disk what does not fit into its memory."""
    connection.execute("CREATE TEMP TABLE seen (word VARCHAR)")
    for part, _ in sources.read():
        connection.register("part", pa.table({"word": part}))
        connection.execute("INSERT INTO seen SELECT DISTINCT word FROM part WHERE word IS NOT NULL")
    connection.unregister("part")
    words: Iterable[pa.RecordBatch] = connection.sql("SELECT DISTINCT word FROM seen ORDER BY word").to_arrow_reader(
        _WORDS
    )
    return words


def _write_words(folder: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Write the words one after the other and where each begins, so that both can be mapped."""
    with _Arrays(folder, {"word_offsets": np.int64}) as arrays, (folder / "words.bin").open("wb") as file:
        arrays.append("word_offsets", [0])
        for batch in batches:
            words = batch.column(0).cast(pa.large_binary())
            sizes = pc.binary_length(words).to_numpy(zero_copy_only=False).astype(np.int64)
            arrays.append("word_offsets", file.tell() + np.cumsum(sizes))
            file.write(b"".join(words.to_pylist()))


def _write_codes(folder: Path, connection: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Write the place of each value in the sorted dictionary, -1 for none."""
    words = map_words(folder)
    connection.register("dictionary", pa.table({"word": words, "code": np.arange(len(words), dtype=np.int32)}))
    with _open_arrays(folder, sources.field, {"codes": np.int32}) as arrays:
        for part, lengths in sources.read():
            connection.register("part", pa.table({"word": part, "entry": np.arange(len(part), dtype=np.int64)}))
            found = connection.execute(
                "SELECT coalesce(code, -1)::INTEGER AS code FROM part LEFT JOIN dictionary USING (word) ORDER BY entry"
            ).fetchnumpy()
            codes = np.asarray(found["code"], dtype=np.int32)
            arrays.append("codes", codes)
            if lengths is not None:
                _append_lists(arrays, lengths, codes)


def _open_arrays(folder: Path, field: Field, dtypes: Mapping[str, Any]) -> _Arrays:
    """The arrays of a column, with those of its lists where it has any."""
    if not field.multi:
        return _Arrays(folder, dtypes)
    arrays = _Arrays(folder, {**dtypes, **_LISTS})
    arrays.append("offsets", [0])
    return arrays


def _append_lists(arrays: _Arrays, lengths: npt.NDArray[np.int64], flat: npt.NDArray[Any]) -> None:
    """Add where each row's list ends, and which entries are the first of their value in their row."""
    arrays.append("offsets", arrays.lengths["first"] + np.cumsum(lengths))
    owners = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((flat, owners))
    same = (np.diff(owners[order]) == 0) & (np.diff(flat[order]) == 0)
    first = np.ones(len(flat), dtype=np.bool_)
    first[order[1:][same]] = False
    arrays.append("first", first)
