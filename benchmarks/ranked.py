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
    """Run all contenders over one corpus of one part."""
    corpus = corpora.get_corpus(told, "one-part", "--part-size", str(corpora.ONE_PART))
    queries = told.folder("queries") / "ranked.json"
    queries.write_text(json.dumps(corpora.draw_queries(corpus, QUERIES)), encoding="utf-8")
    python = environment.get_python(told.work)
    outcomes = rounds.run(_contenders(told, corpus, queries, python))
    summaries = {name: Summary.of(outcome.times) for name, outcome in outcomes.items()}
    return Section(
        "Ranked top 10",
        [_conditions(outcomes), environment.versions(python, "tantivy", "bm25s") + "."],
        [_table(summaries)],
        _promises(summaries),
    )


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


def _table(summaries: dict[str, Summary]) -> Table:
    ours = summaries[_OURS]
    rows = [
        (name, number(s.median), number(s.p95), number(ours.median / s.median), number(ours.p95 / s.p95))
        for name, s in summaries.items()
    ]
    return Table(("", "median ms", "p95 ms", "ours : its, median", "ours : its, p95"), rows)


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
        f"{QUERIES} queries of one to four words drawn from the documents, one part, one thread, each contender in a "
        f"process of its own, warm, in {rounds.ROUNDS} alternating rounds; a query's time is its median over them. "
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
