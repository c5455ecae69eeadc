"""The labelled texts that the classifiers are trained on, and which of them they never see."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from indexing.bundled.reading import Read, read_addresses, read_texts

Rows = npt.NDArray[np.int64]

#: One text in so many is held out, by the checksum of its id: for measuring alone, never for training or tuning.
HELD_OUT_OF = 10
PAGES, EXCERPTS = "labels/web_topic_format.jsonl.zst", "labels/clear_readability.jsonl.zst"


@dataclass(frozen=True)
class Labelled:
    """Documents of a file, in its order, and the CRC-32 of each id."""

    documents: list[dict[str, Any]]
    checksums: npt.NDArray[np.uint32]

    @property
    def held_out(self) -> Rows:
        """The documents that no training sees: those whose checksum can be divided by HELD_OUT_OF."""
        return np.flatnonzero(self.checksums % HELD_OUT_OF == 0)

    @property
    def training(self) -> Rows:
        """All others."""
        return np.flatnonzero(self.checksums % HELD_OUT_OF != 0)

    def folds(self, count: int) -> Rows:
        """For cross-validation among those for training: the fold of every document."""
        return (self.checksums // HELD_OUT_OF % count).astype(np.int64)

    def some(self, rows: Rows) -> Labelled:
        """Some of the documents."""
        return Labelled([self.documents[i] for i in rows], self.checksums[rows])

    def texts(self) -> Read:
        """The texts as the classifiers read them."""
        return read_texts(self._column("text"), pa.nulls(len(self.documents), pa.large_string()))

    def addresses(self) -> Read:
        """The addresses as the classifiers read them."""
        return read_addresses(self._column("url"))

    def _column(self, name: str) -> pa.Array:
        return pa.array([d.get(name) for d in self.documents], pa.large_string())


def read(path: Path) -> Labelled:
    """Read a file of JSON lines."""
    import zstandard

    with zstandard.open(path, "rb") as file, io.TextIOWrapper(file, encoding="utf-8", newline="\n") as lines:
        documents = [orjson.loads(line) for line in lines]
    checksums = np.array([zlib.crc32(d["id"].encode()) for d in documents], np.uint32)
    return Labelled(documents, checksums)
