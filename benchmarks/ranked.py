"""The ranked top 10, warm: ours, stock Pyserini, tantivy and bm25s on the same queries."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import corpora, rounds, setting
from benchmarks.peers import environment, stock_pyserini
from benchmarks.report import Promise, Section, Table, number
from benchmarks.rounds import Contender, Outcome
from benchmarks.setting import Setting
from benchmarks.timing import Summary
from corpuscope.manifest import load

QUERIES = 300
#: bm25s tokenizes in Python and scores every document it holds: a sample keeps its index within minutes and memory.
BM25S_DOCUMENTS = 200_000

_OURS, _PYSERINI, _TANTIVY, _BM25S = "Corpuscope", "Pyserini", "tantivy", "bm25s"


def measure(told: Setting) -> Section:
    """Run all contenders over one corpus of one part, with queries of two kinds."""
    corpus = corpora.get_corpus(told, "one-part", "--part-size", str(corpora.ONE_PART), "--annotators", "none")
    python = environment.get_python(told.work)
    scattered = _run(told, corpus, python, "scattered", corpora.draw_scattered(corpus, QUERIES))
    related = _run(told, corpus, python, "related", corpora.draw_queries(corpus, QUERIES))
    return Section(
        "Ranked top 10",
        [_conditions(scattered), environment.versions(python, "tantivy", "bm25s") + "."],
        [_table("each word from a document of its own", scattered), _table("all words from one document", related)],
        _promises(_summaries(scattered)),
    )


def _run(told: Setting, corpus: Path, python: Path, name: str, queries: list[str]) -> dict[str, Outcome]:
    asked = told.folder("queries") / f"{name}.json"
    asked.write_text(json.dumps(queries), encoding="utf-8")
    return rounds.run(_contenders(told, corpus, asked, python))


def _summaries(outcomes: dict[str, Outcome]) -> dict[str, Summary]:
    return {name: Summary.of(outcome.times) for name, outcome in outcomes.items()}


def _contenders(told: Setting, corpus: Path, queries: Path, python: Path) -> list[Contender]:
    indexes = told.folder("indexes")
    asked = str(queries)
    return [
        Contender(_OURS, "benchmarks.peers.lucene", (str(corpus), asked)),
        stock_pyserini.contender(corpus / _only_index(corpus), queries),
        Contender(_TANTIVY, "benchmarks.peers.tantivy_index", (str(corpus), str(indexes / "tantivy"), asked), python),
        Contender(
            _BM25S,
            "benchmarks.peers.bm25s_index",
            (str(corpus), str(indexes / "bm25s"), asked, str(BM25S_DOCUMENTS)),
            python,
        ),
    ]


def _only_index(corpus: Path) -> str:
    (part,) = load(corpus).parts
    assert part.lexical is not None
    return part.lexical.path


def _table(queries: str, outcomes: dict[str, Outcome]) -> Table:
    summaries = _summaries(outcomes)
    ours = summaries[_OURS]
    rows = [
        (name, number(s.median), number(s.p95), number(ours.median / s.median), number(ours.p95 / s.p95))
        for name, s in summaries.items()
    ]
    return Table((queries, "median ms", "p95 ms", "ours : its, median", "ours : its, p95"), rows)


def _promises(summaries: dict[str, Summary]) -> list[Promise]:
    ours, pyserini, tantivy = (summaries[name] for name in (_OURS, _PYSERINI, _TANTIVY))
    return [
        Promise("median, of Pyserini's", ours.median / pyserini.median, 0.6, "x"),
        Promise("p95, of Pyserini's", ours.p95 / pyserini.p95, 0.6, "x"),
        Promise("p95, of tantivy's", ours.p95 / tantivy.p95, 1.0, "x"),
    ]


def _conditions(outcomes: dict[str, Outcome]) -> str:
    tantivy, bm25s = outcomes[_TANTIVY].facts, outcomes[_BM25S].facts
    equal = _equal_rankings(outcomes[_OURS].facts["scores"], outcomes[_PYSERINI].facts["scores"])
    return (
        f"{QUERIES} queries of each kind, of one to four different words drawn from the documents, stop words aside; "
        "the promises are about the first kind, words as often as they occur. One part, one thread, each "
        f"contender in a process of its own, after {rounds.WARM_UP_S} seconds of the same queries, in {rounds.ROUNDS} "
        "alternating rounds; a query's time is its median over them. "
        f"Pyserini reads the same index: its scores equal ours in {equal} of {QUERIES} queries. We and tantivy answer "
        f"with document numbers and scores, Pyserini with stored ids and scores. tantivy: {tantivy['documents']:,} "
        f"documents in {tantivy['segments']} segments, stemmed, top 10 without a count. bm25s: a sample of "
        f"{bm25s['documents']:,} documents, which is to its advantage."
    )


def _equal_rankings(ours: object, theirs: object) -> int:
    """Queries whose scores are equal but for Pyserini's rounding and its marks of ties."""
    assert isinstance(ours, list) and isinstance(theirs, list)
    return sum(
        len(a) == len(b) and all(abs(x - y) < 1e-4 for x, y in zip(a, b, strict=True))
        for a, b in zip(ours, theirs, strict=True)
    )


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
