"""The embedding of a corpus: an embedder chosen, its parts embedded by workers, the vectors indexed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope.dense import embedders
from corpuscope.dense.embedder import Embedder, encode_query
from corpuscope.dense.static import StaticEmbedder
from corpuscope.dense.stored import Vector
from corpuscope.documents import Documents
from corpuscope.errors import UsageError, suggest
from corpuscope.manifest import DenseEntry, Manifest, Part, VectorsEntry, file_entry
from indexing.dense import build_index
from indexing.models import devices
from indexing.models.loading import let_go, once
from indexing.parts import Advance, part_folder
from indexing.progress import Progress
from indexing.vectors import (
    CUTS,
    Cut,
    Embedded,
    embed_documents,
    file_stem,
    npy_path,
    passages_path,
    prepared,
)
from indexing.workers import run_tasks

VECTORS = "vectors"
AUTO, NONE = "auto", "none"
#: Where no GPU is, a corpus of so many documents takes minilm some minutes.
_FEW = 20_000
#: Documents that a worker reads at once: sorted by length they fill batches, and progress shows.
_ROWS = {"cpu": 256, "cuda": 4_096}
#: Recall is measured with the first characters of so many documents.
_QUERIES, _QUERY_CHARACTERS = 100, 200
#: Documents that are timed to foretell what all take: as many of the first number as so many seconds suffice for.
_TIMED, _TIMED_AT_ONCE, _TIMED_SECONDS = 2_048, 64, 5.0


@dataclass(frozen=True)
class EmbedOptions:
    """How a corpus is to be embedded.

    `cut` is what becomes of long documents; device and batch size decide how fast, never what.
    """

    embedder: str = AUTO
    cut: str = "first"
    device: str = "auto"
    batch_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.cut not in CUTS:
            raise UsageError(f"There is no way {self.cut!r} to cut documents. {suggest(self.cut, CUTS)}")
        if self.batch_tokens is not None and self.batch_tokens < 1:
            raise UsageError(f"--batch-tokens {self.batch_tokens} is no number of tokens; use 1 or more.")


def choose(asked: str, documents: int, device: str) -> tuple[str, str]:
    """The embedder asked for, or the one that fits the corpus and the device, and why."""
    if asked != AUTO:
        return asked, "as asked"
    if devices.devices(device) != ("cpu",):
        return embedders.MINILM, "minilm: there is a GPU"
    if documents <= _FEW:
        return embedders.MINILM, f"minilm: without a GPU {documents:,} documents take it minutes"
    return embedders.STATIC, (
        f"static: {documents:,} documents would take minilm hours without a GPU; "
        "for better vectors: --embedder minilm, and --foretell says how long that takes"
    )


@dataclass(frozen=True)
class EmbedTask:
    """Embed a part."""

    folder: Path
    part: Part
    name: str
    entry: DenseEntry
    options: EmbedOptions

    def size(self) -> int:
        """Bytes to work through."""
        return self.part.documents.bytes


def make_vectors(task: EmbedTask, advance: Advance) -> tuple[Part, Embedded]:
    """The vectors of a part, and what it took to make those that were not there."""
    home = part_folder(task.folder, task.part.name)
    stem = file_stem(task.name, task.entry.embedder, task.entry.passages)
    target = home / VECTORS / stem
    done = Embedded()
    if npy_path(target).exists():
        advance(task.part.rows)
    else:
        embedder, rows = _open(task.entry.embedder, task.options)
        documents = task.folder / task.part.documents.path
        cut: Cut = _cut(task.entry.passages)
        watch = devices.watch(task.options.device)
        done = embed_documents(documents, target, embedder, cut, rows_at_once=rows, advance=advance, watch=watch)
    vectors = np.load(npy_path(target), mmap_mode="r")
    passages = passages_path(target)
    cut_places = file_entry(task.folder, passages) if task.entry.passages == "passages" else None
    made = VectorsEntry(len(vectors), file_entry(task.folder, npy_path(target)), cut_places)
    return replace(task.part, vectors=task.part.vectors | {task.name: made}), done


def embed_parts(
    folder: Path,
    manifest: Manifest,
    name: str,
    entry: DenseEntry,
    options: EmbedOptions,
    *,
    workers: int,
    progress: Progress,
    before: DenseEntry | None = None,
) -> tuple[Manifest, Embedded]:
    """The corpus with vectors of all its parts and the index over them, and what that took.

    Parts that have the vectors keep them; lists of `before` are gone on with.
    """
    stem = file_stem(name, entry.embedder, entry.passages)
    missing = [p for p in manifest.parts if name not in p.vectors or _stem_of(p.vectors[name]) != stem]
    is_static = entry.embedder["kind"] == embedders.STATIC
    processes = workers if is_static else devices.processes(options.device, workers)
    if is_static and missing and not StaticEmbedder.is_made():
        with progress.step("Distilling static from minilm", 1, unit="model") as step:
            StaticEmbedder.load()  # here with all cores, not in each worker
            step.advance(1)
    with progress.step(f"Embedding by {name}", sum(p.rows for p in missing), waiting="loading the model") as step:
        tasks = [EmbedTask(folder, part, name, entry, options) for part in missing]
        made = run_tasks(make_vectors, tasks, workers=processes, advance=step.advance, size=EmbedTask.size)
    done = {part.name: part for part, _ in made}
    spent = Embedded()
    for _, embedded in made:
        spent.add(embedded)
    parts = tuple(done.get(p.name, p) for p in manifest.parts)
    others = {key: other for key, other in manifest.dense.items() if key != name}
    manifest = replace(manifest, parts=parts, dense=others | {name: entry})
    with progress.step("Indexing vectors", sum(p.vectors[name].count for p in parts), unit="vectors") as step:
        entry = build_index(folder, manifest, name, lambda: _queries(folder, manifest, entry), before=before)
        step.advance(sum(p.vectors[name].count for p in parts))
    return replace(manifest, dense=others | {name: entry}), spent


def embed_all(
    folder: Path,
    manifest: Manifest,
    entries: Mapping[str, DenseEntry],
    device: str,
    *,
    workers: int,
    progress: Progress,
    before: Mapping[str, DenseEntry] | None = None,
) -> tuple[Manifest, dict[str, dict[str, Any]]]:
    """`embed_parts` for several embedders, one after the other, and for the history what each took."""
    told: dict[str, dict[str, Any]] = {}
    for name, entry in entries.items():
        options = EmbedOptions(name, entry.passages, device)
        old = before.get(name) if before else None
        manifest, spent = embed_parts(
            folder, manifest, name, entry, options, workers=workers, progress=progress, before=old
        )
        told[name] = spent.told()
    return manifest, told


@dataclass(frozen=True)
class Foretold:
    """What a way of cutting long documents would take: vectors, bytes of them, seconds."""

    cut: str
    vectors: int
    bytes: int
    seconds: float


def foretell(folder: Path, manifest: Manifest, identity: Mapping[str, Any], options: EmbedOptions) -> list[Foretold]:
    """Time the embedder on documents from all over the corpus, and reckon what all take, cut in each way."""
    embedder, _ = _open(identity, options)
    texts = [text.encode("utf-8", "replace").decode() for text in _some(folder, manifest, _TIMED)]
    sharing = len(devices.devices(options.device))
    embedder.embed(embedder.prepare(texts[:2], "document"))  # the first one compiles loops and warms up a device
    out = []
    for cut in CUTS[:2]:
        begun = time.perf_counter()
        vectors = timed = 0
        while timed < len(texts) and time.perf_counter() - begun < _TIMED_SECONDS:
            batch = texts[timed : timed + _TIMED_AT_ONCE]
            for piece in prepared(iter([(batch, [0] * len(batch))]), embedder, _cut(cut)):
                embedder.embed(piece.items)
                vectors += len(piece.items)
            timed += len(batch)
        seconds = (time.perf_counter() - begun) * manifest.rows / timed / sharing
        whole = round(vectors * manifest.rows / timed)
        size = 2 * embedder.dimensions
        out.append(Foretold(cut, whole, whole * size, seconds))
        if cut == "passages":
            out.append(Foretold("mean", manifest.rows, manifest.rows * size, seconds))
    let_go()
    return out


def _some(folder: Path, manifest: Manifest, count: int) -> list[str]:
    """The texts of so many documents from all over the corpus, in no order."""
    rows = np.linspace(0, manifest.rows - 1, min(count, manifest.rows)).astype(np.int64)
    documents = Documents([folder / p.documents.path for p in manifest.parts], [p.rows for p in manifest.parts])
    return [d.text for d in documents.read(np.random.default_rng(0).permutation(rows).tolist())]


def _queries(folder: Path, manifest: Manifest, entry: DenseEntry) -> Sequence[Vector]:
    embedder = embedders.for_queries(entry.embedder)
    texts = [text[:_QUERY_CHARACTERS] for text in _some(folder, manifest, _QUERIES)]
    return [encode_query(embedder, text) for text in texts]


def _open(identity: Mapping[str, Any], options: EmbedOptions) -> tuple[Embedder, int]:
    """The embedder on this worker's device, and how many documents it gets at once."""
    place = devices.place(options.device, options.batch_tokens)
    kind = place.device.partition(":")[0]
    dtype = place.dtype
    if kind == "cpu":  # a processor that multiplies halves is several times as fast with them
        dtype = devices.half_of_processor()

    def make() -> Embedder:
        return embedders.open_embedder(identity, device=place.device, batch_tokens=place.batch_tokens, dtype=dtype)

    embedder: Embedder = once((identity["kind"], identity["sha256"], place), make)
    return embedder, _ROWS[kind]


def _stem_of(entry: VectorsEntry) -> str:
    return Path(entry.vectors.path).stem


def _cut(name: str) -> Cut:
    assert name in CUTS
    return name  # type: ignore[return-value]
