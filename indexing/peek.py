"""A look into a source before anything is built: what is in it, by a sample that stays small on any size.

The documents of the sample are made just as a build makes them, so what is shown is what a build would take.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.errors import SourceError
from corpuscope.manifest import Reject
from indexing.blocks import report_of
from indexing.ingest import IngestOptions, cuts, roles_of
from indexing.layouts import Roles
from indexing.readers.contract import Block, SourceFile
from indexing.readers.hub import HUB
from indexing.records import Documents, documents_of
from indexing.row_counts import decompressed_bytes, estimate_rows, stated_rows
from indexing.settle import settle_fields
from indexing.sources import Source, resolve
from indexing.staged import Totals
from indexing.tally import Tally
from indexing.typed_columns import Column

#: Bytes that are parsed at most, over all files of the source.
SAMPLE_BYTES = 32 << 20
#: Blocks that are looked at over all files; of those that no longer fit into the sample only the head is parsed.
SAMPLE_BLOCKS = 32
#: Files that are looked into; of more, so many spread evenly over the source.
SAMPLE_FILES = 16
QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
SHOWN_DOCUMENTS = 20
SHOWN_CHARACTERS = 200
_LANGUAGE_SAMPLE = 500
_LANGUAGE_CHARACTERS = 1000
_SHOWN_VALUES = 10
_EXAMPLES = 3


@dataclass(frozen=True)
class PeekField:
    """A field that a build would make: how many sampled documents have it, and some of its values."""

    name: str
    type: str
    multi: bool
    filled: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class PeekDocument:
    """One document of the sample, its text cut and personal data masked."""

    id: str
    source: str
    title: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Peek:
    """What a source holds. Without `exact`, `rows` is an estimate; everything else is about `sampled` documents."""

    spec: str
    files: int
    bytes: int
    skipped: tuple[str, ...]
    rows: int | None
    exact: bool
    sampled: int
    layout: str
    text_field: str | None
    id_field: str | None
    fields: tuple[PeekField, ...]
    languages: tuple[tuple[str, int], ...]
    hosts: tuple[tuple[str, int], ...]
    characters: dict[str, int]
    documents: tuple[PeekDocument, ...]
    rejected: dict[str, Reject]
    mended: dict[str, Reject]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def peek(spec: str, options: IngestOptions, *, seed: int = 0) -> Peek:
    """Look into a source; takes seconds on any size."""
    source = resolve([spec])[0]
    sample = _Sample(source, options)
    if not sample.looked:
        raise SourceError(f"There are no records in {spec!r}.")
    totals = Totals([source])
    for at, look in enumerate(sample.looked):
        totals.add(str(at), report_of(look.documents, look.block.files()), look.roles)
    staged, widened = totals.result(), Tally()
    fields, columns = settle_fields(staged, (), widened)
    widened.merge(staged.mended)
    picked = sample.pick(max(_LANGUAGE_SAMPLE, SHOWN_DOCUMENTS), seed)
    roles = sample.looked[0].roles
    return Peek(
        spec=spec,
        files=len(source.files),
        bytes=sum(file.bytes for file in source.files),
        skipped=source.skipped,
        rows=sample.rows,
        exact=sample.exact,
        sampled=staged.rows,
        layout=roles.layout,
        text_field=roles.text,
        id_field=roles.id,
        fields=tuple(
            _field(f.name, f.type, sample.columns(column), multi=f.multi)
            for f, column in zip(fields, columns, strict=True)
        ),
        languages=_languages([document.text for document in picked]),
        hosts=_hosts(sample.columns("url")),
        characters=_lengths(sample.columns("text")),
        documents=tuple(_shown(document) for document in picked[:SHOWN_DOCUMENTS]),
        rejected=staged.rejected,
        mended=widened.result(),
    )


@dataclass(frozen=True)
class _Look:
    """A block that was looked into, or its head, as documents."""

    block: Block
    roles: Roles
    documents: Documents


class _Sample:
    """The documents of the first blocks of files spread over the source."""

    def __init__(self, source: Source, options: IngestOptions) -> None:
        self.looked: list[_Look] = []
        self.exact = len(source.files) <= SAMPLE_FILES
        self._options = options
        spread = _spread(source)
        count = len(spread.files)
        small = (size := decompressed_bytes(source)) is not None and size <= SAMPLE_BYTES
        for blocks in cuts([spread]):
            self.exact &= self._look(blocks, SAMPLE_BYTES if small else SAMPLE_BYTES // count, SAMPLE_BLOCKS // count)
        accepted = sum(len(look.documents.ordinals) for look in self.looked)
        if self.exact:
            self.rows: int | None = accepted
        else:
            stated = stated_rows(source)
            self.rows = stated if stated is not None else self._estimate(source)

    def _look(self, blocks: Iterator[Block], budget: int, most: int) -> bool:
        """Look at the first blocks of a file, after the budget only at their heads; says whether that was all of it."""
        roles, whole = None, True
        for number, block in enumerate(blocks, 1):
            roles = roles or roles_of(block, self._options, strict=not self.looked)
            fits = block.size <= budget
            seen = block if fits else block.head()
            self.looked.append(_Look(seen, roles, documents_of(seen.decode(), roles, seen.files())))
            budget -= seen.size
            whole &= fits
            if number > most or (budget <= 0 and block.file.reader == HUB.name):
                return False
        return whole

    def _estimate(self, source: Source) -> int | None:
        measured: dict[SourceFile, tuple[int, int]] = {}
        for look in self.looked:
            rows, size = measured.get(look.block.file, (0, 0))
            measured[look.block.file] = (rows + len(look.documents.ordinals), size + look.block.size)
        return estimate_rows(source, measured)

    def columns(self, name: str | None) -> list[Column]:
        """A column of all blocks that have it."""
        return [look.documents.columns[name] for look in self.looked if name in look.documents.columns]

    def pick(self, count: int, seed: int) -> list[PeekDocument]:
        """Documents chosen at random, with their whole text."""
        places = [(look, row) for look in self.looked for row in range(len(look.documents.ordinals))]
        chosen = random.Random(seed).sample(places, min(count, len(places)))
        return [_document(look.documents, row) for look, row in chosen]


def _spread(source: Source) -> Source:
    """The source with few enough files, evenly chosen."""
    count = len(source.files)
    if count <= SAMPLE_FILES:
        return source
    chosen = np.linspace(0, count - 1, SAMPLE_FILES).round().astype(int)
    return Source(source.spec, tuple(source.files[at] for at in chosen))


def _document(documents: Documents, row: int) -> PeekDocument:
    def value(name: str) -> str | None:
        column = documents.columns.get(name)
        return None if column is None else column.values[row].as_py()

    return PeekDocument(value("id") or "", value("source") or "", value("title"), value("text") or "")


def _shown(document: PeekDocument) -> PeekDocument:
    """The start of a document, masked; masking sees a little more, so that no address is cut before it is known."""
    from corpuscope.masking import mask

    text = mask(document.text[: 2 * SHOWN_CHARACTERS])[:SHOWN_CHARACTERS]
    title = None if document.title is None else mask(document.title)[:SHOWN_CHARACTERS]
    return PeekDocument(mask(document.id), mask(document.source), title, text)


def _field(name: str, kind: str, columns: Sequence[Column], *, multi: bool) -> PeekField:
    from corpuscope.masking import mask

    filled = sum(len(column.values) - column.values.null_count for column in columns)
    examples: dict[str, None] = {}
    for column in columns:
        for value in pc.drop_null(column.values).slice(0, 50).to_pylist():
            examples.setdefault(mask(str(value)[:SHOWN_CHARACTERS])[:60])
    return PeekField(name, kind, multi, filled, tuple(examples)[:_EXAMPLES])


def _languages(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    from indexing.annotators.language import detect_languages

    found = detect_languages([text[:_LANGUAGE_CHARACTERS] for text in texts])
    return tuple(Counter(language for language, _ in found if language).most_common(_SHOWN_VALUES))


def _hosts(columns: Sequence[Column]) -> tuple[tuple[str, int], ...]:
    counts = Counter(
        host for column in columns for url in column.values.to_pylist() if url is not None and (host := _host(url))
    )
    return tuple(counts.most_common(_SHOWN_VALUES))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _lengths(columns: Sequence[Column]) -> dict[str, int]:
    """Quantiles of characters."""
    lengths = pa.chunked_array([pc.utf8_length(column.values) for column in columns]).to_numpy()
    if not len(lengths):
        return {}
    return {f"{q:g}": int(v) for q, v in zip(QUANTILES, np.quantile(lengths, QUANTILES), strict=True)}
