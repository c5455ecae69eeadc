"""The file formats of an export. Each writer takes tables in order and closes to the same bytes every time."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from corpuscope.arrow_types import is_list
from corpuscope.errors import UsageError

#: Documents in one file of a folder export.
SHARD_ROWS = 100_000
_ROW_GROUP = 10_000
FOLDER = "folder"


class Writer(Protocol):
    """Takes tables of one schema, then closes."""

    def write(self, table: pa.Table) -> None:
        """Append rows."""

    def close(self) -> None:
        """Finish the file."""


class GroupedWriter:
    """Cuts the rows into groups by count alone, so that how they arrive leaves no trace in the bytes."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._pending: list[pa.Table] = []
        self._rows = 0

    def write(self, table: pa.Table) -> None:  # noqa: D102
        self._pending.append(table)
        self._rows += table.num_rows
        while self._rows >= _ROW_GROUP:
            whole = pa.concat_tables(self._pending)
            self._write_group(whole.slice(0, _ROW_GROUP))
            self._pending = [whole.slice(_ROW_GROUP)]
            self._rows -= _ROW_GROUP

    def close(self) -> None:  # noqa: D102
        if self._rows:
            self._write_group(pa.concat_tables(self._pending))
        self._writer.close()

    def _write_group(self, table: pa.Table) -> None:
        self._writer.write_table(table.combine_chunks(), _ROW_GROUP)


class ParquetFormat(GroupedWriter):
    """Parquet: zstd, dictionaries only where values repeat."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int) -> None:
        unique = {"id", "text", "title", "url"}
        repeated = [f.name for f in schema if f.name not in unique and pa.types.is_string(f.type)]
        super().__init__(
            pq.ParquetWriter(
                path,
                schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=repeated,
                write_statistics=repeated,
            )
        )


class ArrowFormat(GroupedWriter):
    """Arrow IPC file."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int) -> None:
        super().__init__(pa.ipc.new_file(path, schema))


class JsonLines:
    """One JSON object a line, UTF-8; dates are ISO 8601 in UTC, NaN is null."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int) -> None:
        self._file = self._open(path)

    def _open(self, path: Path) -> Any:
        return path.open("wb")

    def write(self, table: pa.Table) -> None:  # noqa: D102
        import orjson

        option = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
        for batch in table.to_batches(max_chunksize=1_000):
            self._file.write(b"".join(orjson.dumps(row, option=option) for row in batch.to_pylist()))

    def close(self) -> None:  # noqa: D102
        self._file.close()


class GzipJsonLines(JsonLines):
    """JSON lines in gzip, without a name or a time in the header."""

    def _open(self, path: Path) -> Any:
        self._raw: BinaryIO = path.open("wb")
        return gzip.GzipFile(filename="", mode="wb", fileobj=self._raw, compresslevel=6, mtime=0)

    def close(self) -> None:  # noqa: D102
        self._file.close()
        self._raw.close()


class ZstdJsonLines(JsonLines):
    """JSON lines in one zstd frame."""

    def _open(self, path: Path) -> Any:
        import zstandard

        return zstandard.ZstdCompressor(level=3).stream_writer(path.open("wb"))


class CsvFormat:
    """CSV (RFC 4180, UTF-8, a header); null is an empty cell, an empty text is "", lists are JSON."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int) -> None:
        self._schema = pa.schema([pa.field(f.name, pa.string() if is_list(f.type) else f.type) for f in schema])
        self._writer = pyarrow.csv.CSVWriter(path, self._schema)

    def write(self, table: pa.Table) -> None:  # noqa: D102
        self._writer.write_table(pa.table([_as_json(c) for c in table.columns], schema=self._schema))

    def close(self) -> None:  # noqa: D102
        self._writer.close()


class ShardedParquet:
    """A folder that `datasets.load_dataset` opens: data/train-00000-of-00003.parquet and so on."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int) -> None:
        (path / "data").mkdir(parents=True)
        self._path, self._schema = path, schema
        self._count = max(1, -(-rows // SHARD_ROWS))
        self._index = 0
        self._left = SHARD_ROWS
        self._shard = self._open()

    def _open(self) -> ParquetFormat:
        name = f"train-{self._index:05d}-of-{self._count:05d}.parquet"
        return ParquetFormat(self._path / "data" / name, self._schema, SHARD_ROWS)

    def write(self, table: pa.Table) -> None:  # noqa: D102
        while table.num_rows:
            if not self._left:
                self._shard.close()
                self._index, self._left = self._index + 1, SHARD_ROWS
                self._shard = self._open()
            head = table.slice(0, self._left)
            self._shard.write(head)
            self._left -= head.num_rows
            table = table.slice(head.num_rows)

    def close(self) -> None:  # noqa: D102
        self._shard.close()


WRITERS: dict[str, type[Any]] = {
    ".parquet": ParquetFormat,
    ".jsonl": JsonLines,
    ".jsonl.gz": GzipJsonLines,
    ".jsonl.zst": ZstdJsonLines,
    ".csv": CsvFormat,
    ".arrow": ArrowFormat,
    FOLDER: ShardedParquet,
}
#: The suffixes that choose a format; a name without a suffix is a folder.
FORMATS: tuple[str, ...] = tuple(k for k in WRITERS if k != FOLDER)


def format_of(out: Path) -> str:
    """The format that a file name asks for; raises UsageError for a suffix that means none."""
    name = out.name.lower()
    if not name:
        raise UsageError(f"{out} names no file; write to a name such as {out}/subset.parquet.")
    for suffix in sorted(FORMATS, key=len, reverse=True):
        if name.endswith(suffix) and len(name) > len(suffix):
            return suffix
    if not out.suffix or out.is_dir():
        return FOLDER
    raise UsageError(
        f"{out} ends in {out.suffix!r}, which is no export format; "
        f"use {', '.join(FORMATS)}, or a name without a suffix for a folder."
    )


def _as_json(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not is_list(column.type):
        return column
    import orjson

    texts = [None if v is None else orjson.dumps(v, option=orjson.OPT_UTC_Z).decode() for v in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])
