"""Sources -> staged blocks: one process reads and cuts, workers parse; a block that is there is not parsed again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from corpuscope.errors import SourceError, UsageError
from corpuscope.manifest import write_atomically
from indexing import readers
from indexing.blocks import TEMPORARY, BlockReport, read_report, write_block
from indexing.layouts import Roles, check_options, choose
from indexing.progress import Progress, SilentProgress
from indexing.readers.contract import Block, SourceFile
from indexing.readers.plain_text import TEXT, group
from indexing.records import documents_of
from indexing.sources import Source, resolve
from indexing.staged import Staged, Totals
from indexing.workers import pool

#: Changes when staged blocks of an older program can no longer be used.
_VERSION = 1
_BLOCKS_PER_WORKER = 3

OnDuplicate: TypeAlias = Literal["keep", "reject"]


@dataclass(frozen=True, kw_only=True)
class IngestOptions:
    """What a user may say about sources. `limit` keeps the first so many accepted documents over all sources."""

    text_field: str | None = None
    id_field: str | None = None
    limit: int | None = None
    workers: int = 1
    #: Large enough for one Lucene segment to search fast, small enough to keep two cores busy.
    part_size: int = 200_000
    on_duplicate: OnDuplicate = "keep"

    def __post_init__(self) -> None:
        for name in ("limit", "workers", "part_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"--{name.replace('_', '-')} must be 1 or more, not {value}.")
        if self.on_duplicate not in ("keep", "reject"):
            raise UsageError(f"--on-duplicate is keep or reject, not {self.on_duplicate!r}.")


def ingest(
    specs: Sequence[str],
    options: IngestOptions,
    staging: Path,
    *,
    first_file: int = 0,
    progress: Progress | None = None,
) -> Staged:
    """Read every source into `staging`; files are numbered from `first_file`. Killed at any moment, it resumes."""
    sources = resolve(specs, first_file=first_file, progress=progress)
    _prepare(staging, _fingerprint(sources, options))
    if (done := Staged.load(staging)) is not None:
        return done
    totals = Totals(sources)
    # Closed at once: a generator that an error leaves behind would keep its workers reading.
    with (
        (progress or SilentProgress()).step("Reading") as step,
        closing(_stage_all(sources, options, staging)) as blocks,
    ):
        for name, report, roles in blocks:
            totals.add(name, report, roles)
            step.advance(report.rows)
    staged = totals.result()
    if not staged.rows:
        raise SourceError(_nothing_found(staged))
    staged.save(staging)
    return staged


@dataclass(frozen=True)
class _Task:
    """A block, where it is staged and which columns play which part."""

    name: str
    block: Block
    roles: Roles
    path: Path


def _stage_all(
    sources: Sequence[Source], options: IngestOptions, staging: Path
) -> Generator[tuple[str, BlockReport, Roles], None, None]:
    """Stage blocks in parallel; give their reports in order, up to the limit."""
    left = options.limit
    waiting: deque[tuple[_Task, Future[BlockReport] | BlockReport]] = deque()
    with ExitStack() as stack:
        executor = stack.enter_context(pool(options.workers)) if options.workers > 1 else None
        tasks = _tasks(sources, options, staging)
        for task in tasks:
            waiting.append((task, _submit(task, executor)))
            while len(waiting) > (_BLOCKS_PER_WORKER * options.workers if executor else 0):
                yield (found := _finish(*waiting.popleft(), left))
                left = None if left is None else left - found[1].rows
                if left == 0:
                    return
        while waiting and left != 0:
            yield (found := _finish(*waiting.popleft(), left))
            left = None if left is None else left - found[1].rows


def _submit(task: _Task, executor: Executor | None) -> Future[BlockReport] | BlockReport:
    if (report := read_report(task.path)) is not None:
        return report
    if executor is None:
        return stage(task.block, task.roles, task.path)
    return executor.submit(stage, task.block, task.roles, task.path)


def _finish(task: _Task, result: Future[BlockReport] | BlockReport, left: int | None) -> tuple[str, BlockReport, Roles]:
    """Wait for a block; the one in which the limit falls is staged again, cut short."""
    report = result.result() if isinstance(result, Future) else result
    if left is None or report.rows <= left:
        return task.name, report, task.roles
    path = task.path.with_name(f"{task.path.stem}-first-{left}.arrow")
    return path.name, stage(task.block, task.roles, path, take=left), task.roles


def stage(block: Block, roles: Roles, path: Path, *, take: int | None = None) -> BlockReport:
    """Parse a block and write it; runs in a worker."""
    files = block.files()
    return write_block(path, documents_of(block.decode(), roles, files, take=take), files)


def roles_of(block: Block, options: IngestOptions, *, strict: bool) -> Roles:
    """Which columns of a file play which part, by its first block; `strict` wants those that the user named."""
    columns = list(block.head().decode().columns)
    if strict and columns:
        check_options(columns, text_field=options.text_field, id_field=options.id_field)
    return choose(columns, text_field=options.text_field, id_field=options.id_field)


def _tasks(sources: Sequence[Source], options: IngestOptions, staging: Path) -> Iterator[_Task]:
    folder = staging / "blocks"
    first = True
    for blocks in cuts(sources):
        roles = None
        for index, block in enumerate(blocks):
            roles = roles or roles_of(block, options, strict=first)
            first = False
            name = f"{block.file.ordinal:06d}-{index:06d}.arrow"
            yield _Task(name, block, roles, folder / name)


def cuts(sources: Sequence[Source]) -> Iterator[Iterator[Block]]:
    """The blocks of every file; small text files together."""
    for source in sources:
        held: list[SourceFile] = []
        for file in source.files:
            if file.reader == TEXT.name:
                held.append(file)
                continue
            yield from _groups(held)
            held = []
            yield readers.named(file.reader).cut(file)
        yield from _groups(held)


def _groups(files: list[SourceFile]) -> Iterator[Iterator[Block]]:
    return (iter((block,)) for block in group(files))


def _prepare(staging: Path, fingerprint: str) -> None:
    """Make the folder; what another set of files or options left there goes."""
    mark = staging / "ingest.json"
    if not mark.exists() or mark.read_text() != fingerprint:
        shutil.rmtree(staging, ignore_errors=True)
    (staging / "blocks").mkdir(parents=True, exist_ok=True)
    for leftover in (staging / "blocks").glob(f"*{TEMPORARY}"):
        leftover.unlink()
    write_atomically(mark, fingerprint.encode())


def _fingerprint(sources: Sequence[Source], options: IngestOptions) -> str:
    """Names the files as they are now and the options that change what is staged."""
    digest = hashlib.sha256()
    for file in (file for source in sources for file in source.files):
        changed = os.stat(file.path).st_mtime_ns if Path(file.path).exists() else 0  # noqa: PTH116
        digest.update(json.dumps([asdict(file), changed]).encode())
    chosen = (options.text_field, options.id_field, options.limit)
    return json.dumps({"version": _VERSION, "files": digest.hexdigest(), "options": chosen}) + "\n"


def _nothing_found(staged: Staged) -> str:
    """Why no document came out."""
    if not staged.rejected:
        return "The sources hold no records."
    reason, reject = max(staged.rejected.items(), key=lambda item: item[1].count)
    example = reject.examples[0]
    where = f"{example['file']}, line {example['line']}" + (f": {example['detail']}" if example["detail"] else "")
    help_ = " Name the field that holds the text with --text-field." if reason == "missing_text" else ""
    return f"No record has a usable text; most often {reason} ({where}).{help_}"
