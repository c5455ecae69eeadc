import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.annotate import run
from indexing.annotators.redpajama_v2 import FIELDS, REDPAJAMA_V2
from indexing.signals import redpajama
from indexing.signals.word_lists import WordLists, cells_of
from tests.indexing.signals.plain_redpajama import signals

STOP_WORDS = frozenset({"a", "the", "und", "a's", "...", "\u00e9t\u00e9", "i"})
BAD_WORDS = frozenset({"bad", "very bad", "very bad word", "a b c d e", "bad very", "", "a  b", "\u00e9t\u00e9", "i"})

#: Few words, so that n-grams come again; and what signals look for.
PIECES = st.sampled_from(
    ["a", "the", "bad", "very", "word", "b", "c", "d", "e", "I", "AB", "\u00e9t\u00e9", "lorem", "Lorem", "ipsum"]
    + ["\u0131psum", "ip\u017fum", "javascript", "Javascript!", "{", "}", "#", "..", "...", "\u2026", ".", "!", "?"]
    + ["\u201d", "\u2022", "\u2013", "-", "12", "\u00bd", "\u2460", "\u01c5", "\u00aa", "\u24b6", "_"]
    + [" ", " ", " ", "\n", "\n", "\u2028", "\u0085", "\x1c", "\x00", "\u3000", "\ufeff", "\u200d", "\u0301"]
    + ["\u0947", "\U0001f600", "\U00020000", "\uac01", "\u0130", "\u03a3", "\u0345"]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="module", autouse=True)
def _own_lists() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        lists = WordLists(cells_of(STOP_WORDS), cells_of(BAD_WORDS))
        patch.setattr(redpajama, "word_lists", lambda: lists)
        yield


def computed(texts: list[str]) -> list[dict[str, float | None]]:
    figures = redpajama.compute_signals(pa.array(texts, pa.large_string()))
    return [
        {name: None if math.isnan(v) else v for name, v in zip(redpajama.SIGNALS, row, strict=True)}
        for row in figures.tolist()
    ]


@settings(deadline=None, max_examples=300)
@given(st.lists(TEXTS, max_size=4))
def test_signals_are_what_their_definitions_say(texts: list[str]) -> None:
    for text, found in zip(texts, computed(texts), strict=True):
        wanted = signals(text, (STOP_WORDS, BAD_WORDS))
        assert found == {n: None if v is None else pytest.approx(v, rel=1e-12, abs=1e-12) for n, v in wanted.items()}


def test_a_long_text_among_short_ones_is_no_other_than_alone() -> None:
    texts = ["a bad word. " * 5, "the very bad word, \u00e9t\u00e9 \u2026\n" * 5_000, "", "a b c d e"]
    assert computed(texts) == [computed([text])[0] for text in texts]


def test_a_text_of_one_word_alone_takes_linear_time() -> None:
    found = computed(["word " * 300_000])[0]
    assert found["rps_doc_word_count"] == 300_000 and found["rps_doc_unigram_entropy"] == 0
    assert found["rps_doc_frac_chars_dupe_10grams"] == 1 and found["rps_doc_frac_chars_top_2gram"] > 1.9999


def test_an_empty_text_has_counts_and_a_missing_one_has_nothing() -> None:
    empty, spaces, null = zip(
        *(a.to_pylist() for a in run(REDPAJAMA_V2, {}, {"text": pa.array(["", " \n", None], pa.large_string())}, 3)),
        strict=True,
    )
    values = dict(zip((f.name for f in FIELDS), zip(empty, spaces, strict=True), strict=True))
    assert values["rps_doc_word_count"] == (0, 0) and values["rps_doc_mean_word_length"] == (None, None)
    assert values["rps_doc_stop_word_fraction"] == (0, 0) and values["rps_lines_num_words.mean"] == (None, 0)
    assert set(null) == {None}


def test_values_are_rounded_as_they_are_published() -> None:
    values = run(REDPAJAMA_V2, {}, {"text": pa.array(["a bb bb"], pa.large_string())}, 1)
    found = dict(zip((f.name for f in FIELDS), (v[0].as_py() for v in values), strict=True))
    assert found["rps_doc_mean_word_length"] == 1.66666667
    assert found["rps_doc_unigram_entropy"] == round(-(1 / 3 * np.log(1 / 3) + 2 / 3 * np.log(2 / 3)), 8)
