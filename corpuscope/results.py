"""What a search answers: totals, hits and facets, and their JSON (a promise: others script against it)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from corpuscope.query import Query


@dataclass(frozen=True)
class Ranks:
    """A document's rank by words and by meaning, from 1; None where it is not among those that were ranked."""

    words: int | None
    meaning: int | None


@dataclass(frozen=True)
class Hit:
    """One document of the page. `highlights` are code-point offsets into `snippet`.

    `passage` is where in the text (code points) the passage lies that was found by meaning, where documents are cut
    into passages; `ranks` are those that a hybrid ranking joined.
    """

    rank: int
    corpus: str
    id: str
    row: int
    score: float | None
    title: str | None
    snippet: str
    highlights: list[tuple[int, int]]
    fields: dict[str, Any]
    passage: tuple[int, int] | None = None
    ranks: Ranks | None = None


@dataclass(frozen=True)
class ValueCount:
    """A facet value: documents that match, of all documents that have it."""

    value: str | bool
    count: int
    of: int


@dataclass(frozen=True)
class ValueFacet:
    """Counts by value. `other`: matching documents whose values are all unlisted."""

    values: list[ValueCount]
    missing: int
    other: int
    complete: bool


@dataclass(frozen=True)
class Bin:
    """A histogram bin: half-open, the last one of its facet closed. Dates are ISO 8601."""

    low: float | int | str
    high: float | int | str
    count: int
    of: int


@dataclass(frozen=True)
class BinFacet:
    """Counts by range of a number or a date."""

    bins: list[Bin]
    missing: int


@dataclass(frozen=True)
class TokenCount:
    """Tokens of the matching documents; `estimated` when no tokenizer counted them all."""

    count: int
    estimated: bool


@dataclass(frozen=True)
class Partial:
    """Why an answer does not cover everything, and how many documents it does cover."""

    reason: str
    scanned: int

    @property
    def may_grow(self) -> bool:
        """Whether there may be more matches than were counted: time ran out before all was read."""
        return self.reason == "time"


@dataclass(frozen=True)
class Similarity:
    """The least similarity that was asked for, and the share of the corpus (0 to 100) that lies below it."""

    threshold: float
    percentile: float


@dataclass(frozen=True)
class SearchResult:
    """The answer to a Query. Counts cover every match unless `partial` says otherwise."""

    query: Query
    corpus: str
    total: int
    tokens: TokenCount | None
    documents: int
    parts: tuple[int, int]
    took_ms: float
    hits: list[Hit]
    facets: dict[str, ValueFacet | BinFacet]
    partial: Partial | None = None
    suppressed: int = 0
    similarity: Similarity | None = None
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The JSON of the contract; NaN is null, dates are ISO 8601 in UTC."""
        known = self.similarity
        return {
            "query": self.query.to_json(),
            "corpus": self.corpus,
            "total": self.total,
            "tokens": None if self.tokens is None else {"count": self.tokens.count, "estimated": self.tokens.estimated},
            "documents": self.documents,
            "suppressed": self.suppressed,
            "parts": list(self.parts),
            "partial": None
            if self.partial is None
            else {"reason": self.partial.reason, "scanned": self.partial.scanned},
            **({} if known is None else {"similarity": asdict(known) | {"percentile": round(known.percentile, 4)}}),
            "notes": self.notes,
            "took_ms": round(self.took_ms, 3),
            "hits": [hit_json(h) for h in self.hits],
            "facets": {name: _facet_json(f) for name, f in self.facets.items()},
        }


def plain(value: Any) -> Any:
    """A value as JSON holds it: NaN and infinities are null, dates are ISO 8601."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit in the JSON of the contract."""
    return {
        "rank": hit.rank,
        "corpus": hit.corpus,
        "id": hit.id,
        "row": hit.row,
        "score": plain(hit.score),
        "title": hit.title,
        "snippet": hit.snippet,
        "highlights": [list(h) for h in hit.highlights],
        **({} if hit.passage is None else {"passage": list(hit.passage)}),
        **({} if hit.ranks is None else {"ranks": asdict(hit.ranks)}),
        "fields": {name: plain(value) for name, value in hit.fields.items()},
    }


def _facet_json(facet: ValueFacet | BinFacet) -> dict[str, Any]:
    if isinstance(facet, BinFacet):
        bins = [{"from": plain(b.low), "to": plain(b.high), "count": b.count, "of": b.of} for b in facet.bins]
        return {"bins": bins, "missing": facet.missing}
    values = [{"value": v.value, "count": v.count, "of": v.of} for v in facet.values]
    return {"values": values, "missing": facet.missing, "other": facet.other, "complete": facet.complete}
