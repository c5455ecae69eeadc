"""XQuAD (Artetxe et al., 2020): questions and paragraphs in four languages, by words and through a model's path."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corpuscope
from corpuscope.corpus import Corpus
from corpuscope.query import Query
from indexing.embedding import EmbedOptions
from indexing.maintenance import embed
from indexing.progress import SilentProgress
from tests.conftest import build_corpus
from tests.indexing.embedding import save_multilingual

LANGUAGES = ("en", "de", "zh", "ar")
#: The mean nDCG@10 that keyword search with the language's analyzer reaches at least.
LEAST = {"en": 0.9, "de": 0.85, "zh": 0.8, "ar": 0.8}
_QUESTIONS = 300


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def answers(folder: Path) -> dict[str, str]:
    """The one relevant paragraph of each question."""
    lines = (line.split("\t") for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines())
    return {parts[0]: parts[1] for parts in lines if parts[-1].strip().isdigit()}


def ndcg(corpus: Corpus, folder: Path, **how: Any) -> float:
    """With one relevant paragraph: 1 / log2(1 + rank), 0 beyond the tenth."""
    wanted = answers(folder)
    total = 0.0
    questions = rows(folder, "queries.jsonl")[:_QUESTIONS]
    for question in questions:
        found = [h.id for h in corpus.search(Query(text=question["text"], k=10, **how)).hits]
        right = wanted[question["id"]]
        total += 1 / math.log2(2 + found.index(right)) if right in found else 0
    return total / len(questions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_keyword_search_finds_the_paragraph_in_its_language(shared_data: Path, tmp_path: Path, language: str):
    folder = shared_data / "ir" / "xquad" / language
    corpus = build_corpus(tmp_path / language, rows(folder, "corpus.jsonl"), annotators=(), language=language)
    assert ndcg(corpus, folder) >= LEAST[language]


def test_a_multilingual_model_goes_the_whole_way_in_every_script(shared_data: Path, tmp_path: Path):
    """A tiny one with random weights: it knows no language, but every text gets the vector that its model gives."""
    from sentence_transformers import SentenceTransformer

    model = save_multilingual(tmp_path / "multilingual")
    documents = [
        row | {"id": f"{language}-{row['id']}", "language_of": language}
        for language in LANGUAGES
        for row in rows(shared_data / "ir" / "xquad" / language, "corpus.jsonl")[:40]
    ]
    built = build_corpus(tmp_path / "four", documents, annotators=(), part_size=90)
    options = EmbedOptions(str(model), cut="passages", device="cpu")
    embed(built.folder, options, workers=1, progress=SilentProgress(), say=lambda words: None)
    corpus = corpuscope.open(built.folder)
    reference = SentenceTransformer(str(model), device="cpu")
    for document in documents[::23]:
        text = document["text"][:20]
        (hit, *_) = corpus.search(Query(text=text, mode="semantic", k=1)).hits
        assert hit.passage is not None
        start, end = hit.passage
        whole = corpus.documents.read([hit.row])[0].text
        asked, passage = reference.encode([f"query: {text}", f"passage: {whole[start:end]}"], normalize_embeddings=True)
        assert hit.score == pytest.approx(float(np.dot(asked, passage)), abs=5e-3)
