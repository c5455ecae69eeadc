from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.dense import kernels
from corpuscope.dense.index import DenseIndex
from corpuscope.dense.stored import best_of
from corpuscope.errors import CorpusDamaged
from indexing.dense import build_index
from tests.corpuscope.dense.vectors import WIDTH, corpus_of, random_vectors


def brute(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    return vectors.astype(np.float64) @ query.astype(np.float64)


def expected(scores: np.ndarray, allowed: np.ndarray, k: int) -> set[int]:
    rows = np.flatnonzero(allowed)
    return set(rows[np.argsort(-scores[rows], kind="stable")[:k]].tolist())


@pytest.mark.parametrize("width", [1, 7, 16, 384, 1000])
def test_products_of_halves_are_those_of_floats(width: int):
    rng = np.random.default_rng(width)
    vectors = rng.standard_normal((50, width)).astype(np.float16)
    query = rng.standard_normal(width).astype(np.float32)
    every, some = np.zeros(50, np.float32), np.zeros(3, np.float32)
    kernels.products(vectors.view(np.uint16), query, every, 0, 50)
    kernels.products_of(vectors.view(np.uint16), np.array([49, 0, 7]), query, some, 0, 3)
    np.testing.assert_allclose(every, brute(vectors, query), rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(some, every[[49, 0, 7]])  # a document has one similarity, however it was found


def test_halves_of_every_kind_are_read_right():
    halves = np.array([[0.0], [-0.0], [1.0], [-2.5], [65504.0], [6e-8], [6.1e-5]], np.float16)
    out = np.empty(len(halves), np.float32)
    kernels.products(halves.view(np.uint16), np.ones(1, np.float32), out, 0, len(halves))
    np.testing.assert_array_equal(out, halves[:, 0].astype(np.float32))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 120), st.floats(0, 1), st.integers(1, 50), st.integers(0, 10_000))
def test_the_nearest_within_any_filter_are_those_of_brute_force(n: int, share: float, k: int, seed: int):
    rng = np.random.default_rng(seed)
    folder, manifest, vectors, _ = corpus_of([n, 17], seed=seed)
    index = DenseIndex.open(folder, manifest, "fake")
    query = random_vectors(1, seed + 1)[0].astype(np.float32)
    allowed = rng.random(n + 17) < share
    rows, scores = index.nearest(query, k, allowed)
    assert set(rows.tolist()) == expected(brute(vectors, query), allowed, k)
    np.testing.assert_allclose(scores, brute(vectors, query)[rows], rtol=1e-3, atol=1e-3)
    assert (np.diff(scores) <= 0).all()


def test_a_document_of_passages_is_as_near_as_its_best_one(tmp_path: Path):
    folder, manifest, vectors, owners = corpus_of([30, 20], passages=True, seed=3)
    index = DenseIndex.open(folder, manifest, "fake")
    query = random_vectors(1, 5)[0].astype(np.float32)
    every = brute(vectors, query)
    best = np.array([every[owners == row].max() for row in range(50)])
    np.testing.assert_allclose(index.similarities(query), best, rtol=1e-3, atol=1e-3)
    rows, _ = index.nearest(query, 5, np.arange(50) % 2 == 1)
    assert set(rows.tolist()) == expected(best, np.arange(50) % 2 == 1, 5)
    places = index.best_passages(query, rows)
    assert places is not None
    for row, (start, end) in zip(rows.tolist(), places, strict=True):
        of_row = np.flatnonzero(owners == row)
        which = int(np.argmax(every[of_row]))
        assert (start, end) == (10 * which, 10 * which + 10)


def test_lists_of_faiss_are_exact_where_few_are_allowed_and_nearly_so_elsewhere():
    folder, manifest, vectors, _ = corpus_of([3_000, 1_000], seed=1)
    queries = list(random_vectors(20, 9).astype(np.float32))
    entry = build_index(folder, manifest, "fake", lambda: queries, exact_numbers=0)
    assert entry.index["kind"] == "IVF128,SQ8"
    assert entry.index["recall"]["1"] >= 0.95
    assert entry.index_file is not None
    with_lists = manifest.__class__(**manifest.__dict__ | {"dense": {"fake": entry}})
    index = DenseIndex.open(folder, with_lists, "fake")
    assert index._lists is not None
    scores = brute(vectors, queries[0])
    for share in (0.5, 0.1, 0.01):
        allowed = np.random.default_rng(0).random(4_000) < share
        rows, _ = index.nearest(queries[0], 10, allowed)
        assert allowed[rows].all()
        assert set(rows.tolist()) == expected(scores, allowed, 10)  # so few numbers are all looked at
    exact = DenseIndex(index.stored, index._lists, scan_numbers=0)
    hits = 0
    for query in queries:
        allowed = np.random.default_rng(0).random(4_000) < 0.3
        rows, near = exact.nearest(query, 10, allowed)
        assert allowed[rows].all()
        np.testing.assert_allclose(near, brute(vectors, query)[rows], rtol=1e-3, atol=1e-3)
        hits += len(expected(brute(vectors, query), allowed, 10) & set(rows.tolist()))
    assert hits >= 0.9 * 200


def test_where_a_few_documents_have_all_the_nearest_passages_more_are_looked_for():
    folder, manifest, vectors, owners = corpus_of([600], passages=True, seed=4)
    index = DenseIndex.open(folder, manifest, "fake")

    class Lists:
        asked: list[int] = []

        def nearest(self, query, k, allowed):
            self.asked.append(k)
            numbers = np.argsort(-(vectors.astype(np.float64) @ query), kind="stable")
            return np.concatenate([np.flatnonzero(owners == 7), numbers])[:k]

    repeated = DenseIndex(index.stored, Lists())
    rows, _ = repeated.nearest(vectors[0].astype(np.float32), 20, None)
    assert len(rows) == 20 and len(set(rows.tolist())) == 20
    assert Lists.asked[0] == 40 and Lists.asked == sorted(Lists.asked)


def test_added_vectors_go_into_the_lists_that_are_there():
    folder, manifest, vectors, _ = corpus_of([3_000], seed=1)
    queries = list(random_vectors(5, 9).astype(np.float32))
    before = build_index(folder, manifest, "fake", lambda: queries, exact_numbers=0)
    folder, grown, vectors, _ = corpus_of([3_000, 500], seed=1, folder=folder)
    after = build_index(folder, grown, "fake", lambda: queries, before=before, exact_numbers=0)
    assert after.index["trained_on"] == 3_000
    assert after.index["vectors"] == 3_500
    assert after.index["lists"] == before.index["lists"]
    index = DenseIndex.open(folder, grown.__class__(**grown.__dict__ | {"dense": {"fake": after}}), "fake")
    target = vectors[3_200].astype(np.float32)
    assert DenseIndex(index.stored, index._lists, scan_numbers=0).nearest(target, 1, None)[0].tolist() == [3_200]


def test_ties_go_by_row_and_fewer_than_wanted_are_all_there_are():
    rows, scores = best_of(np.array([5, 1, 9]), np.array([0.5, 0.5, 0.9], np.float32), 2)
    assert rows.tolist() == [9, 1]
    assert best_of(np.array([4]), np.array([0.1], np.float32), 10)[0].tolist() == [4]


def test_a_file_that_is_no_array_of_vectors_is_damage(tmp_path: Path):
    folder, manifest, _, _ = corpus_of([10], seed=1)
    path = folder / manifest.parts[0].vectors["fake"].vectors.path
    np.save(path, np.zeros((10, WIDTH), np.float32))
    with pytest.raises(CorpusDamaged, match="not 10 vectors of float16"):
        DenseIndex.open(folder, manifest, "fake")
    path.write_bytes(b"no array")
    with pytest.raises(CorpusDamaged, match="corpuscope verify"):
        DenseIndex.open(folder, manifest, "fake")
