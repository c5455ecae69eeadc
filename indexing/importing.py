"""Ratings that somebody published -> fields of a corpus, one Parquet file a part, committed like any job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope import __version__
from corpuscope import manifest as manifests
from corpuscope.errors import ImportRefused
from corpuscope.fields import Field
from corpuscope.manifest import Manifest, Part, file_entry, sha256_of
from indexing.annotate import write_fields
from indexing.annotations import name_fields
from indexing.build import Clock, commit
from indexing.parts import FIELDS, part_folder
from indexing.progress import Progress
from indexing.published import SYSTEMS, System, Whole, group
from indexing.published.collect import collect, id_column
from indexing.published.collected import Collected
from indexing.published.files import RatingsFile, find
from indexing.published.joining import POSITION, Join, join, said
from indexing.published.target import Target
from indexing.tally import EXAMPLES
from indexing.workspace import abandoned_when_refused, begin, locked


@dataclass(frozen=True)
class Prepared:
    """The fields of one system, aligned with the corpus, and what the manifest says of where they come from."""

    origin: str
    version: str
    fields: tuple[Field, ...]
    columns: tuple[pa.Array, ...]
    about: dict[str, Any]

    @property
    def file_name(self) -> str:
        """The Parquet file in a part's `fields` folder: other ratings make another file."""
        return f"{self.origin}-{self.version}.parquet"


def import_ratings(
    folder: Path, specs: Sequence[str], *, on: str | None, progress: Progress
) -> tuple[Manifest, list[str]]:
    """Add the ratings in files to the corpus, or replace those of the same systems; also gives their origins."""
    manifests.load(folder)  # a folder that is no corpus is said before it is locked
    groups = group(find(specs, json_columns=[name for system in SYSTEMS for name in system.json_columns]))
    with locked(folder):
        old = manifests.load(folder)
        clock = Clock()
        with clock.step("read"):
            target = Target(folder, old)
            prepared = [_prepare(origin, *of, target=target, on=on, progress=progress) for origin, of in groups.items()]
        prepared = [_replacing(p, old) for p in prepared]
        names = {p.origin: p.version for p in prepared}
        begin(folder, {"action": "import", "imports": names, "to": old.version}, old)
        with clock.step("write"), abandoned_when_refused(folder, old):
            parts = _write(folder, old.parts, prepared)
        kept = [f for f in old.fields if f.origin in old.imports and f.origin not in names]
        imported = [*kept, *(field for p in prepared for field in p.fields)]
        manifest = replace(
            old,
            parts=parts,
            fields=name_fields(old.fields, {n: run["settings"] for n, run in old.annotators.items()}, imported),
            imports=old.imports | {p.origin: p.about for p in prepared},
        )
        done = commit(folder, manifest, clock, progress, action="import", documents=old.rows, serving=old)
        return done, list(names)


def _prepare(
    origin: str, system: System, files: Sequence[RatingsFile], *, target: Target, on: str | None, progress: Progress
) -> Prepared:
    """Read, join and align the ratings of one system; nothing is written."""
    unverified = any(id_column(system, file) is None for file in files) or target.has_made_ids
    with progress.step(f"Reading {origin}", unit="rows") as step:
        found = collect(system, files, with_texts=unverified, step=step)
    joined = join(system, found, target, on)
    fields, columns = _aligned(system, found, joined, target)
    if not fields:
        raise ImportRefused(
            f"{said(found.files)} holds no ratings beside {_listed(found.left_out)}; nothing was imported."
        )
    read = [_described(Path(path)) for file in files for path in file.paths]
    decides: list[Any] = [__version__, system.version, joined.how, target.fingerprint]
    decides += [[f["sha256"] for f in read], [f.to_json() for f in fields]]
    version = f"{system.version}-{hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:8]}"
    about = _about(system, found, joined, target) | {"version": version, "files": read}
    named = tuple(_described_field(field, origin, found) for field in fields)
    return Prepared(origin, version, named, tuple(columns), about)


def _described_field(field: Field, origin: str, found: Collected) -> Field:
    """The field with its origin; what nobody says of it is at least that it was published, and where."""
    source = field.source or f"{Path(next(iter(found.files))).name}."
    return replace(field, origin=origin, source=source, meaning=field.meaning or "As published.")


def _replacing(new: Prepared, old: Manifest) -> Prepared:
    """The import with what it replaces; ratings of another system are not replaced."""
    before = old.imports.get(new.origin)
    if before is None:
        return new
    first = before["files"][0]["path"]
    if before["system"] != new.about["system"]:
        raise ImportRefused(
            f"The corpus has {before['system']} from {first} as {new.origin!r}; rename the file to import both."
        )
    return replace(new, about=new.about | {"replaces": f"{first} ({before['when'][:10]})"})


def _aligned(system: System, found: Collected, joined: Join, target: Target) -> tuple[list[Field], list[pa.Array]]:
    """Fields and their values in the order of the corpus."""
    taken = pa.array(joined.rows, mask=joined.rows < 0)
    whole = Whole(lambda: target.lengths)
    fields: list[Field] = []
    columns: list[pa.Array] = []
    for rating, arrays in found.ratings():
        if joined.repeats:
            _refuse_unequal(found, arrays, joined.repeats)
        ordered = [array.take(taken) for array in arrays]
        made = rating.finish(rating, ordered, whole) if rating.finish else zip(rating.fields, ordered, strict=True)
        for field, values in made:
            fields.append(field)
            columns.append(pc.fill_null(values, False) if system.lists else values)  # noqa: FBT003
    return fields, columns


def _refuse_unequal(found: Collected, arrays: Sequence[pa.Array], repeats: tuple[Any, Any]) -> None:
    """Rows that rate a document again must say the same."""
    firsts, again = (pa.array(rows) for rows in repeats)
    for array in arrays:
        one, other = array.take(firsts), array.take(again)
        if not one.equals(other):
            at = next(i for i in range(len(one)) if not one.slice(i, 1).equals(other.slice(i, 1)))
            raise ImportRefused(
                f"{found.place(again[at].as_py())} rates the document of {found.place(firsts[at].as_py())} again and "
                f"otherwise ({len(again):,} rows repeat an id); nothing was imported."
            )


def _about(system: System, found: Collected, joined: Join, target: Target) -> dict[str, Any]:
    """What the manifest says of an import."""
    about: dict[str, Any] = {
        "system": system.title,
        "rows": found.rows,
        "join": joined.how,
        "documents": target.rows,
        "matched": joined.matched,
        "missing": target.rows - joined.matched,
        "unknown": {"count": joined.unknown, "examples": list(joined.examples)},
        "repeated": len(joined.repeats[0]) if joined.repeats else 0,
        "verified": joined.verified,
        "other_texts": joined.other_texts + _other_lengths(found, joined, target),
        "left_out": list(found.left_out),
        "rejected": {reason: asdict(reject) for reason, reject in found.tally.result().items()},
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": f"corpuscope {__version__}",
    }
    return about


def _other_lengths(found: Collected, joined: Join, target: Target) -> int:
    """Documents whose rated text had another length than the text here."""
    lengths = found.lengths()
    if lengths is None or joined.how == POSITION:
        return 0
    there = joined.rows >= 0
    rated = lengths.take(pa.array(joined.rows[there]))
    differ = pc.not_equal(rated, pa.array(target.lengths[there]))
    return int(np.count_nonzero(pc.fill_null(differ, False)))  # noqa: FBT003


def _described(path: Path) -> dict[str, Any]:
    return {"path": str(path), "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _write(folder: Path, parts: Sequence[Part], prepared: Sequence[Prepared]) -> tuple[Part, ...]:
    """The parts with a file of each import; one that is there already is whole."""
    out: list[Part] = []
    base = 0
    for part in parts:
        files = dict(part.fields)
        for p in prepared:
            target = part_folder(folder, part.name) / FIELDS / p.file_name
            if not target.exists():
                schema = pa.schema([(f.column, f.arrow_type) for f in p.fields])
                arrays = [column.slice(base, part.rows) for column in p.columns]
                write_fields(pa.Table.from_arrays(arrays, schema=schema), target)
            files[p.origin] = file_entry(folder, target)
        out.append(replace(part, fields=files))
        base += part.rows
    return tuple(out)


def _listed(names: Sequence[str] | dict[str, None]) -> str:
    listed = list(names)
    more = f" and {len(listed) - EXAMPLES} more" if len(listed) > EXAMPLES else ""
    return ", ".join(listed[:EXAMPLES]) + more if listed else "ids"
