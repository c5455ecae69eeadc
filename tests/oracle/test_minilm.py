"""Search by meaning on test collections, against the figures of exact all-MiniLM-L6-v2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import corpuscope
from corpuscope.query import Query
from tests.conftest import build_corpus
from tests.oracle.judged import judgements, mean, ndcg

#: nDCG@10 of keyword search and of exact all-MiniLM-L6-v2.
FIGURES = {"cranfield": (0.4026, 0.4280), "med": (0.6651, 0.7875)}


@pytest.mark.parametrize("name", FIGURES)
def test_minilm_is_as_good_as_the_exact_model_and_hybrid_better_than_either(
    shared_data: Path, tmp_path: Path, name: str
):
    by_words, by_meaning = FIGURES[name]
    folder = shared_data / "ir" / name
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").split("\n") if line]
    documents = [{"id": str(row["id"]), "text": _text(row)} for row in rows]
    built = build_corpus(tmp_path / name, documents, annotators=(), embedder="minilm", device="cpu", part_size=800)
    corpus = corpuscope.open(built.folder)
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").split("\n") if line]

    def quality(mode: str) -> float:
        runs = {
            str(q["id"]): [h.id for h in corpus.search(Query(text=" ".join(q["text"].split()), mode=mode)).hits]
            for q in queries
        }
        return mean(ndcg, runs, judgements(folder / "qrels.tsv"))

    assert quality("semantic") == pytest.approx(by_meaning, abs=0.005)
    assert quality("keyword") == pytest.approx(by_words, abs=0.002)
    assert quality("hybrid") > max(by_words, by_meaning)


def _text(row: dict[str, str]) -> str:
    """Title and text, the title once."""
    title = row.get("title") or ""
    return (f"{title}\n" if title and not row["text"].startswith(title) else "") + row["text"]
