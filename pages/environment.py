"""How the command that starts the app tells it what to show and where to listen. Knows no screen."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_CORPORA = "CORPUSCOPE_CORPORA"
_SERVER = "CORPUSCOPE_SERVER"
#: The C library gives many threads many heaps, and Arrow's own allocator keeps what it is given back; with two heaps
#: for both, 32 threads searching at once hold half the memory, and it stays level.
MEMORY = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}


def for_app(folders: Iterable[Path], address: str, port: int) -> dict[str, str]:
    """The environment variables of an app that shows corpus folders at an address."""
    settings = {
        "server.address": address,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        # Looking through all objects after each run takes longer than the run; Python does so when it has to.
        "runner.postScriptGC": False,
        "logger.hideWelcomeMessage": True,
    }
    return MEMORY | {_CORPORA: json.dumps([str(f) for f in folders]), _SERVER: json.dumps(settings)}


def server_settings() -> dict[str, Any]:
    """Streamlit's settings by dotted name, as `for_app` chose them."""
    settings: dict[str, Any] = json.loads(os.environ.get(_SERVER, "{}"))
    return settings


def served() -> dict[str, Path]:
    """Corpus folders by the key that stands in links: the folder's name, numbered where two are alike."""
    out: dict[str, Path] = {}
    for folder in map(Path, json.loads(os.environ.get(_CORPORA, "[]"))):
        key, n = folder.name, 1
        while key in out:
            n += 1
            key = f"{folder.name}-{n}"
        out[key] = folder
    return out
