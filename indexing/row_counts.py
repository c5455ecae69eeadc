"""How many records a source holds, without reading all of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from indexing.readers.arrow_ipc import ARROW
from indexing.readers.compression import expansion, is_compressed
from indexing.readers.contract import SourceFile
from indexing.readers.hub import HUB, stated_size
from indexing.readers.parquet import PARQUET
from indexing.readers.plain_text import TEXT
from indexing.sources import Source


def stated_rows(source: Source) -> int | None:
    """The records that the files themselves state; None where one of them does not."""
    total = 0
    for file in source.files:
        rows = _stated(file)
        if rows is None:
            return None
        total += rows
    return total


def decompressed_bytes(source: Source) -> int | None:
    """The size of all files together, about; None where it is not known."""
    if any(file.reader == HUB.name for file in source.files):
        return None
    return round(sum(file.bytes for file in source.files) * expansion(Path(source.files[0].path)))


def estimate_rows(source: Source, measured: Mapping[SourceFile, tuple[int, int]]) -> int | None:
    """Rows of all files, by the rows and the decompressed bytes that were seen of some of them."""
    if not measured or any(file.reader == HUB.name or not size for file, (_, size) in measured.items()):
        return None
    rates = {file: rows * expansion(Path(file.path)) / size for file, (rows, size) in measured.items()}
    usual = sum(rate * file.bytes for file, rate in rates.items()) / sum(file.bytes for file in rates)
    rows = round(sum(file.bytes * rates.get(file, usual) for file in source.files))
    return round(rows, 2 - len(str(rows)))  # no more digits than are known


def _stated(file: SourceFile) -> int | None:
    if file.reader == TEXT.name:
        return 1
    if file.reader == HUB.name:
        return stated_size(file.path)
    path = Path(file.path)
    if file.reader not in (PARQUET.name, ARROW.name) or is_compressed(path):
        return None
    try:
        return int(pq.read_metadata(path).num_rows) if file.reader == PARQUET.name else _arrow_rows(path)
    except (pa.ArrowException, OSError):
        return None


def _arrow_rows(path: Path) -> int | None:
    """Rows of an Arrow file; its batches are mapped, not read. A stream would have to be read."""
    with pa.memory_map(str(path)) as source:
        try:
            with pa.ipc.open_file(source) as file:
                return int(sum(file.get_batch(i).num_rows for i in range(file.num_record_batches)))
        except pa.ArrowInvalid:
            source.seek(0)
            with pa.ipc.open_stream(source) as stream:
                return int(sum(batch.num_rows for batch in stream))
