"""Jobs on a corpus that exists: annotate, embed, verify, suppress, compact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope import manifest as manifests
from corpuscope.catalog.columns import Mask
from corpuscope.corpus import Corpus, open_corpus
from corpuscope.dense import embedders
from corpuscope.errors import CorpuscopeError
from corpuscope.manifest import DenseEntry, FileEntry, Manifest, Part, VectorsEntry, file_entry, sha256_of
from indexing.annotations import annotate_parts, describe_runs, fit_jobs, name_fields, settings_to_keep
from indexing.annotators import Given, select
from indexing.build import Clock, commit
from indexing.documents import write_tables
from indexing.embedding import AUTO, VECTORS, EmbedOptions, choose, embed_all, embed_parts
from indexing.parts import DOCUMENTS, FIELDS, IndexTask, make_index, part_folder, part_name
from indexing.progress import Progress
from indexing.vectors import keep_vectors, npy_path, passages_path
from indexing.workers import run_tasks
from indexing.workspace import abandoned_when_refused, begin, locked


def annotate(
    folder: Path,
    names: Sequence[str],
    options: Mapping[str, Any],
    *,
    workers: int,
    progress: Progress,
    given: Given = Given(),  # noqa: B008  # it is frozen
) -> Manifest:
    """Run annotators (and those they need) over all parts and add their fields to the corpus.

    `options` decide what is computed and are kept; what is `given` to models decides where and how fast.
    """
    select(names)
    manifests.load(folder)  # a folder that is no corpus is said before it is locked
    with locked(folder):
        old = manifests.load(folder)
        request = {"action": "annotate", "names": list(names), "options": dict(options), "to": old.version}
        begin(folder, request, old)
        clock = Clock()
        with clock.step("annotate"), abandoned_when_refused(folder, old):
            jobs = fit_jobs(folder, old.parts, names, options, settings_to_keep(old, names, options), given)
            parts, spent = annotate_parts(folder, old.parts, jobs, workers=workers, progress=progress)
        before = {name: run["settings"] for name, run in old.annotators.items()}
        ran = before | {job.annotator: job.settings for job in jobs}
        manifest = replace(
            old,
            parts=tuple(parts),
            fields=name_fields(old.fields, ran, old.imported_fields),
            annotators=describe_runs(ran, old.annotators, spent),
        )
        rated = spent.of_models()
        return commit(
            folder, manifest, clock, progress, action="annotate", documents=old.rows, serving=old, models=rated
        )


def embed(
    folder: Path, options: EmbedOptions, *, workers: int, progress: Progress, say: Callable[[str], None]
) -> Manifest:
    """Give a corpus vectors by an embedder, in place of those of the same name; `say` hears why it was chosen."""
    old = manifests.load(folder)
    asked, why = choose(options.embedder, old.rows, options.device)
    name, identity = embedders.describe(asked)
    if options.embedder == AUTO:
        say(why)
    with locked(folder):
        old = manifests.load(folder)
        entry = DenseEntry(identity, options.cut)
        request = {"action": "embed", "name": name, "identity": identity, "cut": options.cut, "to": old.version}
        begin(folder, request, old)
        clock = Clock()
        with clock.step("embed"), abandoned_when_refused(folder, old):
            manifest, spent = embed_parts(folder, old, name, entry, options, workers=workers, progress=progress)
        told = {name: spent.told()}
        return commit(folder, manifest, clock, progress, action="embed", documents=old.rows, serving=old, models=told)


@dataclass(frozen=True)
class Damage:
    """A file that is not as the manifest says."""

    path: str
    what: str


def verify(folder: Path) -> Iterator[Damage | FileEntry]:
    """Check every file of the corpus: yields each sound file's entry, or what is wrong with it."""
    manifest = manifests.load(folder)
    for entry in manifest.files():
        path = folder / entry.path
        if not path.is_file():
            yield Damage(entry.path, "is missing")
        elif path.stat().st_size != entry.bytes:
            yield Damage(entry.path, f"has {path.stat().st_size:,} bytes and should have {entry.bytes:,}")
        elif sha256_of(path) != entry.sha256:
            yield Damage(entry.path, "has other bytes than when it was written")
        else:
            yield entry


def suppress(folder: Path, ids: Sequence[str]) -> tuple[Manifest, int]:
    """Take documents down; returns the new manifest and how many were not down already."""
    with locked(folder):
        corpus = open_corpus(folder)
        rows = np.setdiff1d(_rows_of(corpus, ids), corpus.suppressed_rows)
        if not len(rows):
            return corpus.manifest, 0
        number = corpus.manifest.suppression + 1
        table = pa.table({"row": rows, "suppression": np.full(len(rows), number, dtype=np.int32)})
        if corpus.manifest.suppressed is not None:
            table = pa.concat_tables([pq.read_table(folder / corpus.manifest.suppressed.path), table])
        target = folder / f"suppressed-{number}.parquet"
        temporary = target.with_name(f".{target.name}.tmp")
        pq.write_table(table, temporary)
        temporary.replace(target)
        manifest = replace(corpus.manifest, suppressed=file_entry(folder, target), suppression=number)
        manifests.commit(folder, manifest)
        return manifest, len(rows)


def compact(folder: Path, *, workers: int, progress: Progress) -> tuple[Manifest, int]:
    """Rewrite the parts that hold suppressed documents without them; returns how many documents went."""
    with locked(folder):
        corpus = open_corpus(folder)
        old = corpus.manifest
        gone = len(corpus.suppressed_rows)
        if not gone:
            return old, 0
        begin(folder, {"action": "compact", "to": old.version}, old)
        clock = Clock()
        with clock.step("rewrite"):
            parts, next_part = _rewrite_parts(corpus)
        fresh = [p for p in parts if p.lexical is None]
        with clock.step("index"), progress.step("Indexing", sum(p.rows for p in fresh)) as step:
            tasks = [IndexTask(folder, part, old.language) for part in fresh]
            made = run_tasks(make_index, tasks, workers=workers, advance=step.advance, size=IndexTask.size)
            indexed = {p.name: p for p in made}
        manifest = replace(
            old, parts=tuple(indexed.get(p.name, p) for p in parts), next_part=next_part, suppressed=None, suppression=0
        )
        with clock.step("vectors"):
            manifest, _ = embed_all(folder, manifest, old.dense, "auto", workers=workers, progress=progress)
        return commit(folder, manifest, clock, progress, action="compact", documents=manifest.rows), gone


def _rows_of(corpus: Corpus, ids: Sequence[str]) -> Any:
    """Rows of documents by id; an unknown id is refused before anything is changed."""
    column = corpus.catalog.text_column("id")
    codes = []
    for id_ in ids:
        code = column.code(id_)
        if code is None:
            raise CorpuscopeError(f"There is no document {id_!r} in {corpus.name}; nothing was suppressed.")
        codes.append(code)
    return np.flatnonzero(np.isin(column.codes, codes))


def _rewrite_parts(corpus: Corpus) -> tuple[list[Part], int]:
    """Parts without their suppressed rows, under new names and without an index; untouched ones stay."""
    parts: list[Part] = []
    number = corpus.manifest.next_part
    for base, part in zip(corpus.documents.bases, corpus.manifest.parts, strict=False):
        keep = corpus.shown[base : base + part.rows]
        if keep.all():
            parts.append(part)
        elif keep.any():
            parts.append(_rewrite_part(corpus.folder, part, part_name(number), keep))
            number += 1
    if not parts:
        raise CorpuscopeError("Every document of the corpus is suppressed; delete the folder instead of compacting it.")
    return parts, number


def _rewrite_part(folder: Path, part: Part, name: str, keep: Mask) -> Part:
    home = part_folder(folder, name)
    (home / FIELDS).mkdir(parents=True, exist_ok=True)
    _rewrite_documents(folder / part.documents.path, home / DOCUMENTS, keep)
    fields: dict[str, FileEntry] = {}
    for origin, entry in part.fields.items():
        target = home / FIELDS / Path(entry.path).name
        table = pq.read_table(folder / entry.path)
        pq.write_table(table.filter(pa.array(keep)), target, compression="zstd")
        fields[origin] = file_entry(folder, target)
    vectors = {embedder: _rewrite_vectors(folder, home, entry, keep) for embedder, entry in part.vectors.items()}
    return Part(name, int(keep.sum()), file_entry(folder, home / DOCUMENTS), fields, vectors=vectors)


def _rewrite_vectors(folder: Path, home: Path, entry: VectorsEntry, keep: Mask) -> VectorsEntry:
    source = folder / entry.vectors.path
    target = home / VECTORS / source.stem
    cut = entry.passages
    keep_vectors(source, target, keep, folder / cut.path if cut else None)
    count = len(np.load(npy_path(target), mmap_mode="r"))
    places = file_entry(folder, passages_path(target)) if cut else None
    return VectorsEntry(count, file_entry(folder, npy_path(target)), places)


def _rewrite_documents(source: Path, target: Path, keep: Mask) -> None:
    with pq.ParquetFile(source) as file:
        write_tables(_kept(file, keep), file.schema_arrow, target)


def _kept(file: pq.ParquetFile, keep: Mask) -> Iterator[pa.Table]:
    start = 0
    for batch in file.iter_batches(1000):
        yield pa.Table.from_batches([batch]).filter(pa.array(keep[start : start + batch.num_rows]))
        start += batch.num_rows
