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
from corpuscope.models import remembered

#: What is read of a model of transformers: configuration, tokenizer, weights.
_SMALL = ("*.json", "*.model", "*.txt", "*.jinja")
_SAFE, _PICKLED = ("*.safetensors",), ("pytorch_model*.bin",)
#: One of sentence-transformers has a folder for each of its modules.
_MODULES = "modules.json"
_NESTED = ("*/*.json", "*/*.safetensors", "*/pytorch_model*.bin", "*/*.txt", "*/*.model")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Found:
    """A model's folder on this machine, and where it is from: a hub id at a revision, or None for a folder.

    `only` is the one file that is wanted of it; `nested` is a model that has folders within its folder.
    """

    folder: Path
    hub_id: str | None = None
    revision: str | None = None
    only: str | None = None
    nested: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that decide its results, in order of name; pickled weights only where there are no safe ones."""
        if self.only is not None:
            return (self.folder / self.only,)
        inside = _matching(self.folder, _NESTED) if self.nested else []
        return tuple(sorted({*_matching(self.folder, _SMALL), *weight_files(self.folder), *inside}))

    @property
    def identity(self) -> dict[str, Any]:
        """Plain JSON for a manifest: hub id and revision where they are known, and a SHA-256 of the files."""
        digest = hashlib.sha256()
        for path in self.files:
            digest.update(f"{path.relative_to(self.folder).as_posix()} {sha256_of(path)}\n".encode())
        known = {"model": self.hub_id, "revision": self.revision} if self.hub_id else {}
        return {**known, "sha256": digest.hexdigest()}


def find(asked: str, *, file: str | None = None, revision: str | None = None, nested: bool = False) -> Found:
    """A model by its folder or hub id; `file` is the one file that is wanted of it, whose path will do too.

    A `nested` one is made of modules, as those of sentence-transformers, or is a single one of transformers.
    """
    path = Path(asked).expanduser()
    if path.is_file() and file is not None:
        return Found(path.resolve().parent, only=path.name)
    if path.is_dir():
        return _in_folder(path.resolve(), file, nested)
    if path.exists():
        raise UsageError(f"{asked} is a file; --model takes a folder with the model's files, or a hub id.")
    if not _HUB_ID.fullmatch(asked):
        raise UsageError(f"There is no folder {asked!r}, and it is no hub id such as organisation/model.")
    return _from_hub(asked, file, revision, nested)


def find_again(
    settings: Mapping[str, Any], asked: str | None, *, file: str | None = None, nested: bool = False
) -> Found:
    """The model that settings identify: the one asked for, else the hub's, else a folder that was used before."""
    if asked is not None:
        return find(asked, file=file, revision=settings.get("revision"), nested=nested)
    if "model" in settings:
        return find(settings["model"], file=file, revision=settings["revision"], nested=nested)
    known = remembered.path_of(settings["sha256"])
    found = find(str(known), file=file, nested=nested) if known is not None and known.exists() else None
    if found is None or found.identity["sha256"] != settings["sha256"]:
        job = "embedded" if nested else "rated"
        way = "embed DIR --embedder FOLDER" if nested else "annotate DIR NAME --model FOLDER"
        raise CorpuscopeError(
            f"The corpus was {job} by a model with the SHA-256 {settings['sha256'][:12]} from a folder that is not "
            f"there any more, or has changed. Say where it is: corpuscope {way}"
        )
    return found


def identify(asked: str, *, file: str | None = None, nested: bool = False) -> dict[str, Any]:
    """What identifies the model asked for, wherever it lies; a folder is remembered on this machine."""
    found = find(asked, file=file, nested=nested)
    identity = found.identity
    if found.hub_id is None:
        remembered.remember(identity["sha256"], found.folder / (found.only or ""))
    return identity


def weight_files(folder: Path) -> list[Path]:
    """The files of the weights: safetensors, else pickles."""
    return _matching(folder, _SAFE) or _matching(folder, _PICKLED)


def _in_folder(folder: Path, file: str | None, nested: bool) -> Found:
    if file is not None:
        there = [name for name in (file, *(p.name for p in _matching(folder, ("*.bin",)))) if (folder / name).is_file()]
        if not there:
            raise UsageError(f"{folder} has no {file}.")
        return Found(folder, only=there[0])
    if nested and (folder / _MODULES).is_file():
        return Found(folder, nested=True)
    if not (folder / "config.json").is_file():
        raise UsageError(f"{folder} holds no model: it has no config.json.")
    if not weight_files(folder):
        raise UsageError(f"{folder} holds no weights: neither *.safetensors nor pytorch_model*.bin.")
    return Found(folder, nested=nested)


def _matching(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())


def _from_hub(name: str, file: str | None, revision: str | None, nested: bool) -> Found:
    """Download what is not here yet; pickled weights only where there are no safe ones."""
    from huggingface_hub import snapshot_download

    wanted = [file] if file is not None else [*_SMALL, *_SAFE, *(_NESTED if nested else ())]
    # Folders within hold other formats of the same weights, which a model of modules has under these names.
    unwanted = ["onnx/*", "openvino/*", "*/*/*"] if nested else ["*/*"]
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=wanted, ignore_patterns=unwanted))
        if file is None and not weight_files(folder) and not (nested and _matching(folder, _NESTED[1:3])):
            snapshot_download(name, revision=folder.name, allow_patterns=list(_PICKLED), ignore_patterns=["*/*"])
    except Exception as error:  # noqa: BLE001  # whatever the network, the hub or the disk raise
        raise CorpuscopeError(
            f"The model {name} could not be had from the Hugging Face hub ({_first_line(error)}). "
            "With its files in a folder it runs without the hub: --model FOLDER"
        ) from None
    if file is not None and not (folder / file).is_file():
        raise CorpuscopeError(f"The model {name} on the hub has no file {file}; give one that has: --model")
    return Found(folder, name, folder.name, only=file, nested=nested)


def _first_line(error: Exception) -> str:
    return (str(error).strip().split("\n", 1)[0][:160] or type(error).__name__).rstrip(".")
