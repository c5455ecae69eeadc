"""Exports: the whole selected subset as a file or folder, in constant memory, with its recipe beside."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpuscope import masking
from corpuscope.catalog.columns import Rows
from corpuscope.corpus import Corpus
from corpuscope.errors import ExportError, UnknownField
from corpuscope.export import formats, rows
from corpuscope.export.formats import FORMATS
from corpuscope.export.recipe import Recipe
from corpuscope.export.row_digest import RowDigest
from corpuscope.fields import Field
from corpuscope.query import Query
from corpuscope.selection import Selection, select

__all__ = ["FORMATS", "ExportOptions", "export", "export_rows", "foreseen"]


@dataclass(frozen=True)
class ExportOptions:
    """What to write: `fields` beside id and text (None: all of them), and at most `limit` documents."""

    fields: tuple[str, ...] | None = None
    limit: int | None = None


def export(
    corpus: Corpus,
    query: Query,
    out: Path,
    options: ExportOptions = ExportOptions(),  # noqa: B008  # frozen
    *,
    advance: Callable[[int], None] = lambda documents: None,
) -> Recipe:
    """Write what `query` selects to `out` and the recipe beside it.

    The documents come in row order; with a limit or a sample, the first ones by rank, sort or seed, in that order.
    `advance` hears of every batch of documents written; what it raises gives the export up and leaves no file.
    """
    formats.format_of(out)
    fields = choose_fields(corpus, options.fields)
    selection = select(corpus, query.without_paging(), scan_budget_s=None)
    order, chosen = selected_rows(selection, options)
    return export_rows(
        corpus,
        selection,
        row_tables(corpus, fields, selection, chosen),
        out,
        fields=fields,
        options=options,
        order=order,
        documents=foreseen(selection, options),
        advance=advance,
    )


def export_rows(
    corpus: Corpus,
    selection: Selection,
    tables: Iterable[pa.Table],
    out: Path,
    *,
    fields: Sequence[Field],
    options: ExportOptions,
    order: str,
    documents: int,
    advance: Callable[[int], None],
) -> Recipe:
    """Write a stream of rows to `out`, by way of a temporary file, and describe it in a recipe."""
    query = selection.query
    schema = rows.export_schema(fields)
    digest, masked = RowDigest(schema), 0
    with _written(out) as temporary:
        writer = formats.WRITERS[formats.format_of(out)](temporary, schema, documents)
        for table in _ahead(tables):
            if query.mask:
                table, spans = mask_table(table)
                masked += spans
            digest.update(table)
            writer.write(table)
            advance(table.num_rows)
        writer.close()
        file_sha256 = _file_digest(temporary)
    recipe = Recipe(
        program=_program(),
        corpus=corpus.name,
        query=query.to_json(),
        fields=tuple(f.name for f in fields),
        format=formats.format_of(out),
        limit=options.limit,
        order=order,
        masked=query.mask,
        annotators=annotator_versions(corpus, selection, fields),
        fingerprints=fingerprints(corpus, selection, fields),
        suppression=corpus.suppression,
        documents_foreseen=documents,
        documents_written=digest.rows,
        masked_spans=masked,
        rows_sha256=digest.hexdigest(),
        file_sha256=file_sha256,
    )
    recipe.write_beside(out)
    return recipe


def foreseen(selection: Selection, options: ExportOptions) -> int:
    """How many documents an export will write."""
    total = int(np.count_nonzero(selection.matches))
    return min(x for x in (total, options.limit, selection.query.sample) if x is not None)


def choose_fields(corpus: Corpus, names: Sequence[str] | None) -> list[Field]:
    """The named fields in the order given, or all of them; id and text always go along."""
    if names is None:
        return list(corpus.manifest.fields)
    known = corpus.fields
    wanted = [n for n in dict.fromkeys(names) if n not in ("id", "text")]
    for name in wanted:
        if name not in known:
            raise UnknownField(name, known)
    return [known[n] for n in wanted]


def mask_table(table: pa.Table) -> tuple[pa.Table, int]:
    """The rows with personal data masked in text, title and every text field; the id stays."""
    columns, total = [], 0
    for name, column in zip(table.column_names, table.columns, strict=True):
        value_type = column.type.value_type if _is_list(column.type) else column.type
        if name == "id" or not (pa.types.is_string(value_type) or pa.types.is_large_string(value_type)):
            columns.append(column)
            continue
        chunks = [masking.mask_array(chunk) for chunk in column.chunks]
        total += sum(spans for _, spans in chunks)
        columns.append(pa.chunked_array([array for array, _ in chunks], column.type))
    return pa.table(columns, schema=table.schema), total


def fingerprints(corpus: Corpus, selection: Selection, fields: Sequence[Field]) -> dict[str, tuple[str, ...]]:
    """What decided which documents an export holds and what it says of them, as digests by part."""
    parts = corpus.manifest.parts
    used = {"documents": tuple(p.documents.sha256 for p in parts)}
    if selection.query.has_text and selection.query.mode not in ("exact", "regex"):
        used["index"] = tuple(p.lexical.digest if p.lexical else "" for p in parts)
    for origin in sorted(_origins(corpus, selection, fields)):
        used[origin] = tuple(p.fields[origin].sha256 if origin in p.fields else "" for p in parts)
    return used


def annotator_versions(corpus: Corpus, selection: Selection, fields: Sequence[Field]) -> dict[str, str]:
    """Versions of the annotators whose fields were used."""
    return {
        o: str(corpus.manifest.annotators[o].get("version", "")) for o in sorted(_origins(corpus, selection, fields))
    }


def _origins(corpus: Corpus, selection: Selection, fields: Sequence[Field]) -> set[str]:
    known = corpus.fields
    names = {f.name for f in fields} | set(selection.fields_used)
    return {known[n].origin for n in names if n in known} - {"source"}


def selected_rows(selection: Selection, options: ExportOptions) -> tuple[str, Rows | None]:
    """The order of an export and its rows; None stands for every match in row order."""
    query = selection.query
    if options.limit is None and query.sample is None:
        return "row", None
    chosen, scores = selection.first(foreseen(selection, options))
    return "seed" if query.sample else "sort" if query.sort else "row" if scores is None else "rank", chosen


def row_tables(
    corpus: Corpus, fields: Sequence[Field], selection: Selection, chosen: Rows | None
) -> Iterator[pa.Table]:
    """The rows of an export as a stream: the chosen ones in their order, or every match in row order."""
    if chosen is None:
        return rows.in_row_order(corpus, fields, selection.matches)
    return rows.in_order(corpus, fields, chosen)


@contextmanager
def _written(out: Path) -> Iterator[Path]:
    """A path to write to that becomes `out` when all went well, and vanishes when it did not."""
    if not out.parent.is_dir():
        raise ExportError(f"There is no folder {out.parent} to write {out.name} into; make it first.")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield temporary
        if out.is_dir():
            _replace_folder(temporary, out)
        else:
            temporary.replace(out)
    except OSError as error:
        raise _cannot_write(out, error) from None
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)


def _replace_folder(new: Path, old: Path) -> None:
    """Put a finished folder in the place of an earlier export; anything else there is not ours to remove."""
    if new.is_file() or any(p.name != "data" for p in old.iterdir()):
        raise ExportError(f"{old} is a folder that holds other things; name a folder that does not exist yet.")
    shutil.rmtree(old)
    new.replace(old)


def _cannot_write(out: Path, error: OSError) -> OSError:
    if isinstance(error, ExportError) or error.errno is None:
        return error
    why = {
        errno.ENOSPC: "the disk is full",
        errno.EACCES: "the folder may not be written",
        errno.EROFS: "the disk is read-only",
    }
    return ExportError(f"{out} cannot be written: {why.get(error.errno, error.strerror)}. Nothing was left behind.")


def _ahead(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same tables, each read while the one before it is being written."""
    from concurrent.futures import ThreadPoolExecutor

    source = iter(tables)
    with ThreadPoolExecutor(1, thread_name_prefix="export") as pool:
        upcoming = pool.submit(next, source, None)
        while (table := upcoming.result()) is not None:
            upcoming = pool.submit(next, source, None)
            yield table


def _file_digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, over the names and digests of its files."""
    if path.is_file():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    whole = hashlib.sha256()
    for file in formats.files_of(path):
        whole.update(f"{file.relative_to(path).as_posix()} {_file_digest(file)}\n".encode())
    return whole.hexdigest()


def _is_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))


def _program() -> str:
    from corpuscope import __version__

    return f"corpuscope {__version__}"
