"""Search by meaning over a corpus with an embedder whose vectors can be told by heart."""

import json
from pathlib import Path

import numpy as np
import pytest

import corpuscope
from corpuscope import federation
from corpuscope import manifest as manifests
from corpuscope.corpus import Corpus
from corpuscope.dense import semantic
from corpuscope.errors import InvalidQuery, ReplayRefused
from corpuscope.export.export import ExportOptions, export
from corpuscope.export.replay import replay
from corpuscope.fusion import DEPTH, fuse
from corpuscope.ledger.ledger import Ledger
from corpuscope.ledger.tally import Tally
from corpuscope.manifest import DenseEntry, VectorsEntry, file_entry
from corpuscope.query import Query
from corpuscope.reading.reader import read
from corpuscope.sessions.marks import with_marks
from corpuscope.sessions.store import SessionStore, new_id
from corpuscope.trec import run_lines
from indexing.vectors import embed_documents, npy_path
from tests.conftest import build_corpus
from tests.corpuscope.dense.embedding import LetterEmbedder

WORDS = ["abba", "bead", "cafe", "deal", "edge", "face", "game", "head", "idea", "jail", "keep", "lamb"]
ROWS = [
    {
        "id": f"d{i}",
        "text": " ".join(WORDS[(i + j) % 12] for j in range(1 + i % 4)),
        "kind": "even" if i % 2 == 0 else "odd",
        "number": i,
    }
    for i in range(60)
]


def with_vectors(corpus: Corpus, name: str = "fake") -> Corpus:
    """The corpus with vectors of letters."""
    parts = []
    for part in corpus.manifest.parts:
        target = corpus.folder / "parts" / part.name / "vectors" / name
        documents = corpus.folder / part.documents.path
        embed_documents(documents, target, LetterEmbedder(), "first", rows_at_once=7, advance=lambda rows: None)
        made = VectorsEntry(part.rows, file_entry(corpus.folder, npy_path(target)))
        parts.append(manifests.Part(**part.__dict__ | {"vectors": part.vectors | {name: made}}))
    dense = corpus.manifest.dense | {name: DenseEntry({"kind": "letters"}, "first", {"kind": "exact", "vectors": 60})}
    changed = manifests.Manifest(**corpus.manifest.__dict__ | {"parts": tuple(parts), "dense": dense})
    manifests.commit(corpus.folder, changed)
    return corpuscope.open(corpus.folder)


@pytest.fixture(autouse=True)
def _letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "for_queries", lambda identity: LetterEmbedder())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("letters") / "letters"
    return with_vectors(build_corpus(folder, ROWS, annotators=(), part_size=25))


def vectors() -> np.ndarray:
    embedder = LetterEmbedder()
    return embedder.embed(embedder.prepare([row["text"] for row in ROWS], "document")).astype(np.float16)


def similarities(text: str) -> np.ndarray:
    embedder = LetterEmbedder()
    return vectors().astype(np.float64) @ embedder.embed([text.split()])[0]


def test_hits_come_by_similarity_ties_by_row_and_partial_says_top_n(corpus):
    result = corpus.search(Query(text="cafe deal", mode="semantic", k=60))
    scores = similarities("cafe deal")
    expected = np.lexsort((np.arange(60), -np.round(scores, 5)))
    assert [h.score for h in result.hits] == pytest.approx(scores[expected], abs=2e-3)
    assert [h.rank for h in result.hits] == list(range(1, 61))
    assert result.partial is not None and (result.partial.reason, result.partial.scanned) == ("top_n", 60)
    assert result.to_json()["partial"] == {"reason": "top_n", "scanned": 60}


def test_without_a_threshold_the_best_thousand_of_the_allowed_match(corpus, monkeypatch):
    monkeypatch.setattr(semantic, "NEAREST", 5)
    query = Query(text="cafe deal", mode="semantic", filters=("kind=odd",), facets=("kind", "number"), k=10)
    result = corpus.search(query)
    scores = similarities("cafe deal")
    odd = [i for i in range(60) if i % 2]
    best = sorted(odd, key=lambda i: (-round(scores[i], 5), i))[:5]
    assert result.total == 5
    assert {h.row for h in result.hits} == set(best)
    # A facet leaves its own field's filter out: the best five of all are counted by kind.
    every = sorted(range(60), key=lambda i: (-round(scores[i], 5), i))[:5]
    counts = {v.value: v.count for v in result.facets["kind"].values}
    assert counts == {k: n for k in ("even", "odd") if (n := sum((i % 2 == 1) == (k == "odd") for i in every))}
    assert sum(b.count for b in result.facets["number"].bins) == 5


def test_with_a_threshold_all_that_pass_are_counted_exactly_and_its_percentile_is_told(corpus):
    scores = similarities("cafe deal")
    threshold = 0.5
    result = corpus.search(Query(text="cafe deal", mode="semantic", threshold=threshold, facets=("kind",), k=3))
    passing = {i for i in range(60) if scores[i] >= threshold}
    assert 0 < len(passing) < 60
    assert result.total == len(passing) and result.partial is None
    assert result.similarity is not None
    assert result.similarity.percentile == pytest.approx(100 * (60 - len(passing)) / 60)
    assert sum(v.count for v in result.facets["kind"].values) == len(passing)
    assert result.to_json()["similarity"]["threshold"] == threshold


def test_examples_pull_and_push_and_are_not_among_the_hits(corpus):
    result = corpus.search(Query(like=("d2",), unlike=("d3",), mode="semantic", k=60))
    known = vectors().astype(np.float64)
    wanted = known[2] - 0.5 * known[3]
    scores = known @ (wanted / np.linalg.norm(wanted))
    assert {h.row for h in result.hits} == set(range(60)) - {2, 3}
    for hit in result.hits:
        assert hit.score == pytest.approx(scores[hit.row], abs=3e-3)
    assert result.notes == ["The 2 examples are not among the hits."]
    passing = corpus.search(Query(like=("d2",), mode="semantic", threshold=-1))
    assert passing.total == 59


def test_a_hybrid_ranking_is_the_sum_of_reciprocal_ranks_and_shows_both(corpus):
    words = [h.row for h in corpus.search(Query(text="cafe deal", k=60)).hits]
    meaning = [h.row for h in corpus.search(Query(text="cafe deal", mode="semantic", k=60)).hits]
    result = corpus.search(Query(text="cafe deal", mode="hybrid", weight=0.3, k=60))
    assert result.total == 60
    for hit in result.hits:
        by_words = words.index(hit.row) + 1 if hit.row in words else None
        by_meaning = meaning.index(hit.row) + 1
        assert hit.ranks is not None and (hit.ranks.words, hit.ranks.meaning) == (by_words, by_meaning)
        expected = 0.3 / (60 + by_meaning) + (0.7 / (60 + by_words) if by_words else 0)
        assert hit.score == pytest.approx(expected, rel=1e-5)
    assert all(a.score >= b.score for a, b in zip(result.hits, result.hits[1:], strict=False))
    assert any(h.highlights for h in result.hits)  # the words are marked
    assert set(result.to_json()["hits"][0]["ranks"]) == {"words", "meaning"}


def test_the_matches_of_hybrid_are_the_union(corpus):
    threshold = 0.8
    words = {h.row for h in corpus.search(Query(text="cafe", k=60)).hits}
    meaning = {h.row for h in corpus.search(Query(text="cafe", mode="semantic", threshold=threshold, k=60)).hits}
    result = corpus.search(Query(text="cafe", mode="hybrid", threshold=threshold, k=60))
    assert {h.row for h in result.hits} == words | meaning and result.total == len(words | meaning)
    assert result.partial is None and words - meaning


def test_examples_are_no_hits_of_hybrid_either(corpus):
    asked = Query(text="cafe deal", like=("d2",), mode="hybrid", k=60)
    assert "d2" in {h.id for h in corpus.search(Query(text="cafe deal", k=60)).hits}
    result = corpus.search(asked)
    assert "d2" not in {h.id for h in result.hits} and result.total == len(result.hits) == 59
    passing = corpus.search(Query(text="cafe deal", like=("d2",), mode="hybrid", threshold=0.9, k=60))
    assert "d2" not in {h.id for h in passing.hits} and passing.total == len(passing.hits)


def test_facets_of_a_filtered_hybrid_search_count_what_passes_the_other_filters(corpus):
    query = Query(text="cafe", mode="hybrid", filters=("kind=odd", "number<20"), facets=("kind", "number"), k=60)
    result = corpus.search(query)
    assert result.total == 10
    assert sum(v.count for v in result.facets["kind"].values) == 20
    assert sum(b.count for b in result.facets["number"].bins) == 30


def test_pages_of_any_size_are_of_one_ranking(corpus):
    for mode in ("semantic", "hybrid"):
        whole = [h.id for h in corpus.search(Query(text="cafe deal", mode=mode, k=60)).hits]
        pages = [
            h.id
            for at in range(0, 60, 7)
            for h in corpus.search(Query(text="cafe deal", mode=mode, k=7, offset=at)).hits
        ]
        assert pages == whole


def test_a_rank_by_words_beyond_the_depth_counts_only_for_what_meaning_does_not_find():
    words, meaning = np.arange(DEPTH + 5), np.array([DEPTH + 2, 7_000])
    rows, scores = fuse(words, meaning, 0.5)
    of = dict(zip(rows.tolist(), scores.tolist(), strict=True))
    assert of[DEPTH + 2] == 0.5 / 61
    assert of[DEPTH + 3] == 0.5 / (60 + DEPTH + 4)
    assert of[7_000] == 0.5 / 62


def test_sorts_samples_and_conditions_work_as_in_every_mode(corpus):
    result = corpus.search(Query(text="cafe", mode="semantic", threshold=0.4, sort="number:desc", k=60))
    numbers = [h.fields["number"] for h in result.hits]
    assert numbers == sorted(numbers, reverse=True) and result.hits[0].score is None
    sampled = corpus.search(Query(text="cafe", mode="semantic", threshold=0.4, sample=3, seed=1, k=60))
    assert len(sampled.hits) == 3 and sampled.total == result.total
    where = corpus.search(Query(text="cafe", mode="semantic", where="number < 10", k=60))
    assert {h.row for h in where.hits} == set(range(10))


def test_a_semantic_export_replays_after_another_embedder_came(corpus, tmp_path):
    own = with_vectors(build_corpus(tmp_path / "own", ROWS, annotators=(), part_size=25))
    query = Query(text="cafe deal", mode="semantic", threshold=0.5)
    recipe = export(own, query, tmp_path / "near.jsonl", ExportOptions())
    assert recipe.query["embedder"] == "fake"
    assert len(recipe.fingerprints["vectors by fake"]) == 3 and "index" not in recipe.fingerprints
    again = with_vectors(own, "other")
    replayed = replay(recipe, again, tmp_path / "again.jsonl")
    assert replayed.recipe.rows_sha256 == recipe.rows_sha256
    bare = manifests.Manifest(**again.manifest.__dict__ | {"dense": {"other": again.manifest.dense["other"]}})
    manifests.commit(own.folder, bare)
    with pytest.raises((ReplayRefused, InvalidQuery), match="fake"):
        replay(recipe, corpuscope.open(own.folder), tmp_path / "third.jsonl")
    assert not (tmp_path / "third.jsonl").exists()


def test_a_label_given_to_all_that_are_near_stays_with_the_embedder_that_found_them(corpus, tmp_path):
    own = with_vectors(build_corpus(tmp_path / "own", ROWS, annotators=(), part_size=25))
    query = Query(text="cafe deal", mode="semantic", threshold=0.5)
    total = own.search(query).total
    store = SessionStore(tmp_path / "sessions.sqlite")
    session = new_id()
    store.mark(session, own, "label", name="near", query=query, count=total)
    again = with_vectors(own, "other")
    marked = with_marks(again, store.marks(session))
    assert marked.search(Query(filters=("label=near",))).total == total
    recipe = export(marked, Query(filters=("label=near",)), tmp_path / "near.jsonl", ExportOptions())
    assert "vectors by fake" in recipe.fingerprints and "vectors by other" not in recipe.fingerprints
    assert recipe.marks is not None and recipe.marks[0]["query"]["embedder"] == "fake"


def test_limits_of_exports_and_runs_take_the_nearest(corpus, tmp_path):
    nearest = [h.id for h in corpus.search(Query(text="cafe deal", mode="semantic", k=4)).hits]
    export(corpus, Query(text="cafe deal", mode="semantic"), tmp_path / "four.jsonl", ExportOptions(limit=4))
    assert [json.loads(line)["id"] for line in (tmp_path / "four.jsonl").open()] == nearest
    lines = list(run_lines(corpus, "q", Query(text="cafe deal", mode="hybrid", k=5), "tag"))
    assert [line.split()[2] for line in lines] == [
        h.id for h in corpus.search(Query(text="cafe deal", mode="hybrid", k=5)).hits
    ]


def test_several_corpora_are_one_ranking_by_one_embedder_alone(corpus, tmp_path):
    other = with_vectors(build_corpus(tmp_path / "more", [{"id": "x", "text": "cafe deal"}], annotators=()))
    result = federation.search([corpus, other], Query(text="cafe deal", mode="semantic", k=5))
    assert (result.hits[0].corpus, result.hits[0].id) in {("more", "x"), ("letters", "d14")}
    assert {h.corpus for h in result.hits} == {"letters", "more"}
    assert result.hits[0].score == pytest.approx(1, abs=1e-3)
    both = federation.search([corpus, other], Query(like=("x",), mode="hybrid", k=3))
    assert both.hits[0].corpus == "letters"
    changed = DenseEntry({"kind": "letters", "sha256": "another"}, "first", {"kind": "exact", "vectors": 1})
    manifests.commit(other.folder, manifests.Manifest(**other.manifest.__dict__ | {"dense": {"fake": changed}}))
    with pytest.raises(InvalidQuery, match="do not compare"):
        federation.search([corpus, corpuscope.open(other.folder)], Query(text="cafe", mode="semantic"))


def test_suppressed_documents_are_neither_found_nor_examples(corpus, tmp_path):
    from indexing.maintenance import suppress

    own = with_vectors(build_corpus(tmp_path / "own", ROWS[:20], annotators=()))
    suppress(own.folder, ["d2", "d14"])
    now = corpuscope.open(own.folder)
    result = now.search(Query(text="cafe deal", mode="semantic", k=60))
    assert result.total == 18 and not {"d2", "d14"} & {h.id for h in result.hits}
    with pytest.raises(InvalidQuery, match="no document 'd2'.*example"):
        now.search(Query(like=("d2",), mode="semantic"))


BAD = [
    ({"like": ("d1",)}, "like is for the modes semantic and hybrid, not for 'keyword'"),
    ({"text": "x", "threshold": 0.5}, "threshold is for the modes"),
    ({"text": "x", "mode": "semantic", "threshold": 2}, "threshold is 2; it must be a number from -1 to 1"),
    ({"text": "x", "mode": "hybrid", "weight": 1.5}, "weight is 1.5"),
    ({"text": "x", "mode": "semantic", "threshold": float("nan")}, "threshold is nan"),
    ({"like": ("a",), "unlike": ("a",), "mode": "semantic"}, "cannot be an example of both"),
    ({"like": ("",), "mode": "semantic"}, "must be ids"),
]


@pytest.mark.parametrize(("asked", "sentence"), BAD)
def test_a_bad_question_is_one_sentence(asked, sentence):
    with pytest.raises(InvalidQuery, match=sentence):
        Query(**asked)


def test_what_the_corpus_cannot_answer_is_said(corpus):
    with pytest.raises(InvalidQuery, match="no document 'none' in letters@"):
        corpus.search(Query(like=("none",), mode="semantic"))
    with pytest.raises(InvalidQuery, match="no embeddings by 'fike'. Did you mean fake"):
        corpus.search(Query(text="cafe", mode="semantic", embedder="fike"))
    with pytest.raises(InvalidQuery, match="says nothing"):
        corpus.search(Query(text="zzz", mode="semantic"))
    with pytest.raises(InvalidQuery, match="least similarity"):
        Tally(corpus, Ledger(start=Query(text="cafe", mode="semantic"), rules=()))


def test_a_document_is_read_with_the_words_of_a_hybrid_query_marked(corpus):
    assert read(corpus, Query(text="cafe", mode="hybrid"), "d2").marks
    assert not read(corpus, Query(text="cafe", mode="semantic"), "d2").marks


def test_a_query_keeps_its_examples_through_json_and_words():
    query = Query(
        like=("a", "b", "a"), unlike=("c",), mode="hybrid", text="t", threshold=0.25, weight=0.7, embedder="e"
    )
    assert query.like == ("a", "b")
    assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query
    assert query.in_words() == "t · like a, b · unlike c · hybrid · similarity of 0.25 and more"
    assert not query.asks_for_everything and Query(mode="semantic").asks_for_everything


def test_a_corpus_without_embeddings_keeps_the_bytes_of_its_manifest(tiny_corpus: Corpus):
    written = (Path(tiny_corpus.folder) / manifests.FILE_NAME).read_text()
    assert "dense" not in json.loads(written) and "vectors" not in json.loads(written)["parts"][0]
