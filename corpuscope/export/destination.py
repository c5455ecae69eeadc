"""Where an export goes: nothing is seen there before all of it is, and nothing of somebody else's is removed."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpuscope.errors import ExportError
from corpuscope.manifest import sha256_of

_SHARD = re.compile(r"data/train-\d{5}-of-\d{5}\.parquet")
_WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EACCES: "the folder may not be written",
    errno.EROFS: "the disk is read-only",
}


@contextmanager
def destination(out: Path) -> Iterator[Path]:
    """A path to write to that becomes `out` when all went well, and vanishes when it did not."""
    if not out.parent.is_dir():
        raise ExportError(f"There is no folder {out.parent} to write {out.name} into; make it first.")
    if out.is_dir() and not _is_earlier_export(out):
        raise ExportError(f"{out} is a folder that holds other things; name a folder that does not exist yet.")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield temporary
        _put(temporary, out)
    except OSError as error:
        raise _cannot_write(out, error) from None
    finally:
        _remove(temporary)


def files_digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, over the names and digests of its files."""
    if path.is_file():
        return sha256_of(path)
    whole = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        whole.update(f"{file.relative_to(path).as_posix()} {files_digest(file)}\n".encode())
    return whole.hexdigest()


def _is_earlier_export(folder: Path) -> bool:
    """Whether a folder holds the shards of an export and nothing else."""
    files = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()]
    return all(_SHARD.fullmatch(name) for name in files)


def _put(new: Path, out: Path) -> None:
    """Rename the finished export into place; a folder of an earlier one steps aside until it is."""
    if not out.is_dir():
        new.replace(out)
        return
    aside = out.with_name(f".{out.name}.{os.getpid()}.old")
    out.replace(aside)
    new.replace(out)
    shutil.rmtree(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _cannot_write(out: Path, error: OSError) -> OSError:
    if isinstance(error, ExportError) or error.errno is None:
        return error
    return ExportError(f"{out} cannot be written: {_WHY.get(error.errno, error.strerror)}. Nothing was left behind.")
