"""Where this user's corpora are: the folders that were opened, so that a recipe need not name a path."""

from __future__ import annotations

import json
import os
from pathlib import Path

from corpuscope import manifest as manifests
from corpuscope.errors import CorpuscopeError

_KEPT = 200


def user_data() -> Path:
    """Where this program keeps what belongs to the user."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "corpuscope"


def remember(folder: Path) -> None:
    """Put a corpus first in the list; a list that cannot be written is no reason to fail."""
    path = str(folder.resolve())
    known = _read()
    if known[:1] == [path]:
        return
    known = [path, *(p for p in known if p != path)][:_KEPT]
    try:
        user_data().mkdir(parents=True, exist_ok=True)
        manifests.write_atomically(user_data() / "corpora.json", json.dumps(known, indent=1).encode())
    except OSError:
        return


def folders() -> list[Path]:
    """Remembered folders that still hold a corpus, the latest first."""
    return [p for p in map(Path, _read()) if (p / manifests.FILE_NAME).exists()]


def _read() -> list[str]:
    try:
        known = json.loads((user_data() / "corpora.json").read_bytes())
    except (OSError, ValueError):
        return []
    return [p for p in known if isinstance(p, str)] if isinstance(known, list) else []


def manifest_in(folder: Path) -> manifests.Manifest | None:
    """The manifest in a remembered folder, None when it cannot be read."""
    try:
        return manifests.load(folder)
    except CorpuscopeError:
        return None
