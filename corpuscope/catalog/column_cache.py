"""Builds and opens the memory-mapped columns of a corpus.

A column's folder is named after the files it was made from, so a stale one is never opened. It stands beside
the corpus, or in the user's cache directory when the corpus cannot be written.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from corpuscope.catalog.arrays import map_array
from corpuscope.catalog.column_build import Sources, write_column
from corpuscope.catalog.columns import Column, NumberColumn, TextColumn
from corpuscope.catalog.dictionary import map_words
from corpuscope.errors import CorpuscopeError
from corpuscope.fields import Field
from corpuscope.manifest import FileEntry, Manifest

FORMAT = 1
FOLDER = ".catalog"
_DONE = "done.json"
_BUILDING = ".building-"
_STALE = ".stale-"
#: No column takes a day: an older folder was left behind by a process that was killed.
_LONGEST_BUILD_S = 86_400
_ID = Field(name="id", type="text")


def open_column(folder: Path, manifest: Manifest, field: Field) -> Column:
    """The column of a field, built first when its cache is missing or stale."""
    files = column_files(manifest, field)
    name = _cache_name(manifest, field, files)
    places = [parent / name for parent in _parents(folder)]
    for place in places:
        if (place / _DONE).exists():
            try:
                return _map(place, field, manifest.rows)
            except FileNotFoundError:
                continue  # another process has purged it just now
            except (ValueError, EOFError):
                _remove(place)  # damaged, and quick to make again
    place = places[0] if os.access(folder, os.W_OK) else places[1]
    paths = [None if f is None else folder / f.path for f in files]
    _build(place, Sources(field, list(zip((p.rows for p in manifest.parts), paths, strict=True))))
    return _map(place, field, manifest.rows)


def purge(folder: Path, manifest: Manifest) -> None:
    """Remove columns that belong to no field of this version of the corpus."""
    keep = {_cache_name(manifest, f, column_files(manifest, f)) for f in (*manifest.fields, _ID)}
    for parent in _parents(folder):
        for place in parent.glob("*"):
            if place.name not in keep and not _is_being_built(place):
                _remove(place)


def column_files(manifest: Manifest, field: Field) -> list[FileEntry | None]:
    """The file of each part that holds a field; None where a part has no such file."""
    if field.origin == "source":
        return [p.documents for p in manifest.parts]
    return [p.fields.get(field.origin) for p in manifest.parts]


def user_cache() -> Path:
    """Where this program caches what it can make again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "corpuscope"


def _parents(folder: Path) -> list[Path]:
    """Where columns of the corpus may stand: beside it, and in a folder of its own in the user's cache."""
    own = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return [folder / FOLDER, user_cache() / "catalog" / own]


def _cache_name(manifest: Manifest, field: Field, files: Sequence[FileEntry | None]) -> str:
    made_of = [
        FORMAT,
        field.column,
        field.type,
        field.multi,
        [p.rows for p in manifest.parts],
        [f and f.sha256 for f in files],
    ]
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    readable = "".join(c if c.isascii() and c.isalnum() else "_" for c in field.name)[:40]
    return f"{readable}-{digest}"


def _map(place: Path, field: Field, rows: int) -> Column:
    offsets = map_array(place / "offsets.npy") if field.multi else None
    first = map_array(place / "first.npy") if field.multi else None
    if field.type == "text":
        return TextColumn(field, rows, offsets, first, map_array(place / "codes.npy"), map_words(place))
    values, valid = map_array(place / "values.npy"), map_array(place / "valid.npy")
    return NumberColumn(field, rows, offsets, first, values, valid)


def _build(place: Path, sources: Sources) -> None:
    """Make a column in a folder of its own, which then gets its name."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=place.parent))
        try:
            write_column(temporary, sources)
            _sync(temporary)
            (temporary / _DONE).write_text("{}\n")
            _install(temporary, place)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except (OSError, MemoryError) as error:
        raise CorpuscopeError(
            f"The column of the field {sources.field.name!r} cannot be made ({error}); "
            "free disk space or memory, then try again."
        ) from None


def _sync(folder: Path) -> None:
    """Have the files of a folder on the disk, not only on their way to it."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _install(temporary: Path, place: Path) -> None:
    """Give a finished folder its name, unless another process was faster: its column is the same."""
    if place.exists() and not (place / _DONE).exists():
        _remove(place)
    try:
        temporary.replace(place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise


def _is_being_built(place: Path) -> bool:
    """Whether another process is probably at work in a folder."""
    try:
        return place.name.startswith(_BUILDING) and time.time() - place.stat().st_mtime < _LONGEST_BUILD_S
    except FileNotFoundError:  # it has got its name
        return True


def _remove(place: Path) -> None:
    """Move a folder aside, so that nobody opens half of it, and delete it."""
    with suppress(OSError):
        aside = place.replace(tempfile.mkdtemp(prefix=_STALE, dir=place.parent))
        shutil.rmtree(aside, ignore_errors=True)
