"""Documents by row number, read from the Parquet files where they are."""

from __future__ import annotations

import bisect
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.errors import CorpusDamaged
from corpuscope.mask_cache import MaskCache

_READERS = 4
_SCANS_BYTES = 8 << 20
_T = TypeVar("_T")


@dataclass(frozen=True)
class Document:
    """A document as it came: its row in the corpus, id, title and whole text."""

    row: int
    id: str
    title: str | None
    text: str


class Documents:
    """Parts of documents (documents.parquet files of `rows` each), one after another. Safe to use from many threads."""

    def __init__(self, paths: Sequence[Path], rows: Sequence[int]) -> None:
        self.paths = list(paths)
        self.rows = list(rows)
        self.bases = [0, *np.cumsum(self.rows).tolist()]
        self._footers: dict[int, tuple[pq.FileMetaData, list[int]]] = {}
        #: What scans of all texts have found, for the next page of the same hits.
        self.scanned = MaskCache(_SCANS_BYTES)
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_READERS, thread_name_prefix="documents")

    def read(self, rows: Sequence[int]) -> list[Document]:
        """The documents of some rows, in the order asked for."""
        groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for row in dict.fromkeys(int(r) for r in rows):
            part = bisect.bisect_right(self.bases, row) - 1
            _, starts = self._footer(part)
            group = bisect.bisect_right(starts, row - self.bases[part]) - 1
            groups.setdefault((part, group), []).append((row, row - self.bases[part] - starts[group]))
        found: dict[int, Document] = {}
        for documents in self._pool.map(self._read_group, groups.keys(), groups.values()):
            found.update((d.row, d) for d in documents)
        return [found[int(r)] for r in rows]

    def _footer(self, part: int) -> tuple[pq.FileMetaData, list[int]]:
        with self._lock:
            if part not in self._footers:
                metadata = _guarded(self.paths[part], lambda: pq.read_metadata(self.paths[part]))
                sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
                self._footers[part] = metadata, [0, *np.cumsum(sizes).tolist()[:-1]]
            return self._footers[part]

    def _read_group(self, place: tuple[int, int], wanted: list[tuple[int, int]]) -> list[Document]:
        """Read (row in the corpus, row in the group) pairs from one row group of one part."""
        part, group = place
        path = self.paths[part]
        metadata, _ = self._footer(part)

        def read() -> pa.Table:
            # A file object of its own: ParquetFile may not be shared by threads. The footer is given, not parsed again.
            with pq.ParquetFile(path, metadata=metadata, memory_map=True) as file:
                columns = [c for c in ("id", "title", "text") if c in file.schema_arrow.names]
                return file.read_row_group(group, columns=columns, use_threads=False)

        table = _guarded(path, read)
        ids, texts = table.column("id"), table.column("text")
        titles = table.column("title") if "title" in table.column_names else None
        return [
            Document(row, ids[at].as_py(), None if titles is None else titles[at].as_py(), texts[at].as_py())
            for row, at in wanted
        ]


def _guarded(path: Path, read: Callable[[], _T]) -> _T:
    """Read, and name the file when it cannot be read."""
    try:
        return read()
    except (OSError, pa.ArrowException) as error:
        raise CorpusDamaged(f"{path} cannot be read ({error}). Run: corpuscope verify {path.parents[2]}") from None
