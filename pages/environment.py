"""How the command that starts the app tells it which corpora to show. Knows no screen."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

_VARIABLE = "CORPUSCOPE_CORPORA"


def for_corpora(folders: Iterable[Path]) -> dict[str, str]:
    """The environment variable that names corpus folders to the app."""
    return {_VARIABLE: json.dumps([str(f) for f in folders])}


def served() -> dict[str, Path]:
    """Corpus folders by the key that stands in links: the folder's name, numbered where two are alike."""
    out: dict[str, Path] = {}
    for folder in map(Path, json.loads(os.environ.get(_VARIABLE, "[]"))):
        key, n = folder.name, 1
        while key in out:
            n += 1
            key = f"{folder.name}-{n}"
        out[key] = folder
    return out
