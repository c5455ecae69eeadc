"""Documents around a threshold, some on each side: where people would judge one way or the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope import masking, snippets
from corpuscope.catalog.catalog import sampled
from corpuscope.catalog.columns import Rows
from corpuscope.documents import Document
from corpuscope.reading.matches import merged
from corpuscope.safety.cut import Cut
from corpuscope.safety.population import Population
from corpuscope.spans import LabelledSpan, parse_spans

#: Among so many nearest documents on a side (more where scores are equal) the sample is drawn.
NEAREST = 200
#: Each holds 16 bytes a document.
_SCORED = 4
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
    scored = documents.remembering(_scored, _SCORED)(cut.dimension.name)
    at, way = float(cut.at), cut.dimension.kind.way
    edge = int(np.searchsorted(scored.scores, at, side="left" if way == ">=" else "right"))
    sides = (_below(scored, edge), _above(scored, edge))
    unflagged, flagged = sides if way == ">=" else sides[::-1]
    return Borderline(*(excerpts(documents, cut, _drawn(documents, scored, s, n, seed)) for s in (unflagged, flagged)))


@dataclass(frozen=True)
class _Scored:
    """The documents with a score in the order of their scores, as rows of the corpus."""

    scores: npt.NDArray[Any]
    rows: Rows


def _scored(documents: Population, name: str) -> _Scored:
    column = documents.corpus.catalog.column(name)
    rows = np.flatnonzero(documents.rows(np.array(documents.of(column.present))))
    order = np.argsort(column.flat[rows], kind="stable")
    return _Scored(column.flat[rows][order], rows[order])


def _below(scored: _Scored, edge: int) -> slice:
    """The nearest scores below a place, and all that equal the farthest of them."""
    if edge <= NEAREST:
        return slice(0, edge)
    return slice(int(np.searchsorted(scored.scores, scored.scores[edge - NEAREST], side="left")), edge)


def _above(scored: _Scored, edge: int) -> slice:
    """The nearest scores from a place on, and all that equal the farthest of them."""
    if len(scored.scores) - edge <= NEAREST:
        return slice(edge, None)
    return slice(edge, int(np.searchsorted(scored.scores, scored.scores[edge + NEAREST - 1], side="right")))


def _drawn(documents: Population, scored: _Scored, side: slice, n: int, seed: int) -> Rows:
    """Rows of some of the documents of a side, ascending by score."""
    rows = scored.rows[side]
    near = np.zeros(documents.corpus.catalog.rows, dtype=np.bool_)
    near[rows] = True
    chosen = np.flatnonzero(np.isin(rows, sampled(near, n, seed)))
    return rows[chosen]


def excerpts(documents: Population, cut: Cut, rows: Rows) -> tuple[Excerpt, ...]:
    """Some documents with their scores and what a dimension flagged in them."""
    catalog = documents.corpus.catalog
    scores = catalog.values(cut.dimension.name, rows)
    spans = _values(documents, cut.dimension.kind.spans, rows)
    sources = _values(documents, "source", rows)
    texts = documents.corpus.documents.read(rows.tolist())
    is_masked = documents.selection.query.mask
    return tuple(
        _excerpt(d, sorted(parse_spans(marks, len(d.text))), score, source, mask=is_masked)
        for d, score, marks, source in zip(texts, scores, spans, sources, strict=True)
    )


def _values(documents: Population, name: str | None, rows: Rows) -> list[Any]:
    catalog = documents.corpus.catalog
    return [None] * len(rows) if name is None or name not in catalog.fields else catalog.values(name, rows)


def _excerpt(document: Document, spans: list[LabelledSpan], score: Any, source: Any, *, mask: bool) -> Excerpt:
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
