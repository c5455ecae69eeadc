"""The folders of the models that this user has used, by their identity: a corpus stores no path of a machine."""

from __future__ import annotations

import json
from pathlib import Path

from corpuscope.known_corpora import user_data
from corpuscope.manifest import write_atomically

_KEPT = 100


def remember(sha256: str, path: Path) -> None:
    """Put a model first in the list; a list that cannot be written is no reason to fail."""
    known = {sha256: str(path)} | {key: value for key, value in _read().items() if key != sha256}
    kept = dict(list(known.items())[:_KEPT])
    try:
        user_data().mkdir(parents=True, exist_ok=True)
        write_atomically(_file(), json.dumps(kept, indent=1).encode())
    except OSError:
        return


def path_of(sha256: str) -> Path | None:
    """Where the model with this identity was last."""
    found = _read().get(sha256)
    return Path(found) if found else None


def _file() -> Path:
    return user_data() / "models.json"


def _read() -> dict[str, str]:
    try:
        known = json.loads(_file().read_bytes())
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in known.items() if isinstance(v, str)} if isinstance(known, dict) else {}
