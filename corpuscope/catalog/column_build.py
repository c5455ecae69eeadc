"""Writes the memory-mapped files of one column, part by part: what it holds in memory does not grow with the corpus."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.catalog.arrays import Arrays
from corpuscope.catalog.dictionary import DictionaryBuilder
from corpuscope.errors import CorpusDamaged
from corpuscope.fields import Field

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


def write_column(folder: Path, sources: Sources) -> None:
    """Write the files of a column; raises OSError or MemoryError where disk or memory do not suffice."""
    if sources.field.type == "text":
        _write_codes(folder, sources)
    else:
        _write_numbers(folder, sources)


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


def _write_codes(folder: Path, sources: Sources) -> None:
    with (
        _open_arrays(folder, sources.field, {"codes": np.int32}) as arrays,
        tempfile.TemporaryDirectory(prefix="parts-", dir=folder) as temporary,
    ):
        words = DictionaryBuilder(Path(temporary))
        for part, lengths in sources.read():
            codes = words.add(part)
            if lengths is not None:
                _append_lists(arrays, lengths, codes)
        for codes in words.join(folder):
            arrays.append("codes", codes)


def _open_arrays(folder: Path, field: Field, dtypes: Mapping[str, Any]) -> Arrays:
    """The arrays of a column, with those of its lists where it has any."""
    if not field.multi:
        return Arrays(folder, dtypes)
    arrays = Arrays(folder, {**dtypes, **_LISTS})
    arrays.append("offsets", [0])
    return arrays


def _append_lists(arrays: Arrays, lengths: npt.NDArray[np.int64], flat: npt.NDArray[Any]) -> None:
    """Add where each row's list ends, and which entries are the first of their value in their row."""
    arrays.append("offsets", arrays.lengths["first"] + np.cumsum(lengths))
    owners = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((flat, owners))
    same = (np.diff(owners[order]) == 0) & (np.diff(flat[order]) == 0)
    first = np.ones(len(flat), dtype=np.bool_)
    first[order[1:][same]] = False
    arrays.append("first", first)
