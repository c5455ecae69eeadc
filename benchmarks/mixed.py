"""Queries of every kind, as a day of use would mix them."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks import corpora
from benchmarks.setting import SEED
from corpuscope.filters import Filter
from corpuscope.query import FacetRequest, Query, Sort

#: Six facets: few and many values, computed and published ones, a number, and the 320,000 titles.
FACETS = tuple(map(FacetRequest, ("source", "lang", "section", "language", "words", "title")))
#: Filters on two fields: a published and a computed one.
FILTERS = tuple(map(Filter.parse, ("lang=en", "words>=20")))
#: The longest documents first.
SORT = Sort("words", descending=True)
#: Kinds by weight: of a hundred queries one scans all texts.
_WEIGHTS = {
    "plain": 50,
    "filtered": 17,
    "phrase": 12,
    "boolean": 10,
    "sorted": 5,
    "sampled": 4,
    "everything": 1,
    "exact": 1,
}


def draw_mixed(folder: Path, count: int, seed: int = SEED) -> list[Query]:
    """Seeded queries over a corpus, all with six facets."""
    generator = random.Random(seed)
    kinds = generator.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()), k=count)
    words = corpora.draw_queries(folder, count, seed)
    phrases = corpora.draw_phrases(folder, count, seed)
    return [_query(kind, w, p) for kind, w, p in zip(kinds, words, phrases, strict=True)]


def _query(kind: str, words: str, phrase: str) -> Query:
    match kind:
        case "filtered":
            return Query(text=words, filters=FILTERS, facets=FACETS)
        case "phrase":
            return Query(text=phrase, mode="phrase", facets=FACETS)
        case "boolean":
            return boolean(phrase)
        case "sorted":
            return Query(text=words, sort=SORT, facets=FACETS)
        case "sampled":
            return Query(text=words, sample=10, facets=FACETS)
        case "everything":
            return Query(filters=FILTERS, facets=FACETS)
        case "exact":
            return Query(text=phrase, mode="exact", facets=FACETS)
        case _:
            return Query(text=words, facets=FACETS)


def boolean(phrase: str) -> Query:
    """Both words of a phrase, in English or in long documents."""
    first, second = phrase.split(" ")
    return Query(text=f"{first} AND {second} AND (lang:en OR words:[100 TO *])", mode="boolean", facets=FACETS)
