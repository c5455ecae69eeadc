"""Faults that earlier corpus explorers had, and that must stay away."""

from __future__ import annotations

import json

import pytest

from corpuscope import Corpus, Query
from corpuscope.export.export import export
from tests.conftest import build_corpus

#: More than one part, one batch of any reader or writer, one row group and one page, and not a round number.
COUNT = 10_007


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    rows = [{"id": f"n{i}", "text": _text(i), "kind": f"k{i % 97}"} for i in range(COUNT)]
    return build_corpus(tmp_path_factory.mktemp("faults") / "faults", rows, part_size=4_000, annotators=())


def _text(i: int) -> str:
    return f"ＦＵＬＬ  width\tand   spaces {i}. {'padding ' * 60}The Needle{'s' if i % 2 else ''} lies here, naïve."


def test_text_is_shown_and_exported_as_it_came_not_normalised(corpus, tmp_path):
    hit = corpus.search(Query(text="ＦＵＬＬ  width\tand", mode="exact", k=1)).hits[0]
    assert hit.snippet.startswith("ＦＵＬＬ  width\tand   spaces 0. padding")
    export(corpus, Query(filters=("id=n1",), mask=False), tmp_path / "out.jsonl")
    text = json.loads((tmp_path / "out.jsonl").read_text())["text"]
    assert text == _text(1)


def test_the_last_partial_batch_is_there(corpus):
    assert corpus.search(Query()).total == COUNT
    assert corpus.search(Query(text=f"spaces {COUNT - 1}.", mode="exact")).hits[0].id == f"n{COUNT - 1}"


def test_no_hit_is_blank_and_each_shows_its_own_match(corpus):
    for mode, text in (
        ("keyword", "needle"),
        ("phrase", "needle lies"),
        ("regex", "Needles? lies"),
        ("boolean", "need*"),
    ):
        for hit in corpus.search(Query(text=text, mode=mode, k=50)).hits:
            marked = [hit.snippet[a:b] for a, b in hit.highlights]
            assert hit.snippet and any(m.startswith("Needle") for m in marked), (mode, hit.id)


def test_exports_have_no_cap(corpus, tmp_path):
    made = export(corpus, Query(text="needle"), tmp_path / "out.jsonl")
    assert made.documents_written == COUNT
    with (tmp_path / "out.jsonl").open() as file:
        assert sum(1 for _ in file) == COUNT


def test_facets_and_totals_cover_every_match_not_the_top_hits(corpus):
    result = corpus.search(Query(text="needle", k=3, facets=("kind:200",)))
    assert result.total == COUNT
    assert sum(v.count for v in result.facets["kind"].values) == COUNT
    assert result.facets["kind"].complete


def test_search_reaches_the_end_of_the_corpus(corpus):
    for mode in ("keyword", "exact"):
        last = corpus.search(Query(text="here", mode=mode, sort="id", offset=COUNT - 5, k=10)).hits
        assert len(last) == 5
