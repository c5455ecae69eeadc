"""Documents around a threshold, some on each side: where people would judge one way or the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from corpuscope import masking, snippets
from corpuscope.catalog.catalog import sampled
from corpuscope.catalog.columns import Column, Rows
from corpuscope.documents import Document
from corpuscope.reading.matches import merged
from corpuscope.safety.cut import Cut
from corpuscope.safety.population import Population
from corpuscope.safety.spans import FlaggedSpan, flagged_spans

#: Among so many nearest documents on a side (more where scores are equal) the sample is drawn.
NEAREST = 200
#: Characters of an excerpt, about.
_EXCERPT = 700


@dataclass(frozen=True)
class Excerpt:
    """A document for judging: its score, and a part of its text with what was flagged in it.

    `highlights` are offsets into `text` (code points). Personal data is masked unless the query says otherwise.
    `is_whole` says that the excerpt is the whole text, `spans` how many places of the text are flagged.
    """

    id: str
    row: int
    title: str | None
    source: str | None
    score: Any
    text: str
    highlights: list[tuple[int, int]]
    is_whole: bool
    spans: int


@dataclass(frozen=True)
class Borderline:
    """Documents on both sides of a threshold, ascending by score."""

    unflagged: tuple[Excerpt, ...]
    flagged: tuple[Excerpt, ...]


def borderline(documents: Population, cut: Cut, *, n: int = 5, seed: int = 0) -> Borderline:
    """Draw documents on each side of a threshold from the nearest ones; none without a threshold."""
    if cut.at is None:
        return Borderline((), ())
    column = documents.corpus.catalog.column(cut.dimension.name)
    flagged, has_score = documents.marked(cut.flag), documents.of(column.has_value)
    sides = (_nearest(documents, column, side & has_score, float(cut.at), n, seed) for side in (~flagged, flagged))
    return Borderline(*(excerpts(documents, cut, rows) for rows in sides))


def _nearest(documents: Population, column: Column, side: Any, at: float, n: int, seed: int) -> Rows:
    """Rows of some of the documents nearest to a threshold, ascending by score."""
    rows = np.flatnonzero(documents.rows(side))
    distance = np.abs(column.flat[rows] - at)
    if len(rows) > NEAREST:
        rows = rows[distance <= np.partition(distance, NEAREST - 1)[NEAREST - 1]]
    near = np.zeros(column.rows, dtype=np.bool_)
    near[rows] = True
    chosen = sampled(near, n, seed)
    return chosen[np.argsort(column.flat[chosen], kind="stable")]


def excerpts(documents: Population, cut: Cut, rows: Rows) -> tuple[Excerpt, ...]:
    """Some documents with their scores and what a dimension flagged in them."""
    catalog = documents.corpus.catalog
    scores = catalog.values(cut.dimension.name, rows)
    spans = _values(documents, cut.dimension.kind.spans, rows)
    sources = _values(documents, "source", rows)
    texts = documents.corpus.documents.read(rows.tolist())
    is_masked = documents.selection.query.mask
    return tuple(
        _excerpt(d, flagged_spans(marks, len(d.text)), score, source, mask=is_masked)
        for d, score, marks, source in zip(texts, scores, spans, sources, strict=True)
    )


def _values(documents: Population, name: str | None, rows: Rows) -> list[Any]:
    catalog = documents.corpus.catalog
    return [None] * len(rows) if name is None or name not in catalog.fields else catalog.values(name, rows)


def _excerpt(document: Document, spans: tuple[FlaggedSpan, ...], score: Any, source: Any, *, mask: bool) -> Excerpt:
    places = merged([(s.start, s.end) for s in spans])
    cut = snippets.cut(document.text, places, _EXCERPT)
    inside = [(cut.start + a, cut.start + b) for a, b in cut.spans]
    if mask:
        text, highlights = masking.mask_window(document.text, cut.start, cut.end, inside)
    else:
        text, highlights = document.text[cut.start : cut.end], list(cut.spans)
    title = masking.mask_value(document.title) if mask else document.title
    source = masking.mask_value(source) if mask else source
    is_whole = cut.start == 0 and cut.end == len(document.text)
    return Excerpt(document.id, document.row, title, source, score, text, highlights, is_whole, len(spans))
