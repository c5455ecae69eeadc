"""Ingest, settle and write in one go, as a build does."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from corpuscope.fields import Field
from indexing.documents import write_documents
from indexing.ingest import IngestOptions, ingest
from indexing.settle import Settled, settle

COMPRESS = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}


@dataclass(frozen=True)
class Read:
    settled: Settled
    table: pa.Table
    parts: list[Path]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.table.to_pylist()

    def column(self, name: str) -> list[Any]:
        return self.table.column(name).to_pylist()

    @property
    def rejected(self) -> dict[str, int]:
        return {reason: reject.count for reason, reject in self.settled.rejected.items()}

    @property
    def mended(self) -> dict[str, int]:
        return {reason: reject.count for reason, reject in self.settled.mended.items()}

    def type(self, name: str) -> tuple[str, bool]:
        return next((f.type, f.multi) for f in self.settled.fields if f.name == name)


def read(
    work: Path,
    *specs: Path | str,
    known: Sequence[Field] = (),
    existing: Sequence[Path] = (),
    first_file: int = 0,
    **options: Any,
) -> Read:
    staging = work / "staging"
    chosen = IngestOptions(**options)
    staged = ingest([str(spec) for spec in specs], chosen, staging, first_file=first_file)
    settled = settle(staged, chosen, staging, known=known, existing=existing)
    parts = []
    for index in range(len(settled.part_rows)):
        target = work / f"part-{index}.parquet"
        assert write_documents(settled, index, target) == settled.part_rows[index]
        parts.append(target)
    return Read(settled, pa.concat_tables([pq.read_table(part) for part in parts]), parts)


def write_lines(path: Path, records: Iterable[Any]) -> Path:
    path.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records))
    return path
