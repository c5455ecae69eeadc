"""Ours: `LexicalIndex.compile` and `ranked` of one corpus, asked in rounds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

from benchmarks.rounds import K, answer_rounds
from corpuscope.corpus import open_corpus
from corpuscope.filters import Filter
from corpuscope.query import Query


def main(corpus_folder: str, queries_file: str) -> None:
    index = open_corpus(corpus_folder).lexical

    def ask(text: str) -> list[tuple[int, float]]:
        rows, scores = index.compile(Query(text=text), _no_field).ranked(K)
        return list(zip(rows.tolist(), scores.tolist(), strict=True))

    queries = json.loads(Path(queries_file).read_text(encoding="utf-8"))
    answer_rounds(ask, queries, {"scores": [[s for _, s in ask(q)] for q in queries]})


def _no_field(condition: Filter) -> NoReturn:
    raise AssertionError(f"no query has a filter, not {condition}")


if __name__ == "__main__":
    main(*sys.argv[1:])
