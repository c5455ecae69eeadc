"""The one entry to a corpus: a Query in, a SearchResult out."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from corpuscope import masking, snippets
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.corpus import Corpus
from corpuscope.documents import Document
from corpuscope.matcher import Scores, Spans
from corpuscope.query import FacetRequest, Query
from corpuscope.results import BinFacet, Hit, Ranks, SearchResult, TokenCount, ValueFacet
from corpuscope.selection import Selection, select

#: Characters of a document that are searched for what a snippet shows: whole books, but not a text of 50 MB.
LOOKED_AT = 2_000_000


def search(corpus: Corpus, query: Query) -> SearchResult:
    """Answer a query: exact totals and facets over every match, and one page of hits."""
    started = time.perf_counter()
    selection = select(corpus, query)
    return answer(selection, count_tokens(corpus, selection.matches), started)


def answer(selection: Selection, tokens: TokenCount | None, started: float) -> SearchResult:
    """Counts, facets and one page of what was selected; `started` is when, by `time.perf_counter`."""
    corpus, query = selection.corpus, selection.query
    total = int(selection.matches.sum())
    rows, scores = selection.first(min(query.offset + query.k, total))
    rows = rows[query.offset :]
    documents = corpus.documents.read(rows.tolist())
    hits = _hits(selection, rows, documents, None if scores is None else scores[query.offset :])
    return SearchResult(
        query=query,
        corpus=corpus.label,
        total=total,
        tokens=tokens,
        documents=corpus.catalog.rows - len(corpus.suppressed_rows),
        suppressed=len(corpus.suppressed_rows),
        similarity=selection.matcher.similarity(),
        parts=(len(corpus.documents.paths), len(corpus.documents.paths)),
        partial=selection.partial,
        notes=[*selection.notes, *_notes(documents)],
        hits=hits,
        facets=_facets(selection),
        took_ms=(time.perf_counter() - started) * 1000,
    )


def search_values(corpus: Corpus, query: Query, request: FacetRequest, containing: str) -> ValueFacet | BinFacet:
    """The facet of one field as `search` counts it, of the values that hold a text only."""
    selection = select(corpus, replace(query, facets=(request,)))
    facet = corpus.catalog.facet(request, selection.matches_but_for(request.field), containing)
    return _masked_facet(facet) if query.mask else facet


def read_hits(selection: Selection, rows: Rows) -> list[Hit]:
    """Some of the selected documents as hits, ranked in the order given."""
    return _hits(selection, rows, selection.corpus.documents.read(rows.tolist()), None)


def count_tokens(corpus: Corpus, matches: Mask) -> TokenCount | None:
    """Tokens of every marked document; None when the corpus has no token counts."""
    field = corpus.token_field
    return None if field is None else TokenCount(corpus.catalog.total(field.name, matches), field.estimated)


def _facets(selection: Selection) -> dict[str, ValueFacet | BinFacet]:
    out: dict[str, ValueFacet | BinFacet] = {}
    for request in selection.query.facets:
        facet = selection.corpus.catalog.facet(request, selection.matches_but_for(request.field))
        out[request.field] = _masked_facet(facet) if selection.query.mask else facet
    return out


def _masked_facet(facet: ValueFacet | BinFacet) -> ValueFacet | BinFacet:
    if isinstance(facet, BinFacet):
        return facet
    return replace(facet, values=[replace(v, value=masking.mask_value(v.value)) for v in facet.values])


def _notes(documents: list[Document]) -> list[str]:
    """What is not looked at for the sake of time, as sentences."""
    long = sum(len(d.text) > LOOKED_AT for d in documents)
    if not long:
        return []
    which = "One document of this page is" if long == 1 else f"{long:,} documents of this page are"
    return [f"{which} longer than {LOOKED_AT:,} characters; what matched is marked in the first {LOOKED_AT:,}."]


def _hits(selection: Selection, rows: Rows, documents: list[Document], scores: Scores | None) -> list[Hit]:
    matcher = selection.matcher
    spans = matcher.spans([replace(d, text=d.text[:LOOKED_AT]) for d in documents])
    passages, ranks = matcher.passages(rows), matcher.ranks(rows, selection.allowed)
    fields = _field_values(selection, rows)
    query = selection.query
    return [
        _hit(
            selection,
            document,
            spans[i],
            fields[i],
            rank=query.offset + i + 1,
            score=None if scores is None else float(scores[i]),
            passage=None if passages is None else passages[i],
            ranks=None if ranks is None else ranks[i],
        )
        for i, document in enumerate(documents)
    ]


def _hit(
    selection: Selection,
    document: Document,
    spans: Spans,
    fields: dict[str, Any],
    *,
    rank: int,
    score: float | None,
    passage: tuple[int, int] | None,
    ranks: Ranks | None,
) -> Hit:
    mask = selection.query.mask
    snippet, highlights = _snippet(document.text, spans, 0 if passage is None else passage[0], mask=mask)
    return Hit(
        rank=rank,
        corpus=selection.corpus.name,
        id=document.id,
        row=document.row,
        score=score,
        title=masking.mask_value(document.title) if mask else document.title,
        snippet=snippet,
        highlights=highlights,
        fields={k: masking.mask_value(v) for k, v in fields.items()} if mask else fields,
        passage=passage,
        ranks=ranks,
    )


def _snippet(text: str, spans: Spans, at: int, *, mask: bool) -> tuple[str, Spans]:
    """The part of a text that shows why it matched, and where in it; from `at` where nothing in it is marked."""
    cut = snippets.cut(text, spans, at=at)
    if mask:
        return masking.mask_window(text, cut.start, cut.end, [(cut.start + a, cut.start + b) for a, b in cut.spans])
    return text[cut.start : cut.end], list(cut.spans)


def _field_values(selection: Selection, rows: Rows) -> list[dict[str, Any]]:
    names = [name for name in selection.corpus.catalog.fields if name != "title"]
    columns = [selection.corpus.catalog.values(name, rows) for name in names]
    return (
        [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        if names
        else [{} for _ in rows]
    )
