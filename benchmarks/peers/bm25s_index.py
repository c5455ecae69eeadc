"""bm25s over a sample of a corpus's documents, stemmed: builds its index, then answers in rounds."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import bm25s
import pyarrow.parquet as pq
import Stemmer

from benchmarks.rounds import K, answer_rounds
from benchmarks.setting import SEED


def main(corpus_folder: str, index_folder: str, queries_file: str, documents: str) -> None:
    retriever = _open_or_build(Path(corpus_folder), Path(index_folder), int(documents))
    stemmer = Stemmer.Stemmer("porter")

    def ask(text: str) -> tuple[object, object]:
        tokens = bm25s.tokenize(text, stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
        return retriever.retrieve(tokens, k=K, show_progress=False)

    queries = json.loads(Path(queries_file).read_text(encoding="utf-8"))
    answer_rounds(ask, queries, {"documents": retriever.scores["num_docs"]})


def _open_or_build(corpus: Path, folder: Path, documents: int) -> bm25s.BM25:
    if not folder.exists():
        tokens = bm25s.tokenize(
            _sample(corpus, documents), stopwords="en", stemmer=Stemmer.Stemmer("porter"), show_progress=False
        )
        retriever = bm25s.BM25(method="lucene", k1=0.9, b=0.4)
        retriever.index(tokens, show_progress=False)
        retriever.save(folder)
    return bm25s.BM25.load(folder, mmap=True)


def _sample(corpus: Path, documents: int) -> list[str]:
    texts = [t for p in sorted(corpus.glob("parts/*/documents.parquet")) for t in pq.read_table(p)["text"].to_pylist()]
    return random.Random(SEED).sample(texts, min(documents, len(texts)))


if __name__ == "__main__":
    main(*sys.argv[1:])
