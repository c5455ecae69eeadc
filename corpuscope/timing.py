"""How fast a corpus answers on this machine: queries drawn from its own documents, timed whole."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from corpuscope.corpus import Corpus
from corpuscope.query import Query

_MOST_FACETS = 6


@dataclass(frozen=True)
class Timing:
    """Milliseconds of whole answers: ten hits with snippets, the exact total and the facets."""

    what: str
    queries: int
    median_ms: float
    p95_ms: float


def draw_queries(corpus: Corpus, count: int, seed: int = 0) -> list[str]:
    """Queries of one to four words, each from one document, the same for the same corpus and seed."""
    rng = random.Random(seed)
    texts = (d.text for d in corpus.documents.read([rng.randrange(corpus.manifest.rows) for _ in range(2 * count)]))
    words = ([w for w in text.split() if w.isalpha()] for text in texts)
    return [" ".join(rng.sample(w, min(len(w), rng.randint(1, 4)))) for w in words if w][:count]


def time_search(corpus: Corpus, what: str, texts: Sequence[str], **options: object) -> Timing:
    """Time one kind of query over some texts, after one round to warm up."""
    facets = tuple(f.name for f in corpus.manifest.fields if not f.multi)[:_MOST_FACETS]
    queries = [Query(text=text, facets=facets, **options) for text in texts]  # type: ignore[arg-type]  # Query checks
    for query in queries[: max(1, len(queries) // 4)]:
        corpus.search(query)
    spent = sorted(_milliseconds(corpus, query) for query in queries)
    return Timing(what, len(spent), spent[len(spent) // 2], spent[int(len(spent) * 0.95)])


def _milliseconds(corpus: Corpus, query: Query) -> float:
    begun = time.perf_counter()
    corpus.search(query)
    return (time.perf_counter() - begun) * 1000
