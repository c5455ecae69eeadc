import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.signals.codepoints import code_points
from indexing.toxicity.windows import LONGEST, SHORTEST, cut


def pieces(*texts: str) -> list[list[str]]:
    codes, offsets = code_points(pa.array(texts, pa.large_string()))
    windows = cut(codes, offsets)
    found: list[list[str]] = [[] for _ in texts]
    for row, start, end in zip(*(column.tolist() for column in windows), strict=True):
        found[row].append(texts[row][start - offsets[row] : end - offsets[row]])
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab .!?\n\r\u2028\u0301\U0001f600\x00\u3002"), max_size=2_000), max_size=3))
def test_windows_cover_every_text_in_order_and_none_is_too_long(texts: list[str]) -> None:
    found = pieces(*texts)
    assert ["".join(windows) for windows in found] == texts
    assert all(0 < len(window) <= LONGEST for windows in found for window in windows)


def test_a_line_ends_a_window_before_a_sentence_and_a_sentence_before_a_word() -> None:
    words, sentence = "word " * 39, "One more sentence here. "
    assert pieces(f"{words}\n{sentence * 20}")[0][0] == f"{words}\n"
    assert pieces(words * 2 + sentence + words * 3)[0][0] == words * 2 + sentence
    assert pieces(words * 9)[0][0] == "word " * (LONGEST // 5)


def test_text_without_any_boundary_is_cut_at_the_longest() -> None:
    assert [len(window) for window in pieces("\u4eca" * 1_000)[0]] == [LONGEST, LONGEST, 1_000 - 2 * LONGEST]


def test_a_post_is_one_window_and_an_empty_text_has_none() -> None:
    assert pieces("Two. Short. Sentences.\nAnd a line.", "", "x") == [
        ["Two. Short. Sentences.\nAnd a line."],
        [],
        ["x"],
    ]


def test_windows_do_not_depend_on_the_texts_around_them() -> None:
    text = "Some words, then more. " * 60
    assert pieces(text, "x" * 700, text)[2] == pieces(text)[0]
    assert np.all([len(window) > SHORTEST for window in pieces(text)[0][:-1]])
