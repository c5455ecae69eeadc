"""What is foreseen of an export, against the export."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from corpuscope.corpus import Corpus
from corpuscope.engine import count_tokens
from corpuscope.export.export import FORMATS, ExportOptions, choose, export
from corpuscope.export.foreseen import Foreseen, foresee
from corpuscope.query import Query
from tests.conftest import build_corpus

EVERYTHING = ExportOptions()
WORDS = ["river", "mountain", "parliament", "the", "of", "climate", "house", "and", "seven", "Überfluss"]


def foreseen(corpus: Corpus, query: Query, options: ExportOptions = EVERYTHING, suffix: str = ".jsonl") -> Foreseen:
    return foresee(choose(corpus, query, options), suffix)


@pytest.fixture(scope="module")
def uneven_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """3,000 documents, a few of them a hundred times as long as the others."""
    chance = random.Random(5)
    rows = [
        {
            "id": f"d{i}",
            "text": " ".join(chance.choices(WORDS, k=int(chance.lognormvariate(4, 1.2)) + 1)) + f" {chance.random()}",
            "topic": chance.choice(WORDS),
            "score_a": chance.random(),
        }
        for i in range(3000)
    ]
    return build_corpus(tmp_path_factory.mktemp("uneven") / "uneven", rows, part_size=1000)


@pytest.mark.parametrize("query", [Query(), Query(text="river"), Query(filters=("topic=odd",), sample=5, seed=2)])
def test_documents_and_tokens_are_those_that_search_counts(tiny_corpus: Corpus, query: Query):
    found, seen = tiny_corpus.search(query), foreseen(tiny_corpus, query)
    if query.sample is None:
        assert (seen.documents, seen.tokens) == (found.total, found.tokens)
    else:
        assert seen.documents == 5


def test_a_limit_counts_the_first_ones_alone(tiny_corpus: Corpus):
    query = Query(sort="rank_b:desc")
    subset = choose(tiny_corpus, query, ExportOptions(limit=3))
    seen = foresee(subset, ".jsonl")
    mask = np.zeros(tiny_corpus.manifest.rows, dtype=np.bool_)
    mask[subset.chosen] = True
    assert (seen.documents, seen.tokens) == (3, count_tokens(tiny_corpus, mask))
    assert foreseen(tiny_corpus, query, ExportOptions(limit=10**6)).documents == tiny_corpus.manifest.rows


def test_nothing_is_foreseen_of_nothing(tiny_corpus: Corpus):
    seen = foreseen(tiny_corpus, Query(text="zyzzyva"))
    assert seen.documents == 0
    assert [seen.sample.bytes_in(s) for s in (".jsonl", ".jsonl.zst")] == [0, pytest.approx(0, abs=20)]


@pytest.mark.parametrize("suffix", FORMATS)
def test_few_documents_are_weighed_almost_exactly(tiny_corpus: Corpus, tmp_path: Path, suffix: str):
    export(tiny_corpus, Query(), tmp_path / f"x{suffix}")
    written = (tmp_path / f"x{suffix}").stat().st_size
    assert foreseen(tiny_corpus, Query()).sample.bytes_in(suffix) == pytest.approx(written, rel=0.15)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("fields", [None, (), ("topic",)])
def test_many_uneven_documents_are_foreseen_within_a_quarter(
    uneven_corpus: Corpus, tmp_path: Path, suffix: str, fields: tuple[str, ...] | None
):
    options = ExportOptions(fields)
    export(uneven_corpus, Query(), tmp_path / f"x{suffix}", options)
    written = (tmp_path / f"x{suffix}").stat().st_size
    assert foreseen(uneven_corpus, Query(), options).sample.bytes_in(suffix) == pytest.approx(written, rel=0.25)


def test_masking_is_weighed_too(tiny_corpus: Corpus):
    query = Query(filters=("id=mail",))
    masked = foreseen(tiny_corpus, query).sample.table.column("text")[0].as_py()
    plain = foreseen(tiny_corpus, Query(filters=("id=mail",), mask=False)).sample.table.column("text")[0].as_py()
    assert "[EMAIL]" in masked and "jane.roe@rivers.org" in plain


def test_the_sample_is_small_however_long_a_text_is(tmp_path: Path):
    rows = [{"id": str(i), "text": "long words " * 50_000} for i in range(3)]
    corpus = build_corpus(tmp_path / "long", rows)
    seen = foreseen(corpus, Query())
    assert seen.sample.table.nbytes < 300_000
    assert seen.sample.bytes_in(".jsonl") == pytest.approx(3 * 550_000, rel=0.05)


def test_the_recipe_is_known_but_for_what_only_writing_tells(tiny_corpus: Corpus, tmp_path: Path):
    query, options = Query(text="river", sort="rank_b"), ExportOptions(("topic",), 5)
    written = vars(export(tiny_corpus, query, tmp_path / "x.csv", options))
    known = foreseen(tiny_corpus, query, options, ".csv").recipe
    assert known == {name: written[name] for name in known}
    assert set(written) - set(known) >= {"documents_written", "masked_spans", "rows_sha256", "file_sha256"}
