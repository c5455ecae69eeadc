"""Running annotators over the parts of a corpus: fit once, then one row-aligned Parquet file an annotator and part."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.errors import CorpuscopeError, CorpusDamaged
from indexing.annotators import Annotator, Given, Settings, by_name, needed_by

#: Row groups are read together up to this many bytes (before compression) or rows.
_BATCH_BYTES, _BATCH_ROWS = 8 << 20, 8192
#: The sample that annotators are fitted on: this many batches of this many rows, evenly spaced over all parts.
_SAMPLE_BATCHES, _SAMPLE_ROWS = 24, 500
#: A model gets this many documents at once: sorted by length they fill its batches, and progress shows.
_RATED_ROWS = 512
_SOURCE_COLUMNS = ("text", "title", "url", "date")
_ROW_GROUP = 1 << 16


class AnnotatorFault(CorpuscopeError):
    """An annotator broke its contract."""


@dataclass(frozen=True)
class Job:
    """An annotator, by name so that it travels between processes, its settings, and what the run gives it."""

    annotator: str
    settings: Settings
    given: Given = Given()

    @property
    def file_name(self) -> str:
        """The Parquet file of the fields in a part's `fields` folder: other settings make another file."""
        annotator = by_name(self.annotator)
        if not self.settings:
            return f"{annotator.name}-{annotator.version}.parquet"
        digest = hashlib.sha256(json.dumps(self.settings, sort_keys=True).encode()).hexdigest()[:8]
        return f"{annotator.name}-{annotator.version}-{digest}.parquet"


@dataclass(frozen=True)
class AnnotatedPart:
    """What was done: rows, and by annotator seconds and the tokens that models read."""

    rows: int
    seconds: dict[str, float]
    tokens: dict[str, int] = dataclasses.field(default_factory=dict)


def fit(
    annotator: Annotator,
    parts: Sequence[Path],
    options: Mapping[str, Any],
    fitted: Mapping[str, Settings] | None = None,
) -> Settings:
    """Learn settings from a sample of all parts' documents; `fitted` are the settings of annotators before this one."""
    if annotator.fit is None:
        return {}
    return annotator.fit(sample(annotator, parts, fitted or {}), options)


def annotate_part(
    jobs: Sequence[Job],
    documents: Path,
    fields: Mapping[str, Path],
    folder: Path,
    advance: Callable[[int], None] = lambda rows: None,
) -> AnnotatedPart:
    """Write the file of each job into `folder`, reading the documents once.

    `jobs` stand in the order of the annotators' list, else it is an AnnotatorFault. `fields` are finished files, by
    annotator, for what the jobs need and do not make themselves. The bytes written do not depend on how jobs are
    grouped.
    """
    annotators = [by_name(job.annotator) for job in jobs]
    source = pq.ParquetFile(documents)
    rows = source.metadata.num_rows
    known = _load_fields(annotators, fields, rows)
    made: dict[str, list[list[pa.Array]]] = {a.name: [] for a in annotators}
    seconds = dict.fromkeys(made, 0.0)
    for start, batch in _batches(source, _source_columns(annotators)):
        columns = {name: batch.column(name) for name in batch.schema.names}
        columns |= {name: column.slice(start, batch.num_rows) for name, column in known.items()}
        for annotator, job in zip(annotators, jobs, strict=True):
            begun = time.perf_counter()
            result = run(annotator, job.settings, columns, batch.num_rows)
            columns |= {field.name: array for field, array in zip(annotator.fields, result, strict=True)}
            made[annotator.name].append(result)
            seconds[annotator.name] += time.perf_counter() - begun
        advance(batch.num_rows)
    for annotator, job in zip(annotators, jobs, strict=True):
        write_fields(_table(annotator, made.pop(annotator.name)), folder / job.file_name)
    return AnnotatedPart(rows, seconds)


def rate_part(
    job: Job,
    documents: Path,
    fields: Mapping[str, Path],
    folder: Path,
    advance: Callable[[int], None] = lambda rows: None,
) -> AnnotatedPart:
    """`annotate_part` for one annotator that evaluates a model; loading the model is not counted as its time."""
    annotator = by_name(job.annotator)
    assert annotator.open is not None
    source = pq.ParquetFile(documents)
    rows = source.metadata.num_rows
    known = _load_fields([annotator], fields, rows)
    rater = annotator.open(job.settings, job.given)
    made: list[list[pa.Array]] = []
    tokens, begun = 0, time.perf_counter()
    with ThreadPoolExecutor(1) as other:
        pieces = _pieces(source, annotator, known)
        upcoming = _submit(other, rater.prepare, pieces)
        while upcoming is not None:
            count, prepared = upcoming[0], upcoming[1].result()
            upcoming = _submit(other, rater.prepare, pieces)
            rated = rater.rate(prepared)
            made.append(_checked(annotator, rated.columns, count))
            tokens += rated.tokens
            advance(count)
    seconds = time.perf_counter() - begun
    write_fields(_table(annotator, made), folder / job.file_name)
    return AnnotatedPart(rows, {annotator.name: seconds}, {annotator.name: tokens})


def _pieces(source: pq.ParquetFile, annotator: Annotator, known: Mapping[str, pa.Array]) -> Iterator[pa.RecordBatch]:
    """The annotator's columns, a few documents at a time."""
    for start, batch in _batches(source, _source_columns([annotator])):
        columns = {name: batch.column(name) for name in batch.schema.names}
        columns |= {name: column.slice(start, batch.num_rows) for name, column in known.items()}
        whole = _needed(annotator, columns, batch.num_rows)
        for at in range(0, batch.num_rows, _RATED_ROWS):
            yield whole.slice(at, _RATED_ROWS)


def _submit(
    other: ThreadPoolExecutor, prepare: Callable[[pa.RecordBatch], Any], pieces: Iterator[pa.RecordBatch]
) -> tuple[int, Future[Any]] | None:
    """Have the next piece prepared in the other thread; None when there is none."""
    piece = next(pieces, None)
    return None if piece is None else (piece.num_rows, other.submit(prepare, piece))


def run(
    annotator: Annotator,
    settings: Settings,
    columns: Mapping[str, pa.Array],
    rows: int,
    given: Given = Given(),  # noqa: B008  # it is frozen
) -> list[pa.Array]:
    """Call one annotator on one batch and hold it to its contract; a column that is not there is all null."""
    batch = _needed(annotator, columns, rows)
    if annotator.annotate is not None:
        return _checked(annotator, annotator.annotate(batch, settings), rows)
    assert annotator.open is not None
    rater = annotator.open(settings, given)
    return _checked(annotator, rater.rate(rater.prepare(batch)).columns, rows)


def _needed(annotator: Annotator, columns: Mapping[str, pa.Array], rows: int) -> pa.RecordBatch:
    """The columns that the annotator reads, all null where there is none."""
    return pa.RecordBatch.from_pydict({name: columns.get(name, pa.nulls(rows)) for name in annotator.needs})


def _checked(annotator: Annotator, result: list[pa.Array], rows: int) -> list[pa.Array]:
    """What an annotator gave for a batch, when it is as the contract says."""
    if len(result) != len(annotator.fields):
        raise AnnotatorFault(
            f"The annotator {annotator.name!r} gave {len(result)} columns for its {len(annotator.fields)} fields."
        )
    for field, array in zip(annotator.fields, result, strict=True):
        if len(array) != rows:
            raise AnnotatorFault(
                f"The annotator {annotator.name!r} gave {len(array)} values of {field.name!r} for {rows} documents."
            )
        if array.type != field.arrow_type:
            raise AnnotatorFault(
                f"The annotator {annotator.name!r} declares {field.name!r} as {field.arrow_type} and gave {array.type}."
            )
    return result


def _source_columns(annotators: Sequence[Annotator]) -> list[str]:
    wanted = {name for a in annotators for name in a.needs}
    return [name for name in _SOURCE_COLUMNS if name in wanted]


def _load_fields(annotators: Sequence[Annotator], fields: Mapping[str, Path], rows: int) -> dict[str, pa.Array]:
    """Columns that the jobs need from annotators which ran before, whole."""
    own = {a.name for a in annotators}
    _check_order(annotators)
    columns: dict[str, pa.Array] = {}
    for needed in {other.name: other for a in annotators for other in needed_by(a) if other.name not in own}.values():
        if needed.name not in fields:
            raise AnnotatorFault(f"The annotator {needed.name!r} has to run before {', '.join(sorted(own))}.")
        table = pq.read_table(fields[needed.name])
        if table.num_rows != rows:
            raise CorpusDamaged(f"{fields[needed.name]} has {table.num_rows} rows for {rows} documents.")
        columns |= {name: joined(table[name]) for name in table.column_names}
    return columns


def _check_order(annotators: Sequence[Annotator]) -> None:
    """Refuse annotators of which one reads what another will only make after it."""
    names = [a.name for a in annotators]
    for at, annotator in enumerate(annotators):
        late = [other.name for other in needed_by(annotator) if other.name in names[at:]]
        if late:
            raise AnnotatorFault(
                f"The annotator {annotator.name!r} needs fields of {', '.join(late)}, which has to stand before it."
            )


def _batches(source: pq.ParquetFile, columns: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Row groups read together, with the number of their first row; columns that the file lacks are left out."""
    present = [name for name in columns if name in source.schema_arrow.names]
    start = 0
    for groups in _grouped(source.metadata):
        rows = sum(source.metadata.row_group(g).num_rows for g in groups)
        table = source.read_row_groups(groups, columns=present)
        arrays = [_text(joined(table[name])) for name in present]
        yield start, _record_batch(arrays, present, rows)
        start += rows


def _record_batch(arrays: list[pa.Array], names: list[str], rows: int) -> pa.RecordBatch:
    """A batch that keeps its number of rows when it has no column."""
    return pa.RecordBatch.from_arrays([*arrays, pa.nulls(rows)], [*names, ""])


def _grouped(metadata: pq.FileMetaData) -> Iterator[list[int]]:
    groups: list[int] = []
    size = rows = 0
    for g in range(metadata.num_row_groups):
        group = metadata.row_group(g)
        if groups and (size + group.total_byte_size > _BATCH_BYTES or rows + group.num_rows > _BATCH_ROWS):
            yield groups
            groups, size, rows = [], 0, 0
        groups.append(g)
        size += group.total_byte_size
        rows += group.num_rows
    if groups:
        yield groups


def sample(annotator: Annotator, parts: Sequence[Path], fitted: Mapping[str, Settings]) -> Iterator[pa.RecordBatch]:
    """Batches with the annotator's columns, evenly spaced over the row groups of all parts."""
    before = needed_by(annotator)
    groups = [(path, g) for path in parts for g in range(pq.read_metadata(path).num_row_groups)]
    step = max(1.0, len(groups) / _SAMPLE_BATCHES)
    for path, g in (groups[int(i * step)] for i in range(min(len(groups), _SAMPLE_BATCHES))):
        source = pq.ParquetFile(path)
        present = [n for n in _source_columns([annotator, *before]) if n in source.schema_arrow.names]
        table = source.read_row_group(g, columns=present).slice(0, _SAMPLE_ROWS)
        columns = {name: _text(joined(table[name])) for name in present}
        for other in before:
            result = run(other, fitted.get(other.name, {}), columns, table.num_rows)
            columns |= {field.name: array for field, array in zip(other.fields, result, strict=True)}
        rows = table.num_rows
        yield pa.RecordBatch.from_pydict({n: columns.get(n, pa.nulls(rows)) for n in annotator.needs})


def joined(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.nulls(0, column.type)])


def _text(array: pa.Array) -> pa.Array:
    """Plain strings as large strings, so that annotators meet one type and batches have no 2 GB limit."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return pc.cast(array, pa.large_string()) if pa.types.is_string(array.type) else array


def _table(annotator: Annotator, batches: list[list[pa.Array]]) -> pa.Table:
    """All batches as one chunk a column: the bytes written must not show how they were cut."""
    columns = [
        pa.concat_arrays([batch[i] for batch in batches] or [pa.nulls(0, field.arrow_type)])
        for i, field in enumerate(annotator.fields)
    ]
    return pa.table(columns, schema=pa.schema([(f.name, f.arrow_type) for f in annotator.fields]))


def write_fields(table: pa.Table, target: Path) -> None:
    """Write the fields of a part, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    pq.write_table(table, temporary, compression="zstd", row_group_size=_ROW_GROUP)
    temporary.replace(target)
