"""Decoded records -> documents: the text, the id, the canonical columns, and every other column under its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from indexing.dates import parse_column
from indexing.layouts import Roles, field_name
from indexing.readers.contract import Records, Rejection, SourceFile, Values
from indexing.readers.flattening import as_text
from indexing.typed_columns import Column, column_of, encodable, valid_texts

#: Longer ids than this (in bytes) are replaced: search engines refuse very long terms.
LONGEST_ID = 1000
_DETAIL = 120


@dataclass(frozen=True)
class Documents:
    """Accepted records of one block as typed columns, `id` and `text` first, and what was left out or mended.

    `ordinals` and `lines` say where each comes from.
    """

    columns: dict[str, Column]
    ordinals: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    rejections: tuple[Rejection, ...]
    mended: tuple[Rejection, ...]


def documents_of(
    records: Records, roles: Roles, files: tuple[SourceFile, ...], *, take: int | None = None
) -> Documents:
    """Turn records into documents; with `take` only the first so many, and nothing of what comes after them."""
    texts, faults = _texts(records, roles)
    keep = np.ones(records.rows, np.bool_)
    keep[list(faults)] = False
    where = _Places(records, files)
    rejections = [where.case(reason, row, detail) for row, (reason, detail) in sorted(faults.items())]
    rejections = sorted([*records.rejections, *rejections], key=where.position)
    if take is not None and int(keep.sum()) > take:
        last = int(np.flatnonzero(keep)[take - 1]) if take else -1
        keep[last + 1 :] = False
        rejections = [
            case for case in rejections if take and where.position(case) <= where.position(where.case("", last))
        ]
    rows = np.flatnonzero(keep)
    kept = _select(records, rows)
    builder = _Builder(kept, roles, _Places(kept, files))
    columns = builder.build(texts if len(rows) == records.rows else texts.take(pa.array(rows)))
    return Documents(columns, kept.ordinals, kept.lines, tuple(rejections), (*kept.mended, *builder.mended))


class _Places:
    """Where in the source a row comes from."""

    def __init__(self, records: Records, files: tuple[SourceFile, ...]) -> None:
        self._records = records
        self._files = {file.ordinal: file for file in files}
        self._order = {file.path: file.ordinal for file in files}

    def file(self, row: int) -> SourceFile:
        return self._files[int(self._records.ordinals[row])]

    def case(self, reason: str, row: int, detail: str = "") -> Rejection:
        return Rejection(reason, self.file(row).path, int(self._records.lines[row]), detail[:_DETAIL])

    def position(self, case: Rejection) -> tuple[int, int]:
        """Sorts cases by file, then line."""
        return self._order.get(case.file, 0), case.line

    def stems(self) -> list[str]:
        stems = {ordinal: file.stem for ordinal, file in self._files.items()}
        return [stems[int(ordinal)] for ordinal in self._records.ordinals]


def _select(records: Records, rows: npt.NDArray[np.int64]) -> Records:
    """The records of some rows, with the mended cases that belong to them."""
    if len(rows) == records.rows:
        return records
    indices = pa.array(rows)
    columns: dict[str, Values] = {
        name: values.take(indices) if isinstance(values, pa.Array) else [values[row] for row in rows]
        for name, values in records.columns.items()
    }
    lines = records.lines[rows]
    kept_lines = set(lines.tolist())
    mended = tuple(case for case in records.mended if case.line in kept_lines)
    return replace(records, columns=columns, lines=lines, ordinals=records.ordinals[rows], mended=mended)


def _texts(records: Records, roles: Roles) -> tuple[pa.Array, dict[int, tuple[str, str]]]:
    """The text column, and for every row that has no usable text the reason and a detail."""
    values = records.columns.get(roles.text) if roles.text is not None else None
    if values is None:
        known = ", ".join(list(records.columns)[:20])
        detail = f"no field {roles.text!r}" if roles.text else f"no text field among: {known}"
        return pa.nulls(records.rows, pa.large_string()), {
            row: _missing_or_nested(records, roles, row, detail) for row in range(records.rows)
        }
    texts, faults = _of_array(values) if isinstance(values, pa.Array) else _of_list(values)
    for row in np.flatnonzero(pc.is_null(texts).to_numpy(zero_copy_only=False)):
        faults.setdefault(int(row), _missing_or_nested(records, roles, int(row), f"no field {roles.text!r}"))
    blank = pc.or_(pc.utf8_is_space(texts), pc.equal(pc.binary_length(texts), 0))
    for row in np.flatnonzero(pc.fill_null(blank, False).to_numpy(zero_copy_only=False)):  # noqa: FBT003
        faults[int(row)] = ("empty_text", "")
    return texts, faults


def _missing_or_nested(records: Records, roles: Roles, row: int, detail: str) -> tuple[str, str]:
    """An object in place of the text has been spread over dotted columns: then there is a text, but it is no string."""
    prefix = f"{roles.text}."
    nested = (values for name, values in records.columns.items() if roles.text and name.startswith(prefix))
    if any(_present(values, row) for values in nested):
        return "text_not_a_string", "an object"
    return "missing_text", detail


def _present(values: Values, row: int) -> bool:
    return bool(values[row].is_valid) if isinstance(values, pa.Array) else values[row] is not None


def _of_list(values: list[Any]) -> tuple[pa.Array, dict[int, tuple[str, str]]]:
    faults: dict[int, tuple[str, str]] = {}
    if set(map(type, values)) - {str, type(None)}:
        faults = {
            row: ("text_not_a_string", type(value).__name__)
            for row, value in enumerate(values)
            if value is not None and type(value) is not str
        }
        values = [value if type(value) is str else None for value in values]
    try:
        return pa.array(values, pa.large_string()), faults
    except UnicodeEncodeError:
        bad = {row for row, value in enumerate(values) if value is not None and not encodable(value)}
        faults |= dict.fromkeys(bad, ("lone_surrogate", "in the text"))
        kept = [None if row in bad else value for row, value in enumerate(values)]
        return pa.array(kept, pa.large_string()), faults


def _of_array(values: pa.Array) -> tuple[pa.Array, dict[int, tuple[str, str]]]:
    t = values.type
    textual = (pt.is_string, pt.is_large_string, pt.is_string_view, pt.is_binary, pt.is_large_binary)
    if not any(belongs(t) for belongs in textual):
        present = np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False))
        nulls = pa.nulls(len(values), pa.large_string())
        return nulls, {int(row): ("text_not_a_string", str(t)) for row in present}
    raw = values.cast(pa.large_binary()) if pt.is_binary(t) or pt.is_large_binary(t) else values
    texts, bad = valid_texts(raw, pa.large_string())
    return texts, dict.fromkeys(bad, ("invalid_utf8", ""))


class _Builder:
    """Makes the columns of accepted records; notes what it mends."""

    def __init__(self, records: Records, roles: Roles, places: _Places) -> None:
        self.records = records
        self.roles = roles
        self.places = places
        self.mended: list[Rejection] = []

    def build(self, texts: pa.Array) -> dict[str, Column]:
        """`id`, `text`, the canonical columns, then the others in the order of the source."""
        columns = {"id": self._ids(texts), "text": Column(texts, {"text": len(texts)})}
        for name in ("title", "url"):
            if (column := self.roles.canonical.get(name)) in self.records.columns and column is not None:
                columns[name] = self._as_texts(column)
        columns |= self._dates()
        columns["source"] = self._sources()
        for name, values in self.records.columns.items():
            kept = field_name(name, self.roles)
            if kept is not None:
                columns[_free(kept, columns)] = self._noted(name, column_of(values, untyped=self.records.untyped))
        return columns

    def _note(self, reason: str, row: int, detail: str) -> None:
        self.mended.append(self.places.case(reason, row, detail))

    def _noted(self, name: str, column: Column) -> Column:
        for reason, row in column.mended:
            self._note(reason, row, f"field {name}")
        return column

    def _ids(self, texts: pa.Array) -> Column:
        given = list(self._given_ids())
        for row, reason in [(row, reason) for row, value in enumerate(given) if (reason := _id_fault(value))]:
            self._note(reason, row, f"field {self.roles.id}" if self.roles.id else "")
            content = blake2b(texts[row].as_buffer(), digest_size=6).hexdigest()
            given[row] = f"{content}-{self.records.ordinals[row]}-{self.records.lines[row]}"
        return Column(pa.array(given, pa.string()), {"text": len(given)})

    def _given_ids(self) -> list[str | None]:
        values = self.records.columns.get(self.roles.id) if self.roles.id else None
        if values is None:
            return [None] * self.records.rows
        return self._spelled(values)

    @staticmethod
    def _spelled(values: Values) -> list[str | None]:
        """Values of any type as texts."""
        if isinstance(values, pa.Array):
            return [as_text(value) for value in column_of(values).values.to_pylist()]
        return values if set(map(type, values)) <= {str} else [as_text(value) for value in values]

    def _as_texts(self, column: str) -> Column:
        """A canonical column as text, whatever it was."""
        return self._noted(column, column_of(self._spelled(self.records.columns[column])))

    def _dates(self) -> dict[str, Column]:
        name = self.roles.date
        if name is None or name not in self.records.columns:
            return {}
        values = self.records.columns[name]
        parsed = parse_column(values)
        for row in parsed.unparseable:
            self._note("unparseable_date", row, f"field {name}")
        present = len(parsed.dates) - parsed.dates.null_count
        columns = {
            "date": Column(parsed.dates, {"timestamp": present} if present else {}),
            "date_precision": Column(parsed.precisions, {"text": present} if present else {}),
        }
        if name.lower() == "date" and not _is_instant(values):
            columns["date_original"] = self._as_texts(name)
        return columns

    def _sources(self) -> Column:
        """The published source, or the file's name where there is none."""
        name = self.roles.source
        stems = self.places.stems()
        if name is None or name not in self.records.columns:
            return Column(pa.array(stems, pa.string()), {"text": len(stems)})
        given = self._as_texts(name).values
        return Column(pc.coalesce(given, pa.array(stems, pa.string())), {"text": len(stems)})


def _id_fault(value: str | None) -> str:
    """Why a published id cannot be kept; empty where it can."""
    if not value:
        return "missing_id"
    if not encodable(value):
        return "lone_surrogate"
    return "id_too_long" if len(value) * 4 > LONGEST_ID and len(value.encode()) > LONGEST_ID else ""


def _free(name: str, taken: dict[str, Column]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free


def _is_instant(values: Values) -> bool:
    return isinstance(values, pa.Array) and (pt.is_timestamp(values.type) or pt.is_date(values.type))
