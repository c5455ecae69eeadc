import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope import scan
from corpuscope.errors import CorpusDamaged, InvalidQuery

ALPHABET = [*"abA \n\r\0.\\*(0-", "\u2028", "\u0085", "é", "e\u0301", "語", "👩‍🌾", "𝒳"]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    chance = random.Random(5)
    return ["".join(chance.choices(ALPHABET, k=chance.randint(0, 12))) for _ in range(900)] + [
        "on 2019-01-02.",
        "x" * 5_000,
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory, texts) -> tuple[list[Path], list[int]]:
    folder, paths, rows = tmp_path_factory.mktemp("scan"), [], []
    for i, piece in enumerate((texts[:400], texts[400:])):
        paths.append(folder / f"{i}.parquet")
        rows.append(len(piece))
        pq.write_table(pa.table({"text": piece}), paths[-1], row_group_size=7)
    return paths, rows


def _scan(files, pattern, *, regex, allowed=None, budget_s=None):
    return scan.scan(*files, pattern, regex=regex, allowed=allowed, budget_s=budget_s)


pieces = st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=3).map("".join)


@settings(max_examples=60, deadline=None)
@given(pattern=pieces)
def test_exact_is_pythons_in(files, texts, pattern):
    found = _scan(files, pattern, regex=False)
    assert found.mask.tolist() == [pattern in t for t in texts]
    assert (found.scanned_rows, found.partial) == (len(texts), False)


@pytest.mark.parametrize(
    "pattern", [r"\ba", r"[ab]{2}", "(?i)a.b", r"^\s", "語|é", r"\x00", "(?s)a.*b", "$", r"\d{4}-\d\d", r"\pL𝒳"]
)
def test_regex_is_re2(files, texts, pattern):
    compiled = re2.compile(pattern)
    assert _scan(files, pattern, regex=True).mask.tolist() == [compiled.search(t) is not None for t in texts]


def test_a_string_too_long_for_a_program_is_found(files, texts):
    assert np.flatnonzero(_scan(files, "x" * 4_000, regex=False).mask).tolist() == [len(texts) - 1]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), share=st.sampled_from([0.0, 0.01, 0.5]))
def test_only_allowed_rows_match(files, texts, seed, share):
    allowed = np.random.default_rng(seed).random(len(texts)) < share
    found = _scan(files, "a", regex=False, allowed=allowed)
    assert found.mask.tolist() == [bool(ok) and "a" in t for ok, t in zip(allowed, texts, strict=True)]
    assert found.scanned_rows == allowed.sum()


def test_a_spent_budget_is_said(files):
    found = _scan(files, "a", regex=False, budget_s=0)
    assert (found.mask.any(), found.scanned_rows, found.partial) == (False, 0, True)


def test_an_expression_that_would_take_others_forever_is_quick(files):
    assert not _scan(files, r"(x+x+)+y", regex=True, budget_s=5).partial


@pytest.mark.parametrize(
    ("pattern", "why"), [("(a", "missing"), ("a**", "repetition"), (r"(?=a)", "perl|invalid"), (r"\1", "escape")]
)
def test_a_faulty_expression_is_explained_in_re2s_words(pattern, why):
    with pytest.raises(InvalidQuery, match=why):
        scan.check_pattern(pattern, regex=True)
    scan.check_pattern(pattern, regex=False)


def test_half_a_character_is_refused():
    with pytest.raises(InvalidQuery, match="place 2"):
        scan.check_pattern("a\ud800", regex=False)


@settings(max_examples=60, deadline=None)
@given(text=st.lists(st.sampled_from(ALPHABET), max_size=20).map("".join), pattern=pieces)
def test_every_span_is_the_pattern(text, pattern):
    for regex in (False, True):
        spans = scan.spans([text], re2.escape(pattern) if regex else pattern, regex=regex)[0]
        assert all(text[a:b] == pattern for a, b in spans)
        assert len(spans) == text.count(pattern)


def test_spans_of_an_expression_count_code_points_and_are_not_empty():
    assert scan.spans(["é👩‍🌾 2019-01-02 x", "none", ""], r"\d+|x|q*", regex=True) == [
        [(5, 9), (10, 12), (13, 15), (16, 17)],
        [],
        [],
    ]


def test_a_broken_file_is_damage(tmp_path):
    (tmp_path / "p").write_bytes(b"no parquet")
    with pytest.raises(CorpusDamaged, match="cannot be read"):
        scan.scan([tmp_path / "p"], [1], "a", regex=False, allowed=None, budget_s=None)
