"""Several corpora answer as one corpus that holds the documents of all."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpuscope
from commands.main import main
from corpuscope import Corpus, Query, federation
from corpuscope.errors import InvalidQuery, UnknownField, UsageError
from corpuscope.federation import Federation
from corpuscope.results import SearchResult
from corpuscope.selection import select
from indexing.maintenance import suppress
from tests.conftest import build_corpus
from tests.corpuscope.test_search_counts import ROWS, WORDS, conditions

CUTS = [(0, 150), (150, 160), (160, 400)]
FACETS = ("colour:3", "many:2", "flag", "number", "real:7", "date", "id:5")

few = settings(max_examples=40, deadline=None)
some_filters = st.lists(conditions.map(lambda pair: pair[0]), max_size=2).map(tuple)
texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Corpus:
    return build_corpus(tmp_path_factory.mktemp("whole") / "whole", ROWS, part_size=90, annotators=())


@pytest.fixture(scope="module")
def pieces(tmp_path_factory) -> list[Corpus]:
    folder = tmp_path_factory.mktemp("pieces")
    return [build_corpus(folder / f"p{a}", ROWS[a:b], part_size=90, annotators=()) for a, b in CUTS]


def union_row(hit) -> int:
    return hit.row + int(hit.corpus.removeprefix("p"))


def seen(result: SearchResult) -> list[tuple[Any, ...]]:
    """What two answers must agree on, hit by hit; `source` is the name of the file that the corpus was built from."""
    hits = [(h.rank, h.id, h.score, h.title, h.snippet, h.highlights, h.fields | {"source": ""}) for h in result.hits]
    return [(*h[:2], None if h[2] is None else round(h[2], 4), *h[3:]) for h in hits]


def assert_same(whole: Corpus, pieces: list[Corpus], query: Query) -> None:
    one, several = whole.search(query), federation.search(pieces, query)
    assert (several.total, several.documents, several.facets) == (one.total, one.documents, one.facets)
    assert seen(several) == seen(one)
    assert [union_row(h) for h in several.hits] == [h.row for h in one.hits]


@few
@given(texts, some_filters, st.sampled_from(["keyword", "phrase", "exact"]), st.integers(0, 30))
def test_several_corpora_answer_like_one_that_holds_their_documents(whole, pieces, text, filters, mode, offset):
    query = Query(text=text, mode=mode, slop=2, filters=filters, facets=FACETS, k=25, offset=offset, mask=False)
    assert_same(whole, pieces, query)


@few
@given(texts, some_filters, st.sampled_from(["number", "real", "colour", "date", "many", "id"]), st.booleans())
def test_sorting_and_sampling_work_over_the_union(whole, pieces, text, filters, field, descending):
    query = Query(text=text, filters=filters, k=25)
    assert_same(whole, pieces, replace(query, sort=f"{field}:desc" if descending else field))
    assert_same(whole, pieces, replace(query, sample=20, seed=len(text)))


@pytest.mark.parametrize(
    "query",
    [
        Query(text="river AND NOT colour:red", mode="boolean", facets=FACETS),
        Query(text="number:[-5 TO 20] snow", mode="boolean", k=500),
        Query(text="dam$|^law", mode="regex", facets=("colour",)),
        Query(text="river", where="number > 3 and flag", facets=("colour",), filters=("colour=red,green",)),
        Query(where="len(list_filter(many, lambda x: x = 'red')) > 0 or year(date) = 2001", k=100),
        Query(filters=("id=r3,r155,r399", "id>r2")),
        Query(text="the of", k1=1.2, b=0.75),
    ],
    ids=lambda q: q.text or str(q.where or q.filters),
)
def test_every_mode_and_expression_works_over_the_union(whole, pieces, query):
    assert_same(whole, pieces, query)


def test_labels_parts_and_rows_say_which_corpus(pieces):
    result = federation.search(pieces, Query(text="river", k=400))
    assert result.corpus == " + ".join(c.label for c in pieces)
    assert result.parts == (6, 6)
    assert {h.corpus for h in result.hits} == {"p0", "p150", "p160"}
    own = {c.name: {h.row: h.id for h in c.search(Query(text="river", k=400)).hits} for c in pieces}
    assert all(own[h.corpus][h.row] == h.id for h in result.hits)


def test_equal_names_are_told_apart_and_a_corpus_named_twice_is_refused(pieces, tmp_path):
    twin = corpuscope.open(shutil.copytree(pieces[0].folder, tmp_path / "p0"))
    assert Federation([pieces[0], pieces[1], twin]).names == [str(pieces[0].folder), "p150", str(twin.folder)]
    with pytest.raises(UsageError, match="named 2 times"):
        federation.search([pieces[0], corpuscope.open(pieces[0].folder)], Query())
    with pytest.raises(UsageError, match="at least one"):
        federation.search([], Query())


@pytest.fixture(scope="module")
def unlike(tmp_path_factory) -> list[Corpus]:
    """Two corpora with different fields, types and token counts, one of them in German."""
    folder = tmp_path_factory.mktemp("unlike")
    english = [
        {"id": "e1", "text": "the rivers flood the houses", "kind": "a", "size": 1, "tags": "x", "mixed": 1},
        {"id": "e2", "text": "rivers and rivers", "kind": "b", "size": 40, "tags": "y", "mixed": 2, "only_en": 7},
        {"id": "e3", "text": "a house", "kind": "b", "size": 9, "tags": "x", "mixed": 3, "only_en": 8},
    ]
    german = [
        {
            "id": "d1",
            "text": "die Häuser am Fluss rivers",
            "kind": "b",
            "size": 2.5,
            "tags": ["x", "z"],
            "mixed": "one",
        },
        {"id": "d2", "text": "das Haus rivers rivers", "kind": "c", "size": 0.5, "tags": ["z", "z"], "only_de": ["q"]},
    ]
    return [
        build_corpus(folder / "english", english, annotators=("tokens",)),
        build_corpus(folder / "german", german, annotators=("tokens",), language="de"),
    ]


def test_rankings_of_different_analyzers_are_taken_in_turn(unlike):
    result = federation.search(unlike, Query(text="rivers"))
    alone = [c.search(Query(text="rivers")).hits for c in unlike]
    assert [h.id for h in result.hits] == [alone[0][0].id, alone[1][0].id, alone[0][1].id, alone[1][1].id]
    assert [(h.score, h.highlights) for h in result.hits[::2]] == [(h.score, h.highlights) for h in alone[0]]
    assert [(h.score, h.highlights) for h in result.hits[1::2]] == [(h.score, h.highlights) for h in alone[1]]
    assert any("scores do not compare" in note for note in result.notes)


def test_each_corpus_analyses_the_query_its_own_way(unlike):
    found = federation.search(unlike, Query(text="Haus house")).hits
    assert {h.id: h.snippet[slice(*h.highlights[0])] for h in found} == {
        "e1": "houses",
        "e3": "house",
        "d1": "Häuser",
        "d2": "Haus",
    }


def test_rankings_in_turn_keep_to_filters_pages_and_orders(unlike):
    every = [h.id for h in federation.search(unlike, Query(text="rivers")).hits]
    assert [h.id for h in federation.search(unlike, Query(text="rivers", k=2, offset=1)).hits] == every[1:3]
    kept = federation.search(unlike, Query(text="rivers AND kind:b", mode="boolean"))
    assert ([h.id for h in kept.hits], kept.total) == (["e2", "d1"], 2)
    ordered = federation.search(unlike, Query(text="rivers", sort="size:desc"))
    assert [h.id for h in ordered.hits] == ["e2", "d1", "e1", "d2"]
    assert not any("scores" in note for note in ordered.notes)


def test_a_field_of_some_corpora_has_no_value_in_the_others(unlike):
    facets = ("only_en", "only_de", "kind")
    result = federation.search(unlike, Query(filters=("only_en!=8",), facets=facets))
    assert {h.id for h in result.hits} == {"e1", "e2", "d1", "d2"}
    assert result.facets["only_en"].missing == 3 and result.facets["only_de"].missing == 3
    assert [(v.value, v.count, v.of) for v in result.facets["kind"].values] == [("b", 2, 3), ("a", 1, 1), ("c", 1, 1)]
    assert "only_en is no field of german: documents there count as having no value." in result.notes
    assert federation.search(unlike, Query(filters=("only_de!?",))).total == 4
    assert federation.search(unlike, Query(where="only_en > 7 or list_contains(only_de, 'q')")).total == 2
    assert [h.id for h in federation.search(unlike, Query(sort="only_en:desc")).hits][:2] == ["e3", "e2"]
    assert result.hits[-1].fields["only_en"] is None


@pytest.mark.parametrize(
    "query",
    [
        Query(filters=("nosuch=1",)),
        Query(sort="nosuch"),
        Query(facets=("nosuch",)),
        Query(where="nosuch = 1"),
        Query(text="nosuch:1", mode="boolean"),
    ],
    ids=str,
)
def test_a_field_of_no_corpus_is_unknown(unlike, query):
    with pytest.raises(UnknownField, match="nosuch"):
        federation.search(unlike, query)


def test_bins_share_their_edges_and_whole_numbers_mix_with_fractions(unlike):
    bins = federation.search(unlike, Query(facets=("size",))).facets["size"].bins
    assert sum(b.count for b in bins) == 5
    assert bins[0].low <= 0.5 and bins[-1].high >= 40
    assert federation.search(unlike, Query(filters=("size<3",))).total == 3


def test_lists_mix_with_single_values(unlike):
    facet = federation.search(unlike, Query(facets=("tags:1",))).facets["tags"]
    assert [(v.value, v.count, v.of) for v in facet.values] == [("x", 3, 3)]
    assert (facet.missing, facet.other, facet.complete) == (0, 2, False)
    assert federation.search(unlike, Query(filters=("tags=z",))).total == 2
    assert federation.search(unlike, Query(where="list_contains(tags, 'x')")).total == 3


def test_types_that_cannot_be_mixed_can_still_be_filtered(unlike):
    assert federation.search(unlike, Query(filters=("mixed?",))).total == 4
    with pytest.raises(InvalidQuery, match="int and text values in different corpora"):
        federation.search(unlike, Query(facets=("mixed",)))


def test_tokens_are_summed_and_unknown_when_a_corpus_has_none(unlike, pieces):
    alone = [c.search(Query(text="rivers")).tokens for c in unlike]
    tokens = federation.search(unlike, Query(text="rivers")).tokens
    assert (tokens.count, tokens.estimated) == (sum(t.count for t in alone), True)
    assert federation.search([unlike[0], pieces[0]], Query()).tokens is None


def test_suppressed_documents_are_summed_and_never_shown(pieces, tmp_path):
    corpora = []
    for name, gone in (("first", ["r153"]), ("second", ["r151", "r152"])):
        folder = shutil.copytree(pieces[1].folder, tmp_path / name)
        suppress(folder, gone)
        corpora.append(corpuscope.open(folder))
    result = federation.search(corpora, Query(k=100, facets=("id:100",)))
    assert (result.total, result.documents, result.suppressed, len(result.hits)) == (17, 17, 3, 17)
    counts = {v.value: (v.count, v.of) for v in result.facets["id"].values}
    assert (counts["r150"], counts["r151"], counts["r153"]) == ((2, 2), (1, 1), (1, 1))


def test_a_scan_that_ran_out_of_time_says_so_for_all(pieces):
    selection = select(Federation(pieces), Query(text="river", mode="exact"), scan_budget_s=0)
    assert (selection.partial.reason, selection.partial.scanned) == ("time", 0)


def test_threads_get_the_same_answers(pieces):
    queries = [Query(text=word, facets=("colour", "number")) for word in WORDS] * 4
    expected = [federation.search(pieces, q) for q in queries]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda q: federation.search(list(pieces), q), queries))
    assert [replace(f, took_ms=0) for f in found] == [replace(e, took_ms=0) for e in expected]


def test_the_command_searches_several_folders(pieces, capsys):
    folders = [str(c.folder) for c in pieces]
    assert main(["search", *folders, "river flood", "--facet", "colour", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["corpus"] == " + ".join(c.label for c in pieces)
    assert {hit["corpus"] for hit in answer["hits"]} <= {"p0", "p150", "p160"}
    assert main(["search", *folders, "river", "--k", "1"]) == 0
    assert "[p" in capsys.readouterr().out
