"""The files of a published model: from a hub id or a folder, and what identifies them wherever they lie."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.manifest import sha256_of
from indexing.models import remembered

#: What is read of a model of transformers: configuration, tokenizer, weights.
_SMALL = ("*.json", "*.model", "*.txt", "*.jinja")
_SAFE, _PICKLED = ("*.safetensors",), ("pytorch_model*.bin",)
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Found:
    """A model's folder on this machine, and where it is from: a hub id at a revision, or None for a folder."""

    folder: Path
    hub_id: str | None = None
    revision: str | None = None
    only: str | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that decide its results, in order of name; pickled weights only where there are no safe ones."""
        if self.only is not None:
            return (self.folder / self.only,)
        return tuple(sorted({*_matching(self.folder, _SMALL), *weight_files(self.folder)}))

    @property
    def identity(self) -> dict[str, Any]:
        """Plain JSON for a manifest: hub id and revision where they are known, and a SHA-256 of the files."""
        digest = hashlib.sha256()
        for path in self.files:
            digest.update(f"{path.name} {sha256_of(path)}\n".encode())
        known = {"model": self.hub_id, "revision": self.revision} if self.hub_id else {}
        return {**known, "sha256": digest.hexdigest()}


def find(asked: str, *, file: str | None = None, revision: str | None = None) -> Found:
    """A model by its folder or hub id; `file` is the one file that is wanted of it, whose path will do too."""
    path = Path(asked).expanduser()
    if path.is_file() and file is not None:
        return Found(path.resolve().parent, only=path.name)
    if path.is_dir():
        return _in_folder(path.resolve(), file)
    if path.exists():
        raise UsageError(f"{asked} is a file; --model takes a folder with the model's files, or a hub id.")
    if not _HUB_ID.fullmatch(asked):
        raise UsageError(f"There is no folder {asked!r}, and it is no hub id such as organisation/model.")
    return _from_hub(asked, file, revision)


def find_again(settings: Mapping[str, Any], asked: str | None, *, file: str | None = None) -> Found:
    """The model that settings identify: the one asked for, else the hub's, else a folder that was used before."""
    if asked is not None:
        return find(asked, file=file, revision=settings.get("revision"))
    if "model" in settings:
        return find(settings["model"], file=file, revision=settings["revision"])
    known = remembered.path_of(settings["sha256"])
    found = find(str(known), file=file) if known is not None and known.exists() else None
    if found is None or found.identity["sha256"] != settings["sha256"]:
        raise CorpuscopeError(
            f"The corpus was rated by a model with the SHA-256 {settings['sha256'][:12]} from a folder that is not "
            "there any more, or has changed. Say where it is: corpuscope annotate DIR NAME --model FOLDER"
        )
    return found


def identify(asked: str, *, file: str | None = None) -> dict[str, Any]:
    """The settings of an annotator that evaluates the model asked for; a folder is remembered on this machine."""
    found = find(asked, file=file)
    identity = found.identity
    if found.hub_id is None:
        remembered.remember(identity["sha256"], found.folder / (found.only or ""))
    return identity


def weight_files(folder: Path) -> list[Path]:
    """The files of the weights: safetensors, else pickles."""
    return _matching(folder, _SAFE) or _matching(folder, _PICKLED)


def _in_folder(folder: Path, file: str | None) -> Found:
    if file is not None:
        there = [name for name in (file, *(p.name for p in _matching(folder, ("*.bin",)))) if (folder / name).is_file()]
        if not there:
            raise UsageError(f"{folder} has no {file}.")
        return Found(folder, only=there[0])
    if not (folder / "config.json").is_file():
        raise UsageError(f"{folder} holds no model: it has no config.json.")
    if not weight_files(folder):
        raise UsageError(f"{folder} holds no weights: neither *.safetensors nor pytorch_model*.bin.")
    return Found(folder)


def _matching(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())


def _from_hub(name: str, file: str | None, revision: str | None) -> Found:
    """Download what is not here yet; pickled weights only where there are no safe ones."""
    from huggingface_hub import snapshot_download

    wanted = [file] if file is not None else [*_SMALL, *_SAFE]
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=wanted, ignore_patterns=["*/*"]))
        if file is None and not weight_files(folder):
            snapshot_download(name, revision=folder.name, allow_patterns=list(_PICKLED), ignore_patterns=["*/*"])
    except Exception as error:  # noqa: BLE001  # whatever the network, the hub or the disk raise
        raise CorpuscopeError(
            f"The model {name} could not be had from the Hugging Face hub ({_first_line(error)}). "
            "With its files in a folder it runs without the hub: --model FOLDER"
        ) from None
    if file is not None and not (folder / file).is_file():
        raise CorpuscopeError(f"The model {name} on the hub has no file {file}; give one that has: --model")
    return Found(folder, name, folder.name, only=file)


def _first_line(error: Exception) -> str:
    return (str(error).strip().split("\n", 1)[0][:160] or type(error).__name__).rstrip(".")
