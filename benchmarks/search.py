"""`engine.search` whole: documents read, snippets, exact total, six facets; and totals and facets beside DuckDB's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import corpora, setting
from benchmarks.mixed import FACETS, FILTERS, SORT, boolean
from benchmarks.peers import duckdb_facets
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import SEED, WORKERS, Setting
from benchmarks.timing import Summary, medians, milliseconds
from corpuscope.corpus import Corpus, open_corpus
from corpuscope.query import Query
from corpuscope.results import BinFacet, SearchResult, ValueFacet
from corpuscope.selection import select

QUERIES = 300
#: Queries of the modes without a promise; of those that scan all texts, and of DuckDB.
FEWER, FEW = 100, 20
_ROUNDS = 3
_WARM_UP = 40
_KEYWORD, _FILTERED = "keyword", "keyword, filters on two fields"


def measure(told: Setting) -> Section:
    """Every mode, then totals and facets alone beside DuckDB's."""
    folder = corpora.get_corpus(told, "default")
    summaries = {name: Summary.of(_times(folder, asked)) for name, asked in _queries(folder).items()}
    ours, theirs, equal = _beside_duckdb(folder)
    return Section(
        "Search",
        [_conditions(folder, equal)],
        [
            Table(
                ("mode", "median ms", "p95 ms"), [(n, number(s.median), number(s.p95)) for n, s in summaries.items()]
            ),
            _facet_table(ours, theirs),
        ],
        [
            Promise("keyword, p95", summaries[_KEYWORD].p95, 50, " ms"),
            Promise("with filters on two fields, p95", summaries[_FILTERED].p95, 70, " ms"),
        ],
    )


def _queries(folder: Path) -> dict[str, list[Query]]:
    words, phrases = corpora.draw_queries(folder, QUERIES), corpora.draw_phrases(folder, FEWER)
    regexes = [p.replace(" ", r"\s+\w*") for p in phrases[:FEW]]
    return {
        _KEYWORD: [Query(text=t, facets=FACETS) for t in words],
        _FILTERED: [Query(text=t, facets=FACETS, filters=FILTERS) for t in words],
        "keyword, sorted": [Query(text=t, facets=FACETS, sort=SORT) for t in words[:FEWER]],
        "phrase": [Query(text=t, facets=FACETS, mode="phrase") for t in phrases],
        "boolean with fields": [boolean(t) for t in phrases],
        "exact": [Query(text=t, facets=FACETS, mode="exact") for t in phrases[:FEW]],
        "regex": [Query(text=t, facets=FACETS, mode="regex") for t in regexes],
    }


def _times(folder: Path, queries: Sequence[Query]) -> list[float]:
    """Each query's median over rounds; the corpus is opened anew for each, so that no answer is remembered."""
    warm_up = [replace(queries[0], text=t) for t in corpora.draw_queries(folder, _WARM_UP, SEED + 1)]
    rounds = []
    for _ in range(_ROUNDS if len(queries) == QUERIES else 1):
        corpus = open_corpus(folder)
        milliseconds(corpus.search, warm_up[: len(queries)])
        rounds.append(milliseconds(corpus.search, queries))
    return medians(rounds)


def _beside_duckdb(folder: Path) -> tuple[Summary, Summary, int]:
    """Totals and facets alone: ours, which search as well, and DuckDB's, which is told the rows; and equal answers."""
    corpus = open_corpus(folder)
    queries = [Query(text=t, facets=FACETS, k=0) for t in corpora.draw_queries(folder, FEW, SEED + 2)]
    corpus.search(Query(text="warm", facets=FACETS))
    ours = Summary.of(milliseconds(corpus.search, queries))
    answers = [corpus.search(q) for q in queries]
    ask = _duckdb(corpus, folder, answers[0])
    rows = [np.flatnonzero(select(corpus, q).matches) for q in queries]
    theirs = Summary.of(milliseconds(ask, rows))
    return ours, theirs, sum(_is_equal(a, ask(r)) for a, r in zip(answers, rows, strict=True))


def _duckdb(corpus: Corpus, folder: Path, answer: SearchResult) -> Callable[[Any], dict[str, Any]]:
    connection = duckdb_facets.connect(folder, [f.field for f in FACETS], WORKERS)
    bins = {name: facet.bins for name, facet in answer.facets.items() if isinstance(facet, BinFacet)}
    values = [f.field for f in FACETS if f.field not in bins]
    return lambda rows: duckdb_facets.count(connection, rows, values, bins)


def _is_equal(ours: SearchResult, theirs: dict[str, Any]) -> bool:
    """Whether total and counts agree; the last bin aside, which is half-open for DuckDB and closed for us."""
    if ours.total != theirs["total"]:
        return False
    for name, facet in ours.facets.items():
        if isinstance(facet, ValueFacet):
            if [v.count for v in facet.values] != [n for _, n in theirs[name]]:
                return False
        elif [b.count for b in facet.bins][:-1] != list(theirs[name])[:-1]:
            return False
    return True


def _facet_table(ours: Summary, theirs: Summary) -> Table:
    rows = [
        ("Corpuscope", number(ours.median), number(ours.p95), ""),
        ("DuckDB", number(theirs.median), number(theirs.p95), number(ours.median / theirs.median)),
    ]
    return Table(("total and six facets", "median ms", "p95 ms", "ours : its, median"), rows)


def _conditions(folder: Path, equal: int) -> str:
    corpus = open_corpus(folder)
    titles = len(corpus.catalog.column("title").dictionary)  # type: ignore[attr-defined]  # a column of text
    return (
        f"{QUERIES} keyword queries, {FEWER} of other modes ({FEW} of exact and regex); {len(corpus.manifest.parts)} "
        f"parts, one thread, top 10, masking on; facets on {', '.join(map(str, FACETS))} ({titles:,} titles); filters "
        f"{' and '.join(map(str, FILTERS))}. A keyword query's time is its median over {_ROUNDS} rounds, each on the "
        f"corpus opened anew, so that no answer is remembered. DuckDB reads the same Parquet files with {WORKERS} "
        f"threads and is handed the matching rows, which ours finds itself; answers equal in {equal} of {FEW} queries."
    )


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
