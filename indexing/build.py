"""The order of a build: sources -> staging -> documents -> annotations -> indexes -> columns -> one commit."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope import __version__
from corpuscope import manifest as manifests
from corpuscope.catalog.column_cache import open_column, purge
from corpuscope.dense import embedders
from corpuscope.errors import CorpuscopeError, SourceError
from corpuscope.manifest import DenseEntry, Manifest
from indexing.annotations import (
    annotate_parts,
    annotation_jobs,
    check_models,
    describe_runs,
    name_fields,
    refuse_other_versions,
)
from indexing.annotators import Given, tokenizers
from indexing.embedding import AUTO, NONE, choose, embed_all
from indexing.ingest import IngestOptions, ingest
from indexing.parts import (
    DocumentsTask,
    IndexTask,
    make_documents,
    make_index,
    part_name,
)
from indexing.progress import Progress
from indexing.settle import Settled, settle
from indexing.sources import Source, resolve
from indexing.tally import Tally
from indexing.workers import run_tasks
from indexing.workspace import abandon, abandoned_when_refused, begin, finish, locked, make_folder


@dataclass(frozen=True, kw_only=True)
class BuildOptions(IngestOptions):
    """What a build was asked for: how to read, and what to make of it."""

    annotators: tuple[str, ...] = ("default",)
    tokenizer: str | None = None
    language: str = "en"
    workers: int = os.cpu_count() or 1
    device: str = "auto"
    embedder: str = NONE

    def stored(self) -> dict[str, Any]:
        """What decides the result, for the manifest: not the number of workers nor the device."""
        told = {k: v for k, v in asdict(self).items() if k not in ("workers", "device")}
        if self.embedder == NONE:  # as in the corpora of before there were any
            del told["embedder"]
        return {k: list(v) if isinstance(v, tuple) else v for k, v in told.items()}


def build(
    folder: Path, specs: Sequence[str], options: BuildOptions, *, progress: Progress, force: bool = False
) -> Manifest:
    """Build a corpus in `folder`, or go on with a build that was cut off; returns the committed manifest."""
    _check_language(options.language)
    check_models(options.annotators, options.device)
    if options.embedder not in (NONE, AUTO):
        embedders.describe(options.embedder)
    if options.tokenizer:
        tokenizers.load(options.tokenizer)
    sources = resolve(specs)
    make_folder(folder)
    with locked(folder):
        old = _committed(folder)
        request = _request("build", sources, options)
        if old is not None and not force:
            if old.options.get("request") == request:
                return old
            raise CorpuscopeError(
                f"{folder} already holds a corpus. Append to it with corpuscope add, or build it anew with --force."
            )
        if force:
            abandon(folder, old)
        staging = begin(folder, request, old, keep_others=True)
        empty = Manifest(
            name=folder.resolve().name,
            language=options.language,
            part_size=options.part_size,
            fields=(),
            parts=(),
            annotators={},
            sources=(),
            rejected={},
            mended={},
            options=options.stored() | {"request": request},
            next_part=old.next_part if old else 0,
        )
        with abandoned_when_refused(folder, old):
            return _extend(folder, staging, empty, specs, options, progress=progress, action="build")


def add(folder: Path, specs: Sequence[str], *, workers: int, progress: Progress) -> Manifest:
    """Append the documents of `specs` as new parts, made as those of the corpus were."""
    sources = resolve(specs)
    manifests.load(folder)  # a folder that is no corpus is said before it is locked
    with locked(folder):
        old = manifests.load(folder)
        refuse_other_versions(folder, old)
        stored = {k: v for k, v in old.options.items() if k != "request"}
        options = BuildOptions(
            **stored | {"annotators": tuple(stored["annotators"]), "limit": None, "workers": workers}
        )
        staging = begin(folder, _request("add", sources, options) | {"to": old.version}, old)
        with abandoned_when_refused(folder, old):
            return _extend(folder, staging, old, specs, options, progress=progress, action="add")


def _extend(
    folder: Path,
    staging: Path,
    old: Manifest,
    specs: Sequence[str],
    options: BuildOptions,
    *,
    progress: Progress,
    action: str,
) -> Manifest:
    """Read sources into new parts behind those of `old`, commit, and clear up."""
    clock = Clock()
    with clock.step("read"):
        settled = _read(folder, staging, old, specs, options, progress)
    names = [part_name(old.next_part + i) for i in range(len(settled.part_rows))]
    documents = sum(settled.part_rows)
    with clock.step("write"), progress.step("Writing documents", documents) as step:
        tasks = [DocumentsTask(folder, name, i, settled) for i, name in enumerate(names)]
        parts = run_tasks(make_documents, tasks, workers=options.workers, advance=step.advance)
    with clock.step("annotate"):
        jobs = annotation_jobs(folder, old, parts, options.annotators, options.tokenizer, Given(device=options.device))
        parts, spent = annotate_parts(folder, parts, jobs, workers=options.workers, progress=progress)
    with clock.step("index"), progress.step("Indexing", documents) as step:
        tasks_ = [IndexTask(folder, part, old.language) for part in parts]
        parts = run_tasks(make_index, tasks_, workers=options.workers, advance=step.advance, size=IndexTask.size)
    ran = {job.annotator: job.settings for job in jobs}
    manifest = replace(
        old,
        fields=name_fields(settled.fields, ran, old.imported_fields),
        parts=(*old.parts, *parts),
        annotators=describe_runs(ran, old.annotators, spent),
        sources=(*old.sources, *settled.sources),
        rejected=_merged(old.rejected, settled.rejected),
        mended=_merged(old.mended, settled.mended),
        next_part=old.next_part + len(parts),
    )
    models = spent.of_models()
    if entries := _embedders(old, options, manifest.rows):
        with clock.step("embed"):
            manifest, embedded = embed_all(
                folder, manifest, entries, options.device, workers=options.workers, progress=progress, before=old.dense
            )
        models |= embedded
    return commit(folder, manifest, clock, progress, action=action, documents=documents, serving=old, models=models)


def _embedders(old: Manifest, options: BuildOptions, documents: int) -> dict[str, DenseEntry]:
    """The embedders of new parts: those of the corpus where it has any, else the one asked for."""
    if old.dense or options.embedder == NONE:
        return old.dense
    name, identity = embedders.describe(choose(options.embedder, documents, options.device)[0])
    return {name: DenseEntry(identity, "first")}


def _read(
    folder: Path, staging: Path, old: Manifest, specs: Sequence[str], options: BuildOptions, progress: Progress
) -> Settled:
    first_file = sum(s["files_total"] for s in old.sources)
    reading = staging / "read"
    staged = ingest(specs, options, reading, first_file=first_file, progress=progress)
    settled = settle(
        staged,
        options,
        reading,
        known=old.fields,
        existing=[folder / p.documents.path for p in old.parts],
    )
    if not settled.part_rows:
        why = ", ".join(f"{reject.count:,} {reason}" for reason, reject in settled.rejected.items()) or "no record"
        raise SourceError(f"No document in {', '.join(specs)} can be used: {why}.")
    return settled


def commit(
    folder: Path,
    manifest: Manifest,
    clock: Clock,
    progress: Progress,
    *,
    action: str,
    documents: int,
    serving: Manifest | None = None,
    models: Mapping[str, Mapping[str, Any]] | None = None,
) -> Manifest:
    """Build the columns that searching needs, make the manifest the state of the corpus, and clear up.

    `serving` is the version before, when those who have it open may go on with it; `models` says for the history what
    each model that ran has read.
    """
    without_value: dict[str, dict[str, int]] = {}
    with clock.step("columns"), progress.step("Making columns", len(manifest.fields), unit="fields") as step:
        for f in manifest.fields:
            column = open_column(folder, manifest, f)
            if f.origin != "source":
                missing = manifest.rows - int(np.count_nonzero(column.has_value))
                without_value.setdefault(f.origin, {})[f.name] = missing
            step.advance(1)
    annotators, imports = (
        {name: run | {"without_value": without_value[name]} for name, run in runs.items()}
        for runs in (manifest.annotators, manifest.imports)
    )
    event = {"action": action, "program": f"corpuscope {__version__}", "documents": documents, "seconds": clock.seconds}
    event |= {"models": models} if models else {}
    manifest = replace(manifest, annotators=annotators, imports=imports, history=(*manifest.history, event))
    manifests.commit(folder, manifest)
    finish(folder, manifest, serving=serving)
    purge(folder, manifest)
    return manifest


class Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)


def _check_language(language: str) -> None:
    """Refuse an unknown language before anything is read; English needs no JVM to be known."""
    if language != "en":
        from corpuscope.lexical import analysis, jvm

        jvm.start()
        analysis.get_analyzer(language)


def _committed(folder: Path) -> Manifest | None:
    return manifests.load(folder) if (folder / manifests.FILE_NAME).exists() else None


def _request(action: str, sources: Sequence[Source], options: BuildOptions) -> dict[str, Any]:
    """What identifies a job: its options and the files as they are now."""
    files = [[f.path, f.bytes, _modified(f.path)] for source in sources for f in source.files]
    return {"action": action, "program": __version__, "options": options.stored(), "files": files}


def _modified(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


def _merged(old: Mapping[str, manifests.Reject], new: Mapping[str, manifests.Reject]) -> dict[str, manifests.Reject]:
    tally = Tally()
    tally.merge(dict(old))
    tally.merge(dict(new))
    return tally.result()
