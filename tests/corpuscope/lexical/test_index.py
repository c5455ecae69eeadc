import math
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.errors import CorpusDamaged, InvalidQuery
from corpuscope.lexical import index as lexical
from corpuscope.lexical.index import LexicalIndex
from corpuscope.lexical.jvm import java
from corpuscope.query import K1, B, Query
from indexing.lexical import build_index

WORDS = ["oak", "elm", "fir", "ash", "yew", "box"]


def _open(folder: Path, texts: list[str], parts: int = 1) -> LexicalIndex:
    paths, rows = [], []
    for i, piece in enumerate(np.array_split(np.arange(len(texts)), parts)):
        part = folder / f"{parts}-{i}"
        part.mkdir()
        mine = [texts[j] for j in piece]
        pq.write_table(pa.table({"id": [str(j) for j in piece], "text": mine}), part / "documents.parquet")
        build_index(part / "documents.parquet", part / "bm25", language="en", advance=lambda _: None)
        paths.append(part / "bm25")
        rows.append(len(mine))
    return LexicalIndex.open(paths, rows, "en")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    chance = random.Random(3)
    return [" ".join(chance.choices(WORDS, weights=[50, 20, 9, 4, 2, 1], k=chance.randint(1, 30))) for _ in range(400)]


@pytest.fixture(scope="module")
def index(tmp_path_factory, texts) -> LexicalIndex:
    return _open(tmp_path_factory.mktemp("three"), texts, parts=3)


@pytest.fixture(scope="module")
def single(tmp_path_factory, texts) -> LexicalIndex:
    return _open(tmp_path_factory.mktemp("one"), texts)


def _ask(index: LexicalIndex, text: str, **more):
    return index.compile(Query(text=text, **more), lambda _: pytest.fail("no field is asked for"))


def _bm25(texts: list[str], words: list[str]) -> list[float]:
    """BM25 as Lucene counts it; lengths below 40 are stored exactly."""
    counts = [Counter(t.split()) for t in texts]
    mean = sum(c.total() for c in counts) / len(texts)
    total = [0.0] * len(texts)
    for word in words:
        frequency = sum(word in c for c in counts)
        idf = math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
        for i, c in enumerate(counts):
            total[i] += idf * c[word] / (c[word] + K1 * (1 - B + B * c.total() / mean))
    return total


query_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(words=query_words)
def test_scores_are_bm25(index, texts, words):
    rows, scores = _ask(index, " ".join(words)).ranked(len(texts))
    expected = _bm25(texts, words)
    assert np.allclose(scores, [expected[r] for r in rows], atol=1e-4)
    assert set(rows.tolist()) == {i for i, t in enumerate(texts) if set(words) & set(t.split())}


@settings(max_examples=60, deadline=None)
@given(words=query_words, k=st.integers(1, 50), share=st.sampled_from([0.005, 0.1, 0.7, 1.0]), seed=st.integers(0, 99))
def test_filtered_top_k_is_the_top_k_of_the_allowed(index, texts, words, k, share, seed):
    asked = _ask(index, " ".join(words))
    allowed = np.random.default_rng(seed).random(len(texts)) < share
    all_rows, all_scores = asked.ranked(len(texts))
    expected = [(r, s) for r, s in zip(all_rows, all_scores, strict=True) if allowed[r]]
    expected.sort(key=lambda hit: (-hit[1], hit[0]))
    rows, scores = asked.ranked(k, allowed)
    assert list(zip(rows, scores, strict=True)) == expected[:k]


@settings(max_examples=40, deadline=None)
@given(words=query_words, k=st.integers(1, 50))
def test_pruned_top_k_is_the_exhaustive_top_k(index, texts, words, k):
    asked = _ask(index, " ".join(words))
    assert all(np.array_equal(a, b[:k]) for a, b in zip(asked.ranked(k), asked.ranked(len(texts)), strict=True))


@settings(max_examples=40, deadline=None)
@given(words=query_words)
def test_parts_change_nothing(index, single, words):
    one, three = _ask(single, " ".join(words)), _ask(index, " ".join(words))
    assert np.array_equal(one.matches(), three.matches())
    assert all(np.array_equal(a, b) for a, b in zip(one.ranked(20), three.ranked(20), strict=True))


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=2, max_size=3))
def test_a_phrase_matches_where_the_words_follow_each_other(index, texts, words):
    phrase = " ".join(words)
    expected = [f" {phrase} " in f" {t} " for t in texts]
    asked = _ask(index, phrase, mode="phrase")
    assert asked.matches().tolist() == expected
    assert sorted(asked.ranked(len(texts))[0].tolist()) == [i for i, m in enumerate(expected) if m]


def test_slop_lets_words_come_between(tmp_path):
    index = _open(tmp_path, ["oak elm", "oak fir elm", "oak fir fir elm"])
    assert [_ask(index, "oak elm", mode="phrase", slop=n).matches().sum() for n in (0, 1, 2)] == [1, 2, 3]


def test_k1_and_b_belong_to_the_query(index):
    flat = _ask(index, "yew", k1=0.0, b=0.0).ranked(5)[1]
    assert len(set(flat.tolist())) == 1
    assert len(set(_ask(index, "yew").ranked(5)[1].tolist())) > 1


def test_ties_go_by_row(tmp_path):
    index = _open(tmp_path, ["oak", "elm", "oak", "oak"] * 5, parts=4)
    assert _ask(index, "oak").ranked(6)[0].tolist() == [0, 2, 3, 4, 6, 7]


@pytest.mark.parametrize("mode", ["keyword", "phrase", "boolean"])
@pytest.mark.parametrize("text", ["the of", "!!! …", "the"])
def test_a_query_of_stop_words_and_punctuation_is_empty(index, mode, text):
    if (mode, text) == ("boolean", "!!! …"):
        text = "…"  # "!" negates there
    asked = _ask(index, text, mode=mode)
    assert asked.is_empty
    assert not asked.matches().any()
    assert len(asked.ranked(5)[0]) == 0
    assert asked.spans(["the of !!! …"]) == [[]]


def test_half_a_character_is_refused(index):
    with pytest.raises(InvalidQuery, match="place 3"):
        _ask(index, "oa\ud800k")


def test_a_pasted_page_can_be_searched(index):
    page = " ".join(f"word{i}" for i in range(5_000)) + " yew"
    assert np.array_equal(_ask(index, page).matches(), _ask(index, "yew").matches())
    assert np.array_equal(_ask(index, page).ranked(3)[0], _ask(index, "yew").ranked(3)[0])


def test_a_pasted_book_is_refused_in_one_sentence(index):
    with pytest.raises(InvalidQuery, match="65,536"):
        _ask(index, " ".join(f"word{i}" for i in range(70_000))).ranked(3)


def test_none_are_ranked_when_none_are_asked_for_or_allowed(index, texts):
    assert len(_ask(index, "oak").ranked(0)[0]) == 0
    assert len(_ask(index, "oak").ranked(5, np.zeros(len(texts), dtype=bool))[0]) == 0


@pytest.mark.parametrize("share", [1.0, 0.5, None])
def test_a_long_ranking_in_pieces_is_the_whole_ranking(index, texts, monkeypatch, share):
    allowed = None if share is None else np.random.default_rng(1).random(len(texts)) < share
    whole = _ask(index, "oak yew").ranked(350, allowed)
    monkeypatch.setattr(lexical, "_PAGE", 23)
    assert all(np.array_equal(a, b) for a, b in zip(_ask(index, "oak yew").ranked(350, allowed), whole, strict=True))


def test_the_cached_mask_cannot_be_spoilt_by_its_reader(index):
    first = _ask(index, "oak").matches()
    first[:] = False
    assert _ask(index, "oak").matches().any()


def test_threads_get_their_own_answers(index):
    expected = {word: _ask(index, word).ranked(10)[0].tolist() for word in WORDS}

    def ask(i: int) -> bool:
        word = WORDS[i % len(WORDS)]
        asked = _ask(index, word)
        return asked.ranked(10)[0].tolist() == expected[word] and asked.spans([f"an {word}"]) == [[(3, 3 + len(word))]]

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(ask, range(300)))


def test_an_index_of_another_size_is_damage(tmp_path):
    _open(tmp_path, ["oak", "elm"])
    with pytest.raises(CorpusDamaged, match="holds 2 documents, not 3"):
        LexicalIndex.open([tmp_path / "1-0" / "bm25"], [3], "en")


def test_a_missing_index_is_damage(tmp_path):
    with pytest.raises(CorpusDamaged, match="nowhere"):
        LexicalIndex.open([tmp_path / "nowhere"], [3], "en")


def test_a_truncated_index_is_damage(tmp_path):
    _open(tmp_path, ["oak", "elm"]).close()
    for path in (tmp_path / "1-0" / "bm25").glob("*.tim"):
        path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(CorpusDamaged, match="bm25"):
        LexicalIndex.open([tmp_path / "1-0" / "bm25"], [2], "en")


def _open_files(folder: Path) -> int:
    """How often files of an index are mapped into memory, which is how Lucene holds them."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not list the mapped files of a process")
    return maps.read_text().count(str(folder))


def test_an_index_that_nobody_holds_gives_its_files_back(tmp_path):
    index = _open(tmp_path, ["oak", "elm"], parts=2)
    assert _ask(index, "oak").matches().any() and _open_files(tmp_path) > 0
    del index
    assert _open_files(tmp_path) == 0


def test_a_joined_index_outlives_its_members(tmp_path):
    index = _open(tmp_path, ["oak", "elm"])
    joined = LexicalIndex.join([index, index])
    index.close()
    del index
    assert _ask(joined, "oak").matches().tolist() == [True, False, True, False]
    del joined
    assert _open_files(tmp_path) == 0


def test_a_part_that_is_damaged_leaves_no_other_part_open(tmp_path):
    _open(tmp_path, ["oak", "elm"])
    whole = tmp_path / "1-0" / "bm25"
    for parts, rows in (([whole, tmp_path / "nowhere"], [2, 1]), ([whole, whole], [2, 3])):
        with pytest.raises(CorpusDamaged):
            LexicalIndex.open(parts, rows, "en")
    assert _open_files(tmp_path) == 0


def test_the_first_thread_to_use_java_need_not_be_the_main_one():
    work = "from corpuscope.lexical.jvm import java; print(java('java.lang.Thread').activeCount())"
    code = f"import threading; t = threading.Thread(target=exec, args=({work!r},)); t.start(); t.join()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip().isdigit(), done.stderr) == (True, "")


def test_java_forgets_threads_that_have_ended(index):
    for _ in range(30):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda word: _ask(index, word).ranked(3), WORDS))
    assert java("java.lang.Thread").activeCount() < 20
