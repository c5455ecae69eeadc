"""What an export will be before it is written: documents and tokens counted, bytes estimated from a sample."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.corpus import Corpus
from corpuscope.documents import Document
from corpuscope.engine import count_tokens
from corpuscope.export import formats
from corpuscope.export.export import Subset, known_parts, mask_table
from corpuscope.export.rows import export_schema
from corpuscope.results import Partial, TokenCount

#: Places that the sample is taken at, evenly spread, and documents at each: neighbours lie in one row group.
_PLACES, _NEIGHBOURS = 32, 8
#: Code points of a text that go into the sample; the rest is counted by length.
_LONGEST_TEXT = 65_536
#: Annotators whose numbers grow with the length of the text, the nearest to it first.
_LENGTHS = ("characters", "words", "tokens")


@dataclass(frozen=True)
class Sample:
    """Some of the documents as an export writes them, to be weighed.

    `documents` and `text_bytes` are those of the whole export, `sampled_bytes` those of the texts in `table`.
    """

    table: pa.Table
    sampled_bytes: int
    documents: int
    text_bytes: float

    def bytes_in(self, format_: str) -> int:
        """Estimated size of the file: documents by what they weigh without their text, texts by length.

        Both weights come from writing the sample in that format; the size of one document tells the fixed costs.
        """
        schema = self.table.schema
        bare = self.table.set_column(
            1, schema.field("text"), pa.array([""] * len(self.table), schema.field("text").type)
        )
        one, all_ = _size(bare.slice(0, 1), format_), _size(bare, format_)
        each = (all_ - one) / max(1, len(bare) - 1)
        a_byte = (_size(self.table, format_) - all_) / max(1, self.sampled_bytes)
        return round(one + each * max(0, self.documents - 1) + a_byte * self.text_bytes)


@dataclass(frozen=True)
class Foreseen:
    """What an export will hold; it keeps some hundred documents, however many there are.

    `partial` says why there may be more documents than were counted. `recipe` is what is known of the recipe.
    """

    documents: int
    tokens: TokenCount | None
    partial: Partial | None
    recipe: dict[str, Any]
    sample: Sample


def foresee(subset: Subset, format_: str) -> Foreseen:
    """Count what an export of a subset will hold."""
    matches = subset.selection.matches
    rows = np.flatnonzero(matches) if subset.chosen is None else np.sort(subset.chosen)
    written = matches if subset.chosen is None else _mask_of(rows, len(matches))
    return Foreseen(
        documents=len(rows),
        tokens=count_tokens(subset.corpus, written),
        partial=subset.selection.partial,
        recipe=known_parts(subset, format_),
        sample=_sample(subset, rows, written),
    )


def _sample(subset: Subset, rows: Rows, written: Mask) -> Sample:
    """Documents from all over the export, the same ones each time."""
    sampled = rows[_places(len(rows))]
    documents = subset.corpus.documents.read(sampled.tolist())
    texts = [d.text[:_LONGEST_TEXT] for d in documents]
    table = _table(subset, sampled, documents, texts)
    if subset.selection.query.mask:
        table, _ = mask_table(table)
    sampled_bytes = sum(len(text.encode()) for text in texts)
    return Sample(table, sampled_bytes, len(rows), _text_bytes(subset.corpus, written, sampled, documents))


def _places(count: int) -> Rows:
    """Which of `count` documents go into the sample; all of them where they are few."""
    starts = np.linspace(0, max(0, count - _NEIGHBOURS), _PLACES).astype(np.int64)
    places = np.unique(starts[:, None] + np.arange(_NEIGHBOURS))
    taken: Rows = places[places < count]
    return taken


def _mask_of(rows: Rows, count: int) -> Mask:
    mask = np.zeros(count, dtype=np.bool_)
    mask[rows] = True
    return mask


def _table(subset: Subset, rows: Rows, documents: Sequence[Document], texts: Sequence[str]) -> pa.Table:
    """The rows of the export for some documents."""
    catalog, schema = subset.corpus.catalog, export_schema(subset.fields)
    columns: list[Sequence[Any]] = [[d.id for d in documents], texts]
    columns += [
        [d.title for d in documents] if f.name == "title" else catalog.values(f.name, rows) for f in subset.fields
    ]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _text_bytes(corpus: Corpus, written: Mask, rows: Rows, documents: Sequence[Document]) -> float:
    """UTF-8 bytes of all texts: those of the sample, in the proportion of a length that is known of every document."""
    measured = sum(len(d.text.encode()) for d in documents)
    computed = {f.origin: f.name for f in corpus.manifest.fields if f.origin == f.column}
    for name in (computed[origin] for origin in _LENGTHS if origin in computed):
        of_sample = sum(v for v in corpus.catalog.values(name, rows) if v is not None)
        if of_sample:
            return float(measured * corpus.catalog.total(name, written) / of_sample)
    return measured * int(np.count_nonzero(written)) / max(1, len(documents))


def _size(table: pa.Table, format_: str) -> int:
    """Bytes of some rows as a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample"
        writer = formats.WRITERS[format_](path, table.schema, table.num_rows)
        try:
            writer.write(table)
        finally:
            writer.close()
        return path.stat().st_size
