"""Staged blocks -> what the corpus will be: its fields and their types, its parts, its repeated ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field, FieldType
from corpuscope.manifest import Reject, write_atomically
from corpuscope.masking import mask
from indexing import tally
from indexing.blocks import place_of, read_batches, read_report, staged_column
from indexing.duplicates import first_repeats, repeated_rows, write_repeats
from indexing.ingest import IngestOptions
from indexing.layouts import meanings
from indexing.staged import ColumnTotals, Staged
from indexing.tally import EXAMPLES, Tally
from indexing.typed_columns import Kind, conform, resolve

FILE_NAME = "settled.json"
REPEATS_NAME = "repeats.parquet"
#: More fields than this would make every file slow to open; the rarest are left out, and counted.
MOST_FIELDS = 2000

#: Fields that stand first, in this order, where the corpus has them.
CANONICAL = ("title", "url", "date", "date_precision", "source")
_MEANINGS = {
    "title": "title as published",
    "url": "address as published",
    "date": "date of the document, UTC",
    "date_precision": "what of the date is known: year, month, day or second",
    "date_original": "the date as published",
    "source": "where the document comes from: as published, else the name of its file",
}


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What every part is written from.

    `part_starts` are staged rows, one more than there are parts; `columns` are the staged columns of `fields`,
    None where only older parts have the field.
    """

    staging: Path
    blocks: tuple[tuple[str, int], ...]
    fields: tuple[Field, ...]
    columns: tuple[str | None, ...]
    part_starts: tuple[int, ...]
    part_rows: tuple[int, ...]
    drop_repeats: bool
    rejected: dict[str, Reject]
    mended: dict[str, Reject]
    sources: tuple[dict[str, Any], ...]

    @property
    def rows(self) -> int:
        """Documents in all parts."""
        return sum(self.part_rows)

    @property
    def repeats(self) -> Path:
        """The file of repeated ids."""
        return self.staging / REPEATS_NAME

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, the staging folder aside."""
        data = {name: getattr(self, name) for name in ("blocks", "columns", "part_starts", "part_rows", "sources")}
        data |= {"fields": [f.to_json() for f in self.fields], "drop_repeats": self.drop_repeats}
        return data | {"rejected": tally.to_json(self.rejected), "mended": tally.to_json(self.mended)}

    @classmethod
    def from_json(cls, data: dict[str, Any], staging: Path) -> Settled:
        """What `to_json` gave."""
        return cls(
            staging=staging,
            blocks=tuple((name, rows) for name, rows in data["blocks"]),
            fields=tuple(Field.from_json(f) for f in data["fields"]),
            columns=tuple(data["columns"]),
            part_starts=tuple(data["part_starts"]),
            part_rows=tuple(data["part_rows"]),
            drop_repeats=data["drop_repeats"],
            rejected=tally.from_json(data["rejected"]),
            mended=tally.from_json(data["mended"]),
            sources=tuple(data["sources"]),
        )


def settle(
    staged: Staged,
    options: IngestOptions,
    staging: Path,
    *,
    known: Sequence[Field] = (),
    existing: Sequence[Path] = (),
) -> Settled:
    """Settle types, ids and parts; `known` fields keep their type, ids in the `existing` files are taken.

    The result is kept in the staging folder, so that a run that resumes has it at once.
    """
    path = staging / FILE_NAME
    key = _key(options, known, existing)
    if path.exists():
        stored_key, data = json.loads(path.read_bytes())
        if stored_key == key:
            return Settled.from_json(data, staging)
    settled = _settle(staged, options, staging, known, existing)
    write_atomically(path, json.dumps([key, settled.to_json()]).encode())
    return settled


def _key(options: IngestOptions, known: Sequence[Field], existing: Sequence[Path]) -> str:
    """Changes when a settled result can no longer be used."""
    old = [(str(path), path.stat().st_size) for path in existing]
    parts = [options.part_size, options.on_duplicate, [asdict(f) for f in known], old]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _settle(
    staged: Staged, options: IngestOptions, staging: Path, known: Sequence[Field], existing: Sequence[Path]
) -> Settled:
    rejected, mended = Tally(), Tally()
    rejected.merge(staged.rejected)
    mended.merge(staged.mended)
    fields, columns = settle_fields(staged, known, mended)
    _count_misfits(staged, staging, dict(zip(columns, fields, strict=True)), known, mended)
    repeats = staging / REPEATS_NAME
    count = write_repeats(_ids(staged, staging), existing, repeats)
    drop = options.on_duplicate == "reject"
    examples = _repeat_examples(staged, staging, repeats, drop=drop)
    (rejected if drop else mended).count("duplicate_id", count, examples)
    starts, rows = _parts(staged.rows, options.part_size, repeated_rows(repeats) if drop else None)
    return Settled(
        staging=staging,
        blocks=staged.blocks,
        fields=fields,
        columns=columns,
        part_starts=starts,
        part_rows=rows,
        drop_repeats=drop,
        rejected=rejected.result(),
        mended=mended.result(),
        sources=staged.sources,
    )


def settle_fields(
    staged: Staged, known: Sequence[Field], mended: Tally
) -> tuple[tuple[Field, ...], tuple[str | None, ...]]:
    """The fields in their order and the staged column of each."""
    published = {field.name: field for field in known if field.origin == "source"}
    taken = {field.name.lower() for field in known if field.origin != "source"}
    fields: dict[str, Field] = dict(published)
    columns: dict[str, str | None] = dict.fromkeys(published)
    explained = meanings() | _MEANINGS
    for staged_name in _chosen(staged, mended):
        name = staged_name if staged_name.lower() not in taken else f"source.{staged_name}"
        name = name if name in published and columns[name] is None else _unlike(name, columns)
        columns[name] = staged_name
        if name not in published:
            totals = staged.columns[staged_name]
            kind, multi = _type_of(name, totals)
            fields[name] = Field(name=name, type=kind, multi=multi, meaning=explained.get(name, ""))
            _note_widening(name, totals, kind, mended)
    return tuple(fields.values()), tuple(columns[name] for name in fields)


def _type_of(name: str, totals: ColumnTotals) -> tuple[FieldType, bool]:
    """The settled type; `date` is one even where no value could be read."""
    return ("timestamp", False) if name == "date" else resolve(totals.counts, multi=totals.multi)


def _chosen(staged: Staged, mended: Tally) -> list[str]:
    """Staged columns that become fields: canonical ones, then the others as they were first seen."""
    others = [name for name in staged.columns if name not in ("id", "text", *CANONICAL)]
    if len(others) > MOST_FIELDS:
        frequent = sorted(others, key=lambda name: -sum(staged.columns[name].counts.values()))
        for name in frequent[MOST_FIELDS:]:
            example = {"file": "", "line": 0, "detail": f"field {name} is one of more than {MOST_FIELDS}"}
            mended.count("too_many_fields", sum(staged.columns[name].counts.values()), (example,))
        kept = set(frequent[:MOST_FIELDS])
        others = [name for name in others if name in kept]
    return [*(name for name in CANONICAL if name in staged.columns), *others]


def _unlike(name: str, taken: Iterable[str]) -> str:
    """A name that differs from all others in more than upper and lower case, which SQL takes for the same."""
    lower = {other.lower() for other in taken}
    free, number = name, 1
    while free.lower() in lower:
        number += 1
        free = f"{name}#{number}"
    return free


def _note_widening(name: str, totals: ColumnTotals, kind: FieldType, mended: Tally) -> None:
    """Count values that became text because the field also holds other kinds."""
    if kind != "text" or totals.untyped or len(totals.counts) < 2:
        return
    held = " and ".join(sorted(totals.counts))
    other = list(totals.counts)[1]
    file, line = totals.first[other]
    example = {"file": file, "line": line, "detail": f"field {name} holds {held}"}
    mended.count("mixed_type", sum(n for found, n in totals.counts.items() if found != "text"), (example,))


def _count_misfits(
    staged: Staged, staging: Path, fields: dict[str | None, Field], known: Sequence[Field], mended: Tally
) -> None:
    """Count values that do not fit the type that an older part gave their field."""
    fixed = {field.name for field in known}
    for column, field in fields.items():
        if column is None or field.name not in fixed:
            continue
        totals = staged.columns[column]
        if not _all_fit(totals.counts, field.type):
            count = _misfits(staged, staging, column, field)
            strange = next(kind for kind in totals.counts if not _all_fit({kind: 1}, field.type))
            file, line = totals.first[strange]
            example = {"file": file, "line": line, "detail": f"field {field.name} is {field.type}, not {strange}"}
            mended.count("value_of_wrong_type", count, (example,))


def _all_fit(counts: dict[Kind, int], kind: FieldType) -> bool:
    return kind == "text" or set(counts) <= {kind} or (kind == "double" and set(counts) <= {"int", "double"})


def _misfits(staged: Staged, staging: Path, column: str, field: Field) -> int:
    count = 0
    for name, _ in staged.blocks:
        path = staging / "blocks" / name
        report = read_report(path)
        if report is None or column not in report.columns or _all_fit(report.columns[column].counts, field.type):
            continue
        for batch in read_batches(path, [column]):
            held = staged_column(batch, column, report.columns[column])
            count += conform(held, field.type, multi=field.multi)[1]
    return count


def _ids(staged: Staged, staging: Path) -> Iterator[pa.Array]:
    for name, _ in staged.blocks:
        for batch in read_batches(staging / "blocks" / name, ["id"]):
            yield batch.column("id")


def _repeat_examples(staged: Staged, staging: Path, repeats: Path, *, drop: bool) -> list[dict[str, Any]]:
    examples = []
    for row, new, was in first_repeats(repeats, EXAMPLES):
        file, line = _place_of(staged, staging, row)
        examples.append({"file": file, "line": line, "detail": f"id {mask(was if drop else new)}"})
    return examples


def _place_of(staged: Staged, staging: Path, row: int) -> tuple[str, int]:
    """File and line of a staged row."""
    for name, rows in staged.blocks:
        if row < rows:
            ordinal, line = place_of(staging / "blocks" / name, row)
            return staged.path(ordinal), line
        row -= rows
    raise IndexError(f"There is no staged row {row} more.")


def _parts(
    staged_rows: int, part_size: int, dropped: pa.ChunkedArray | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Staged rows at which parts start (and the end), and the documents of each part."""
    gone = np.empty(0, np.int64) if dropped is None else dropped.to_numpy()
    kept = staged_rows - len(gone)
    firsts = np.arange(0, kept, part_size, dtype=np.int64)
    # Before the i-th dropped row, gone[i] - i rows are kept.
    starts = firsts + np.searchsorted(gone - np.arange(len(gone)), firsts, side="right")
    rows = np.minimum(part_size, kept - firsts)
    return (*starts.tolist(), staged_rows), tuple(rows.tolist())
