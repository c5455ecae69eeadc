from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.errors import CorpuscopeError
from indexing.vectors import embed_documents, file_stem, keep_vectors, npy_path, passages_path
from tests.corpuscope.dense.embedding import LetterEmbedder

WORDS = ["abba", "bead", "cafe", "deal", "edge", "face", "game", "head", "idea", "jail", "keep", "lamb"]


def documents(folder: Path, texts: list[str], titles: list[str | None] | None = None) -> Path:
    columns = {"id": [str(i) for i in range(len(texts))], "text": texts}
    columns |= {"title": titles} if titles else {}
    path = folder / "documents.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def embed(folder: Path, path: Path, cut: str = "first", rows: int = 5):
    embedder = LetterEmbedder()
    counted: list[int] = []
    target = folder / "vectors" / "fake"
    done = embed_documents(path, target, embedder, cut, rows_at_once=rows, advance=counted.append)
    return np.load(npy_path(target)), done, counted, embedder


def test_vectors_are_aligned_with_rows_whatever_is_read_at_once(tmp_path: Path):
    texts = [" ".join(WORDS[i % 12 : i % 12 + 1 + i % 5]) for i in range(33)]
    path = documents(tmp_path, texts)
    few, done, counted, _ = embed(tmp_path, path, rows=4)
    many, _, _, _ = embed(tmp_path, path, rows=1000)
    assert few.dtype == np.float16 and few.shape == (33, 16)
    np.testing.assert_array_equal(few, many)
    expected = LetterEmbedder().embed([t.split() for t in texts])
    np.testing.assert_allclose(few, expected, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(few.astype(float), axis=1), 1, atol=2e-3)
    assert sum(counted) == done.documents == 33
    assert done.tokens == sum(len(t.split()) for t in texts)
    assert not list(tmp_path.rglob("*.tmp"))


def test_passages_lie_at_exact_places_of_the_text_and_a_title_is_no_part_of_it(tmp_path: Path):
    long = " ".join(WORDS * 3)
    path = documents(tmp_path, ["abba", long, "deal"], [None, "jail", None])
    vectors, done, _, _ = embed(tmp_path, path, "passages")
    table = pq.read_table(passages_path(tmp_path / "vectors" / "fake"))
    rows, starts, ends = (table.column(c).to_pylist() for c in ("row", "start", "end"))
    assert rows[0] == 0 and rows[-1] == 2 and rows == sorted(rows)
    assert len(vectors) == len(rows) == done.passages
    assert done.longer == 1
    assert (starts[1], ends[-2]) == (0, len(long))
    for row, a, b, vector in list(zip(rows, starts, ends, vectors, strict=True))[2:-1]:
        assert row == 1
        assert len(long[a:b].split()) <= 8 and long[a - 1] == " "
        np.testing.assert_allclose(vector, LetterEmbedder().embed([long[a:b].split()])[0], atol=1e-3)


def test_the_mean_of_its_passages_is_one_vector_a_document(tmp_path: Path):
    path = documents(tmp_path, ["abba", " ".join(WORDS * 3)])
    vectors, _, _, _ = embed(tmp_path, path, "mean")
    assert len(vectors) == 2
    np.testing.assert_allclose(np.linalg.norm(vectors.astype(float), axis=1), 1, atol=2e-3)
    first, _, _, _ = embed(tmp_path, path, "first")
    assert np.abs(vectors[1] - first[1]).max() > 0.05
    np.testing.assert_array_equal(vectors[0], first[0])


def test_a_job_that_fails_leaves_no_file_that_looks_whole(tmp_path: Path):
    class Fails(LetterEmbedder):
        def embed(self, items):
            if len(self.batches) == 2:
                raise RuntimeError("the device is gone")
            return super().embed(items)

    path = documents(tmp_path, WORDS * 3)
    target = tmp_path / "vectors" / "fake"
    with pytest.raises(RuntimeError, match="gone"):
        embed_documents(path, target, Fails(), "passages", rows_at_once=5, advance=lambda rows: None)
    assert not npy_path(target).exists() and not passages_path(target).exists()


def test_vectors_that_are_no_numbers_are_refused(tmp_path: Path):
    class Nan(LetterEmbedder):
        def embed(self, items):
            return super().embed(items) * np.nan

    path = documents(tmp_path, WORDS)
    with pytest.raises(CorpuscopeError, match="not finite"):
        embed_documents(path, tmp_path / "v" / "x", Nan(), "first", rows_at_once=5, advance=lambda rows: None)


def test_kept_vectors_are_those_of_the_kept_documents(tmp_path: Path):
    path = documents(tmp_path, ["abba", " ".join(WORDS * 3), "deal", "idea keep"])
    vectors, _, _, _ = embed(tmp_path, path, "passages")
    source = tmp_path / "vectors" / "fake"
    target = tmp_path / "other" / "fake"
    keep = np.array([False, True, False, True])
    keep_vectors(npy_path(source), target, keep, passages_path(source))
    rows = pq.read_table(passages_path(target)).column("row").to_pylist()
    assert rows == [0] * (len(rows) - 1) + [1]
    np.testing.assert_array_equal(np.load(npy_path(target)), np.concatenate([vectors[1:-2], vectors[-1:]]))


def test_another_model_or_another_cut_has_other_files():
    first = file_stem("m", {"sha256": "a"}, "first")
    assert len({first, file_stem("m", {"sha256": "b"}, "first"), file_stem("m", {"sha256": "a"}, "mean")}) == 3
    assert first == file_stem("m", {"sha256": "a"}, "first")
