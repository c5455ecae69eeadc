"""The jobs of one part, run in worker processes: documents, annotations, index. What is there already is kept.

Every file appears by a rename, so a file that exists is whole and a job that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from corpuscope.manifest import FileEntry, LexicalEntry, Part, file_entry
from indexing.annotate import AnnotatedPart, Job, annotate_part, rate_part
from indexing.annotators import by_name
from indexing.documents import write_documents
from indexing.lexical import build_index, compute_digest
from indexing.settle import Settled
from indexing.workspace import PARTS

Advance = Callable[[int], None]

DOCUMENTS, FIELDS, INDEX = "documents.parquet", "fields", "bm25"


def part_folder(folder: Path, name: str) -> Path:
    """Where a part's files are."""
    return folder / PARTS / name


def part_name(number: int) -> str:
    """The folder name of a part; numbers are never used again in a corpus."""
    return f"{number:05d}"


@dataclass(frozen=True)
class DocumentsTask:
    """Write the documents of part `index` of what was settled."""

    folder: Path
    name: str
    index: int
    settled: Settled


def make_documents(task: DocumentsTask, advance: Advance) -> Part:
    """documents.parquet of a part."""
    target = part_folder(task.folder, task.name) / DOCUMENTS
    rows = task.settled.part_rows[task.index]
    if target.exists():
        advance(rows)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = write_documents(task.settled, task.index, target, advance)
    return Part(task.name, rows, file_entry(task.folder, target))


@dataclass(frozen=True)
class AnnotateTask:
    """Run annotators over a part, one that evaluates a model alone; their files are added to it."""

    folder: Path
    part: Part
    jobs: tuple[Job, ...]

    def size(self) -> int:
        """Bytes to work through."""
        return self.part.documents.bytes


def make_annotations(task: AnnotateTask, advance: Advance) -> tuple[Part, AnnotatedPart | None]:
    """The field files of a part, and what it took to make those that were not there."""
    home = part_folder(task.folder, task.part.name)
    targets = {job.annotator: home / FIELDS / job.file_name for job in task.jobs}
    missing = tuple(job for job in task.jobs if not targets[job.annotator].exists())
    made = None
    if missing:
        known = _existing_fields(task, targets)
        if by_name(missing[0].annotator).open is not None:
            made = rate_part(missing[0], home / DOCUMENTS, known, home / FIELDS, advance)
        else:
            made = annotate_part(missing, home / DOCUMENTS, known, home / FIELDS, advance)
    else:
        advance(task.part.rows)
    fields = task.part.fields | {name: file_entry(task.folder, path) for name, path in targets.items()}
    return replace(task.part, fields=fields), made


def _existing_fields(task: AnnotateTask, targets: Mapping[str, Path]) -> dict[str, Path]:
    committed = {name: task.folder / entry.path for name, entry in task.part.fields.items()}
    return committed | {name: path for name, path in targets.items() if path.exists()}


@dataclass(frozen=True)
class IndexTask:
    """Index a part in a language."""

    folder: Path
    part: Part
    language: str

    def size(self) -> int:
        """Bytes to work through."""
        return self.part.documents.bytes


def make_index(task: IndexTask, advance: Advance) -> Part:
    """The Lucene index of a part."""
    home = part_folder(task.folder, task.part.name)
    target = home / INDEX
    if target.exists():
        digest = compute_digest(target)
        advance(task.part.rows)
    else:
        digest = build_index(home / DOCUMENTS, target, language=task.language, advance=advance).digest
    files: tuple[FileEntry, ...] = tuple(file_entry(task.folder, p) for p in sorted(target.iterdir()))
    lexical = LexicalEntry(target.relative_to(task.folder).as_posix(), task.part.rows, digest, files)
    return replace(task.part, lexical=lexical)
