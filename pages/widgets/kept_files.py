"""A private folder for the files that this server wrote: it goes when the server does, or when the next one starts."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
from pathlib import Path

_PREFIX = "corpuscope-exports-"
_LOCK = "lock"


class PrivateFolder:
    """A temporary folder that only this user can enter, made when first needed and locked while the server lives."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._lock = -1
        self._making = threading.Lock()

    def new(self, name: str) -> Path:
        """A new folder in it."""
        with self._making:
            if self._path is None:
                _clear_abandoned(Path(tempfile.gettempdir()))
                made = Path(tempfile.mkdtemp(prefix=_PREFIX))
                self._lock = _try_to_lock(made)
                self._path = made
        path = self._path / name
        path.mkdir()
        return path

    def drop(self, name: str) -> None:
        """Delete a folder in it, if there is one."""
        if self._path is not None:
            shutil.rmtree(self._path / name, ignore_errors=True)

    def remove(self) -> None:
        """Delete it with all that is in it."""
        with self._making:
            if self._path is not None:
                shutil.rmtree(self._path, ignore_errors=True)
                os.close(self._lock)
                self._path = None


def _clear_abandoned(parent: Path) -> None:
    """Delete what servers of this user left behind that were killed: nobody holds the lock any more."""
    for path in parent.glob(f"{_PREFIX}*"):
        try:
            if path.is_symlink() or path.stat().st_uid != os.getuid() or not (path / _LOCK).exists():
                continue
            lock = _try_to_lock(path)
        except OSError:
            continue
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _try_to_lock(path: Path) -> int:
    """The open lock of a folder; raises BlockingIOError when a living server holds it."""
    descriptor = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
