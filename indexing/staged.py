"""What ingesting left in the staging folder: the blocks in order, the columns over all of them, what was left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpuscope.manifest import Reject, write_atomically
from indexing import tally
from indexing.blocks import BlockReport
from indexing.layouts import Roles
from indexing.sources import Source
from indexing.tally import Tally
from indexing.typed_columns import Kind

FILE_NAME = "staged.json"
#: Files of one source that the manifest lists by name; of more it says how many.
LISTED_FILES = 1000


@dataclass
class ColumnTotals:
    """A column over all blocks: values by kind, and for each kind the file and line where it was first seen."""

    counts: dict[Kind, int]
    first: dict[Kind, tuple[str, int]]
    multi: bool
    untyped: bool


@dataclass(frozen=True)
class Staged:
    """The staged blocks (name, rows) in the order of the corpus, and what is known about all of them."""

    blocks: tuple[tuple[str, int], ...]
    columns: dict[str, ColumnTotals]
    rejected: dict[str, Reject]
    mended: dict[str, Reject]
    sources: tuple[dict[str, Any], ...]

    @property
    def rows(self) -> int:
        """Accepted documents."""
        return sum(rows for _, rows in self.blocks)

    def path(self, ordinal: int) -> str:
        """The file of an ordinal; empty where it is one of more than are listed."""
        for source in self.sources:
            at = ordinal - source["first_file"]
            if 0 <= at < len(source["files"]):
                path: str = source["files"][at]["path"]
                return path
        return ""

    def save(self, staging: Path) -> None:
        """Keep the result for a run that resumes."""
        columns = {n: [c.counts, c.first, c.multi, c.untyped] for n, c in self.columns.items()}
        rejects = (tally.to_json(self.rejected), tally.to_json(self.mended))
        write_atomically(staging / FILE_NAME, json.dumps([self.blocks, columns, *rejects, self.sources]).encode())

    @classmethod
    def load(cls, staging: Path) -> Staged | None:
        """What `save` kept; None where ingesting has not finished."""
        path = staging / FILE_NAME
        if not path.exists():
            return None
        blocks, columns, rejected, mended, sources = json.loads(path.read_bytes())
        return cls(
            tuple((name, rows) for name, rows in blocks),
            {
                name: ColumnTotals(counts, {kind: (path, line) for kind, (path, line) in first.items()}, multi, untyped)
                for name, (counts, first, multi, untyped) in columns.items()
            },
            tally.from_json(rejected),
            tally.from_json(mended),
            tuple(sources),
        )


class Totals:
    """Adds up block reports in the order of the corpus."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._blocks: list[tuple[str, int]] = []
        self._columns: dict[str, ColumnTotals] = {}
        self._rejected, self._mended = Tally(), Tally()
        self._files: dict[int, tuple[int, int]] = {}
        self._layouts: dict[int, str] = {}

    def add(self, name: str, report: BlockReport, roles: Roles) -> None:
        """Count one block."""
        self._blocks.append((name, report.rows))
        self._rejected.merge(report.rejected)
        self._mended.merge(report.mended)
        for ordinal, (accepted, lost) in report.files.items():
            before = self._files.get(ordinal, (0, 0))
            self._files[ordinal] = (before[0] + accepted, before[1] + lost)
            self._layouts[ordinal] = roles.layout
        for column, found in report.columns.items():
            totals = self._columns.setdefault(column, ColumnTotals({}, {}, multi=False, untyped=False))
            totals.multi |= found.multi
            totals.untyped |= found.untyped
            for kind, count in found.counts.items():
                totals.counts[kind] = totals.counts.get(kind, 0) + count
                if kind in found.first:
                    totals.first.setdefault(kind, found.first[kind])

    def result(self) -> Staged:
        """Everything that was added."""
        sources = tuple(self._describe(source) for source in self._sources)
        return Staged(tuple(self._blocks), self._columns, self._rejected.result(), self._mended.result(), sources)

    def _describe(self, source: Source) -> dict[str, Any]:
        """A source for the manifest: its files with what was read and kept of them."""
        files = []
        for file in source.files[:LISTED_FILES]:
            accepted, lost = self._files.get(file.ordinal, (0, 0))
            files.append({"path": file.path, "bytes": file.bytes, "records": accepted + lost, "accepted": accepted})
        layouts = sorted({self._layouts.get(file.ordinal, "") for file in source.files} - {""})
        accepted = sum(self._files.get(file.ordinal, (0, 0))[0] for file in source.files)
        return {
            "spec": source.spec,
            "accepted": accepted,
            "bytes": sum(file.bytes for file in source.files),
            "layouts": layouts,
            "files": files,
            "files_total": len(source.files),
            "skipped": list(source.skipped[:LISTED_FILES]),
            "skipped_total": len(source.skipped),
            "first_file": source.files[0].ordinal,
            "notes": list(source.notes),
        }
