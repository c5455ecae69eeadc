"""How long an annotator would take for a corpus: a sample of its documents is timed, and the rest reckoned from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope import manifest as manifests
from corpuscope.manifest import Manifest
from indexing.annotate import fit, joined, run, sample
from indexing.annotations import settings_to_keep
from indexing.annotators import Annotator, Given, Settings, by_name, select
from indexing.published.target import Target

#: Pieces of the sample, each twice as large as the one before, are timed until they took so many seconds together.
_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """What was timed, in one process, and the corpus that it stands for; `processes` share the work."""

    annotator: str
    seconds: float
    documents: int
    characters: int
    corpus_documents: int
    corpus_characters: int
    processes: int

    @property
    def by_documents(self) -> float:
        """Seconds for the corpus when each document takes as long as one of the sample."""
        return self.seconds * self.corpus_documents / max(1, self.documents) / self.processes

    @property
    def by_characters(self) -> float | None:
        """Seconds for the corpus when each character does; None where texts are not read."""
        if not self.characters:
            return None
        return self.seconds * self.corpus_characters / self.characters / self.processes


def foretell(
    folder: Path, name: str, options: Mapping[str, Any], given: Given, *, workers: int, seconds: float = _SECONDS
) -> Foretold:
    """Time an annotator on documents from all over the corpus; nothing is written."""
    annotator, manifest = by_name(name), manifests.load(folder)
    settings = _settings(folder, manifest, annotator, options)
    documents = _sampled(annotator, manifest, folder, settings)
    if annotator.open is not None:
        annotator.open(settings[name], given)  # loading is not what is timed
    timed = characters = 0
    spent, at, size = 0.0, 0, 1
    while spent < seconds and at < documents.num_rows:
        piece = documents.slice(at, size)
        took = _time(annotator, settings[name], piece, given)
        at += piece.num_rows
        if at > 1 or documents.num_rows == 1:  # the first document compiles loops and warms up a device
            spent, timed, characters = spent + took, timed + piece.num_rows, characters + _characters(piece)
            size *= 2
    return Foretold(
        annotator=name,
        seconds=spent,
        documents=timed,
        characters=characters,
        corpus_documents=manifest.rows,
        corpus_characters=int(Target(folder, manifest).lengths.sum()) if "text" in annotator.needs else 0,
        processes=_processes(annotator, given, workers),
    )


def _settings(
    folder: Path, manifest: Manifest, annotator: Annotator, options: Mapping[str, Any]
) -> dict[str, Settings]:
    """The settings of the annotator and of those it needs: those of the corpus where it has them."""
    settings: dict[str, Settings] = settings_to_keep(manifest, [annotator.name], options)
    documents = [folder / part.documents.path for part in manifest.parts]
    for one in select([annotator.name]):
        if one.name not in settings:
            settings[one.name] = fit(one, documents, options, settings)
    return settings


def _sampled(annotator: Annotator, manifest: Manifest, folder: Path, settings: Mapping[str, Settings]) -> pa.Table:
    """Documents with the annotator's columns, drawn in turn from batches that lie all over the corpus."""
    batches = list(sample(annotator, [folder / part.documents.path for part in manifest.parts], settings))
    turn = np.concatenate([np.arange(batch.num_rows) for batch in batches])
    return pa.Table.from_batches(batches).take(np.argsort(turn, kind="stable")).combine_chunks()


def _time(annotator: Annotator, settings: Settings, piece: pa.Table, given: Given) -> float:
    columns = {name: joined(piece.column(name)) for name in annotator.needs}
    begun = time.perf_counter()
    run(annotator, settings, columns, piece.num_rows, given)
    return time.perf_counter() - begun


def _characters(piece: pa.Table) -> int:
    if "text" not in piece.column_names:
        return 0
    return pc.sum(pc.utf8_length(piece.column("text"))).as_py() or 0


def _processes(annotator: Annotator, given: Given, workers: int) -> int:
    """Processes that share the work as fast as this one timed it: GPUs; one on a processor, whose cores it had all."""
    if not annotator.on_device:
        return workers
    from indexing.models.devices import devices

    return len(devices(given.device))
