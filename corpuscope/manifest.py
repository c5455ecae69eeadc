"""corpus.json: what a corpus holds, and the one rename that commits a change to it.

Files of a corpus are immutable and carry their version in the name. Writing a new corpus.json over the
old one is the commit; the digest of its bytes is the corpus version.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpuscope import plain_json
from corpuscope.errors import CorpusDamaged, CorpusNotFound
from corpuscope.fields import Field

FORMAT = 1
FILE_NAME = "corpus.json"
#: Where a job keeps what is not committed yet.
STAGING = ".build"
VERSION_DIGITS = 12


@dataclass(frozen=True)
class FileEntry:
    """A file of the corpus: path relative to its folder, size in bytes, SHA-256 in hex."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class LexicalEntry:
    """A Lucene index of one part: its folder, the files in it and a digest of what it says.

    `digest` covers documents, terms and statistics, not bytes: two builds of one part differ in bytes.
    """

    path: str
    documents: int
    digest: str
    files: tuple[FileEntry, ...]


@dataclass(frozen=True)
class VectorsEntry:
    """The vectors of one part by one embedder: a NumPy file of `count` rows of float16, each of unit length.

    Row i belongs to document i of the part, or, where documents are cut, to passage i of `passages` (row, start, end).
    """

    count: int
    vectors: FileEntry
    passages: FileEntry | None = None


@dataclass(frozen=True)
class DenseEntry:
    """What a corpus knows of an embedder: which it is, how documents were cut for it, and the index over all parts.

    `embedder` identifies the model and how texts are given to it; `passages` is "first", "passages" or "mean"; `index`
    says what kind of index it is and how much of an exact answer it finds; `index_file` is None for an exact one.
    """

    embedder: dict[str, Any]
    passages: str
    index: dict[str, Any] = field(default_factory=dict)
    index_file: FileEntry | None = None


@dataclass(frozen=True)
class Part:
    """A unit of work: `rows` documents, their fields by annotator, their Lucene index, their vectors by embedder."""

    name: str
    rows: int
    documents: FileEntry
    fields: dict[str, FileEntry] = field(default_factory=dict)
    lexical: LexicalEntry | None = None
    vectors: dict[str, VectorsEntry] = field(default_factory=dict)


@dataclass(frozen=True)
class Reject:
    """Records that were left out or mended for one reason, with the first examples (file, line, detail)."""

    count: int
    examples: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The content of corpus.json.

    `annotators` and `imports` say, by the origin of the fields, how each file of fields came about; `dense` says, by
    the name of an embedder, how its vectors did, the one that queries mean by default last.
    `suppressed` names the file of the rows taken down, `suppression` counts the times that rows were.
    """

    name: str
    language: str
    part_size: int
    fields: tuple[Field, ...]
    parts: tuple[Part, ...]
    annotators: dict[str, dict[str, Any]]
    sources: tuple[dict[str, Any], ...]
    rejected: dict[str, Reject]
    mended: dict[str, Reject]
    options: dict[str, Any]
    next_part: int
    imports: dict[str, dict[str, Any]] = field(default_factory=dict)
    dense: dict[str, DenseEntry] = field(default_factory=dict)
    suppressed: FileEntry | None = None
    suppression: int = 0
    history: tuple[dict[str, Any], ...] = ()
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Documents in all parts, suppressed ones included."""
        return sum(p.rows for p in self.parts)

    @property
    def imported_fields(self) -> tuple[Field, ...]:
        """The fields of ratings that somebody published."""
        return tuple(f for f in self.fields if f.origin in self.imports)

    @property
    def versions(self) -> dict[str, str]:
        """The version of the fields of each annotator and import, by their origin."""
        return {origin: str(run.get("version", "")) for origin, run in (self.annotators | self.imports).items()}

    def to_bytes(self) -> bytes:
        """The bytes of corpus.json."""
        data = asdict(self) | {"fields": [f.to_json() for f in self.fields]}
        # What a corpus has none of is not named: it keeps the bytes, and so the version, of before there was any.
        for holder, key in ((data, "imports"), (data, "dense"), *((part, "vectors") for part in data["parts"])):
            if not holder[key]:
                del holder[key]
        return plain_json.to_bytes(data)

    @property
    def version(self) -> str:
        """The corpus version: the start of the SHA-256 of corpus.json."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:VERSION_DIGITS]

    def files(self) -> list[FileEntry]:
        """Every file that the corpus consists of, corpus.json aside."""
        out = [] if self.suppressed is None else [self.suppressed]
        for part in self.parts:
            out += [part.documents, *part.fields.values(), *(part.lexical.files if part.lexical else ())]
            for entry in part.vectors.values():
                out += [entry.vectors, *([entry.passages] if entry.passages else [])]
        return out + [entry.index_file for entry in self.dense.values() if entry.index_file]


def load(folder: Path) -> Manifest:
    """Read the manifest of the corpus in `folder`."""
    path = folder / FILE_NAME
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise CorpusNotFound(_not_a_corpus(folder)) from None
    try:
        return _parse(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorpusDamaged(f"{path} is no manifest this version can read ({error}).") from None


def commit(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the state of the corpus, durably and at once."""
    write_atomically(folder / FILE_NAME, manifest.to_bytes())


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that readers see the old bytes or all of the new ones."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def file_entry(folder: Path, path: Path) -> FileEntry:
    """Describe a finished file of the corpus in `folder`."""
    return FileEntry(path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _not_a_corpus(folder: Path) -> str:
    build = f"corpuscope build {folder} --source SRC"
    if not folder.exists():
        return f"There is no folder {folder}. Build a corpus there with: {build}"
    if (folder / STAGING).exists():
        return f"{folder} holds a build that was not finished; run the same build command again to resume it."
    return f"{folder} is no corpus: it has no {FILE_NAME}. Build one with: {build}"


def _parse(data: dict[str, Any]) -> Manifest:
    if data.get("format") != FORMAT:
        raise ValueError(f"format {data.get('format')!r}, expected {FORMAT}")
    data = dict(data)
    data["fields"] = tuple(Field.from_json(f) for f in data["fields"])
    data["parts"] = tuple(_parse_part(p) for p in data["parts"])
    for kind in ("rejected", "mended"):
        data[kind] = {k: Reject(v["count"], tuple(v["examples"])) for k, v in data[kind].items()}
    data["suppressed"] = FileEntry(**data["suppressed"]) if data["suppressed"] else None
    data["sources"], data["history"] = tuple(data["sources"]), tuple(data["history"])
    data["dense"] = {k: _parse_dense(v) for k, v in data.get("dense", {}).items()}
    return Manifest(**data)


def _parse_part(data: dict[str, Any]) -> Part:
    lexical = data["lexical"]
    if lexical is not None:
        lexical = LexicalEntry(**lexical | {"files": tuple(FileEntry(**f) for f in lexical["files"])})
    fields = {k: FileEntry(**v) for k, v in data["fields"].items()}
    vectors = {k: _parse_vectors(v) for k, v in data.get("vectors", {}).items()}
    return Part(data["name"], data["rows"], FileEntry(**data["documents"]), fields, lexical, vectors)


def _parse_vectors(data: dict[str, Any]) -> VectorsEntry:
    return VectorsEntry(data["count"], FileEntry(**data["vectors"]), _parse_file(data["passages"]))


def _parse_dense(data: dict[str, Any]) -> DenseEntry:
    return DenseEntry(data["embedder"], data["passages"], data["index"], _parse_file(data["index_file"]))


def _parse_file(data: dict[str, Any] | None) -> FileEntry | None:
    return FileEntry(**data) if data else None
