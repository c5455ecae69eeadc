"""Source specs -> the files they stand for, in the order in which their rows come."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from corpuscope.errors import SourceError
from indexing import readers
from indexing.progress import Progress, SilentProgress
from indexing.readers.contract import SourceFile
from indexing.readers.hub import HUB, PREFIX

DEMO = "demo"
#: Files that tools leave beside data; they look like data and hold none.
_BYSTANDERS = frozenset({"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "corpus.json"})


@dataclass(frozen=True)
class Source:
    """A source as it was named, its files, the files it has that nothing here reads, and notes for the manifest."""

    spec: str
    files: tuple[SourceFile, ...]
    skipped: tuple[str, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()


def resolve(specs: Sequence[str], *, first_file: int = 0, progress: Progress | None = None) -> tuple[Source, ...]:
    """Find the files of every source; they are numbered over all sources from `first_file`."""
    if not specs:
        raise SourceError("No source is named. Name a file, a folder, a glob, hf:org/name or demo.")
    sources: list[Source] = []
    for spec in specs:
        source = _resolve(spec, first_file, progress or SilentProgress())
        sources.append(source)
        first_file += len(source.files)
    return tuple(sources)


def _resolve(spec: str, first: int, progress: Progress) -> Source:
    if not _is_utf8(spec):
        raise SourceError(f"The name of the source {_printable(spec)!r} is not UTF-8; rename it, or name its folder.")
    if spec.startswith(PREFIX):
        return Source(spec, (SourceFile(spec=spec, path=spec, ordinal=first, bytes=0, reader=HUB.name),))
    if spec == DEMO and not Path(spec).exists():
        return _demo(first, progress)
    path = Path(spec).expanduser()
    if path.is_dir():
        return _described(spec, _walk(path), first, strict=False)
    if path.is_file():
        return _described(spec, [path], first, strict=True)
    if glob.has_magic(spec):
        return _described(spec, _expand(spec), first, strict=False)
    raise SourceError(
        f"There is no file or folder {spec!r}. A source is a file, a folder, a glob in quotes, hf:org/name or demo."
    )


def _demo(first: int, progress: Progress) -> Source:
    """The demo corpus, with the origin and the licence of each of its files."""
    from indexing.demo import load_notes, prepare

    paths = prepare(progress=progress)
    source = _described(DEMO, paths, first, strict=True)
    return replace(source, notes=tuple(asdict(note) for note in load_notes(paths)))


def _described(spec: str, paths: Sequence[Path], first: int, *, strict: bool) -> Source:
    """The files that can be read; `strict` makes an unknown ending an error."""
    files: list[SourceFile] = []
    skipped: list[str] = []
    for path in paths:
        # A pipe would never end, a link may lead nowhere, a linked folder may lead round in a circle.
        wanted = _is_utf8(str(path)) and _is_file(path) and (strict or not _is_bystander(path))
        reader = readers.detect(path) if wanted else None
        if reader is None:
            skipped.append(str(path))
            continue
        ordinal, size = first + len(files), path.stat().st_size
        files.append(SourceFile(spec=spec, path=str(path), ordinal=ordinal, bytes=size, reader=reader.name))
    if not files:
        what = (
            f"None of the {len(skipped)} files of {spec!r} is of a kind"
            if len(skipped) != 1
            else f"The file {_printable(skipped[0])!r} is of no kind"
        )
        raise SourceError(f"{what} that can be read: {' '.join(readers.endings())}, each also .gz or .zst.")
    return Source(spec, tuple(files), tuple(_printable(name) for name in skipped))


def _is_file(path: Path) -> bool:
    """Whether this is a file; what may not be looked at is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _is_bystander(path: Path) -> bool:
    hidden = path.name.startswith((".", "_"))
    return hidden or path.name in _BYSTANDERS or path.name.endswith(".recipe.json")


def _is_utf8(name: str) -> bool:
    """Whether a path can be written down; Python holds other bytes as lone surrogates."""
    return _printable(name) == name


def _printable(name: str) -> str:
    """A path with a question mark for every byte that is not UTF-8."""
    return name.encode("utf-8", "replace").decode()


def _walk(folder: Path) -> list[Path]:
    return sorted(_files_under(folder), key=os.fsencode)


def _files_under(folder: Path) -> Iterator[Path]:
    """Every file, and the folders that are not entered: links, and those that cannot be listed."""
    closed: list[OSError] = []
    for at, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(at, name) for name in names)
        yield from (path for name in folders if (path := Path(at, name)).is_symlink())
    for error in closed:
        if Path(error.filename) == folder:
            raise SourceError(f"The folder {_printable(str(folder))!r} cannot be read: {error.strerror}.")
        yield Path(error.filename)


def _expand(pattern: str) -> list[Path]:
    found = glob.glob(os.path.expanduser(pattern), recursive=True)  # noqa: PTH111, PTH207 - pathlib cannot glob absolute patterns
    paths = sorted((Path(name) for name in found), key=os.fsencode)
    return [path for path in paths if _is_file(path)]
