"""A corpus folder while a job writes it: one writer at a time, and a place for what is not committed yet."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpuscope import manifest as manifests
from corpuscope.errors import CorpusBusy, CorpuscopeError, SourceError, UsageError
from corpuscope.manifest import STAGING, Manifest

PARTS, DENSE = "parts", "dense"
_REQUEST = "request.json"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the corpus for writing; raises CorpusBusy when another job does."""
    try:
        descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise CorpuscopeError(f"{folder} cannot be written: {error.strerror}. Choose a folder of your own.") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CorpusBusy(f"Another job is writing {folder}; wait for it to end, then try again.") from None
        yield
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a corpus folder, or say why it cannot be one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpuscopeError(f"{folder} cannot be made: {error.strerror}.") from None
    if (folder / manifests.FILE_NAME).exists() or (folder / STAGING / _REQUEST).exists():
        return
    # Nothing here says that the folder is ours, so nothing in it may be cleared.
    strange = sorted(p.name for p in folder.iterdir() if p.name != ".lock" and not _is_empty_folder(p))
    if strange:
        raise CorpuscopeError(
            f"{folder} holds other things ({strange[0]}); name a folder that is empty or does not exist."
        )


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def begin(folder: Path, request: Mapping[str, Any], committed: Manifest | None, *, keep_others: bool = False) -> Path:
    """The staging folder of a job: that of the same request that was cut off, else a new one.

    What another request left behind is cleared; with `keep_others` it is kept and the job refused.
    """
    staging = folder / STAGING
    asked = json.dumps(request, sort_keys=True, ensure_ascii=False)
    begun = (staging / _REQUEST).read_text(encoding="utf-8") if (staging / _REQUEST).exists() else None
    if begun == asked:
        return staging
    if begun is not None and keep_others:
        raise CorpuscopeError(
            f"{folder} holds an unfinished job that was started with other options or whose sources have changed. "
            "Run the same command with the same sources to resume it, or add --force to start again."
        )
    abandon(folder, committed)
    staging.mkdir()
    manifests.write_atomically(staging / _REQUEST, asked.encode())
    return staging


def abandon(folder: Path, committed: Manifest | None) -> None:
    """Remove what a job has made so far."""
    shutil.rmtree(folder / STAGING, ignore_errors=True)
    clear_unreferenced(folder, committed)


@contextmanager
def abandoned_when_refused(folder: Path, committed: Manifest | None) -> Iterator[None]:
    """A request that cannot be carried out leaves nothing to resume; a job that was cut off does."""
    try:
        yield
    except (UsageError, SourceError):
        abandon(folder, committed)
        raise


def finish(folder: Path, committed: Manifest, *, serving: Manifest | None = None) -> None:
    """After a commit: nothing of the job stays, nor of replaced parts but those that `serving` still names.

    Who has that version open goes on reading it; the next job clears it.
    """
    shutil.rmtree(folder / STAGING, ignore_errors=True)
    clear_unreferenced(folder, committed, serving)


def clear_unreferenced(folder: Path, *named: Manifest | None) -> None:
    """Remove part folders, field files, vector indexes and suppression lists that none of the manifests names."""
    kept = {folder / f.path for manifest in named if manifest for f in manifest.files()}
    inside = [*(folder / PARTS).rglob("*"), *(folder / DENSE).rglob("*")]
    for path in [*inside, *folder.glob("suppressed-*.parquet")]:
        if path.is_file() and path not in kept:
            path.unlink()
    for path in sorted(inside, reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
