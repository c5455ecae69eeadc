"""Exports: the whole selected subset as a file or folder, in constant memory, with its recipe beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpuscope import masking
from corpuscope.arrow_types import is_list, is_text
from corpuscope.cached import cached_property
from corpuscope.catalog.columns import Rows
from corpuscope.corpus import Corpus
from corpuscope.errors import UnknownField
from corpuscope.export import formats, rows
from corpuscope.export.destination import destination, files_digest
from corpuscope.export.formats import FORMATS
from corpuscope.export.recipe import Recipe
from corpuscope.export.row_digest import RowDigest
from corpuscope.fields import Field
from corpuscope.query import Query
from corpuscope.selection import Selection, select
from corpuscope.sessions.marks import Basis, basis_of

__all__ = ["FORMATS", "ExportOptions", "Subset", "choose", "export", "write"]


@dataclass(frozen=True)
class ExportOptions:
    """What to write: `fields` beside id and text (None: all of them), and at most `limit` documents."""

    fields: tuple[str, ...] | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Subset:
    """The documents that an export writes and what of them.

    `order` is "row", "rank", "sort" or "seed"; `chosen` are the rows in that order, None for every match in row order.
    """

    corpus: Corpus
    selection: Selection
    fields: tuple[Field, ...]
    limit: int | None
    order: str
    chosen: Rows | None

    @property
    def documents(self) -> int:
        """How many documents will be written."""
        return int(np.count_nonzero(self.selection.matches)) if self.chosen is None else len(self.chosen)

    def tables(self) -> Iterator[pa.Table]:
        """The rows as a stream."""
        if self.chosen is None:
            return rows.in_row_order(self.corpus, self.fields, self.selection.matches)
        return rows.in_order(self.corpus, self.fields, self.chosen)

    def annotators(self) -> dict[str, str]:
        """Versions of the annotators and imports whose fields were used."""
        versions = self.corpus.manifest.versions
        return {origin: versions[origin] for origin in self._origins()}

    def fingerprints(self) -> dict[str, tuple[str, ...]]:
        """What decided which documents are written and what is said of them, as digests by part."""
        parts = self.corpus.manifest.parts
        used = {"documents": tuple(p.documents.sha256 for p in parts)}
        if self.selection.query.uses_index or (self._basis and self._basis.uses_index):
            used["index"] = tuple(p.lexical.digest if p.lexical else "" for p in parts)
        for name in self._embedders():
            used[f"vectors by {name}"] = tuple(p.vectors[name].vectors.sha256 for p in parts)
            lists = self.corpus.manifest.dense[name].index_file
            used |= {f"lists of vectors by {name}": (lists.sha256,)} if lists else {}
        for origin in self._origins():
            used[origin] = tuple(p.fields[origin].sha256 if origin in p.fields else "" for p in parts)
        return used

    def marks(self) -> tuple[dict[str, Any], ...] | None:
        """The marks of a session that decided, as plain JSON; None where no field of a session is used."""
        return None if self._basis is None else tuple(m.to_json() for m in self._basis.marks)

    @cached_property
    def _basis(self) -> Basis | None:
        return basis_of(self.corpus, self._named)

    @property
    def _named(self) -> frozenset[str]:
        return self.selection.fields_used.union(f.name for f in self.fields)

    def _embedders(self) -> list[str]:
        named = {self.selection.query.embedder} | (self._basis.embedders if self._basis else frozenset())
        return sorted(name for name in named if name is not None)

    def _origins(self) -> list[str]:
        known = {f.name: f for f in self.corpus.manifest.fields}
        names = self._named | (self._basis.fields if self._basis else frozenset())
        return sorted({known[n].origin for n in names if n in known} - {"source"})


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
    return write(choose(corpus, query, options), out, advance=advance)


def choose(corpus: Corpus, query: Query, options: ExportOptions, *, scan_budget_s: float | None = None) -> Subset:
    """Work out what an export writes; raises InvalidQuery or UnknownField."""
    fields = _choose_fields(corpus, options.fields)
    selection = select(corpus, corpus.pinned(query.without_paging()), scan_budget_s=scan_budget_s)
    if options.limit is None and query.sample is None:
        return Subset(corpus, selection, fields, options.limit, "row", None)
    total = int(np.count_nonzero(selection.matches))
    chosen, scores = selection.first(min(n for n in (total, options.limit, query.sample) if n is not None))
    order = "seed" if query.sample else "sort" if query.sort else "row" if scores is None else "rank"
    return Subset(corpus, selection, fields, options.limit, order, chosen)


def write(
    subset: Subset,
    out: Path,
    *,
    advance: Callable[[int], None] = lambda documents: None,
    accept: Callable[[Recipe], None] = lambda recipe: None,
) -> Recipe:
    """Write a subset and its recipe; what `accept` raises on seeing the finished recipe leaves neither."""
    with destination(out) as temporary:
        digest, masked = _write_tables(subset, temporary, formats.format_of(out), advance)
        recipe = Recipe(
            **known_parts(subset, formats.format_of(out)),
            documents_written=digest.rows,
            masked_spans=masked,
            rows_sha256=digest.hexdigest(),
            file_sha256=files_digest(temporary),
        )
        accept(recipe)
        # The recipe goes first: an export never stands beside the recipe of another.
        recipe.write_beside(out)
    return recipe


def known_parts(subset: Subset, format_: str) -> dict[str, Any]:
    """What the recipe says before anything is written: all but the documents written, spans masked and digests."""
    query = subset.selection.query
    return {
        "program": _program(),
        "corpus": subset.corpus.name,
        "query": query.to_json(),
        "fields": tuple(f.name for f in subset.fields),
        "format": format_,
        "limit": subset.limit,
        "order": subset.order,
        "masked": query.mask,
        "annotators": subset.annotators(),
        "fingerprints": subset.fingerprints(),
        "marks": subset.marks(),
        "suppression": subset.corpus.suppression,
        "documents_foreseen": subset.documents,
    }


def mask_table(table: pa.Table) -> tuple[pa.Table, int]:
    """The rows with personal data masked in text, title and every text field; the id stays."""
    columns, total = [], 0
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name == "id" or not is_text(column.type.value_type if is_list(column.type) else column.type):
            columns.append(column)
            continue
        chunks = [masking.mask_array(chunk) for chunk in column.chunks]
        total += sum(spans for _, spans in chunks)
        columns.append(pa.chunked_array([array for array, _ in chunks], column.type))
    return pa.table(columns, schema=table.schema), total


def _write_tables(subset: Subset, path: Path, format_: str, advance: Callable[[int], None]) -> tuple[RowDigest, int]:
    """Write the rows; their digest and how many spans of personal data were masked."""
    schema = rows.export_schema(subset.fields)
    digest, masked = RowDigest(schema), 0
    writer = formats.WRITERS[format_](path, schema, subset.documents)
    try:
        for table in _ahead(subset.tables()):
            if subset.selection.query.mask:
                table, spans = mask_table(table)
                masked += spans
            digest.update(table)
            writer.write(table)
            advance(table.num_rows)
    finally:
        writer.close()
    return digest, masked


def _choose_fields(corpus: Corpus, names: Sequence[str] | None) -> tuple[Field, ...]:
    """The named fields in the order given, or all of them; id and text always go along."""
    known = corpus.fields
    if names is None:
        return tuple(known.values())
    wanted = [n for n in dict.fromkeys(names) if n not in ("id", "text")]
    for name in wanted:
        if name not in known:
            raise UnknownField(name, known)
    return tuple(known[n] for n in wanted)


def _ahead(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same tables, each read while the one before it is being written."""
    from concurrent.futures import ThreadPoolExecutor

    source = iter(tables)
    with ThreadPoolExecutor(1, thread_name_prefix="export") as pool:
        upcoming = pool.submit(next, source, None)
        while (table := upcoming.result()) is not None:
            upcoming = pool.submit(next, source, None)
            yield table


def _program() -> str:
    from corpuscope import __version__

    return f"corpuscope {__version__}"
