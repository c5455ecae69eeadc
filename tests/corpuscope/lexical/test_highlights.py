import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.lexical import boolean
from corpuscope.lexical.analysis import get_analyzer, get_languages
from corpuscope.lexical.highlights import find_spans
from corpuscope.lexical.jvm import java


def _query(text: str, language: str = "en"):
    return boolean.any_of(boolean.text_leaves(boolean.parse(text, get_analyzer(language))))


def _words(text: str, language: str = "en"):
    generator = java("io.anserini.search.query.BagOfWordsQueryGenerator")()
    return generator.buildQuery("contents", get_analyzer(language), text)


def _marked(query: str, text: str, language: str = "en") -> list[str]:
    spans = find_spans(_query(query, language), get_analyzer(language), [text])[0]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    return [text[a:b] for a, b in spans]


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("runs", "He runs, running RUN runner", ["runs", "running", "RUN"]),
        ('"white house"', "The white car, the White House, a house white", ["White House"]),
        ('"oak elm"~1', "oak fir elm, oak fir fir elm", ["oak fir elm"]),
        ("librar*", "library, the Libraries and a librarian", ["library", "Libraries", "librarian"]),
        ("*nd", "band and hand", ["band", "hand"]),
        ("h?t", "hat hit heat", ["hat", "hit"]),
        ("color~1", "colour color collar", ["colour", "color"]),
        ("oak -elm", "oak elm", ["oak"]),
        ("oak AND (elm OR fir)", "oak fir", ["oak", "fir"]),
        ("text", "a𝒳 text 👩‍🌾text text", ["text", "text", "text"]),
        ("café", "the cafe\u0301 and the café", ["café"]),
        ("two", "one\0two\u2028two\r\ntwo", ["two", "two", "two"]),
        ("oak", "", []),
        ("the", "the oak", []),
    ],
)
def test_what_matched_is_marked(query, text, marked):
    assert _marked(query, text) == marked


words = st.sampled_from(["running", "run", "Houses", "house", "𝒳", "oak's", "the", "👩‍🌾", "e\u0301t", "\n", "2019"])


@settings(max_examples=60, deadline=None)
@given(text=st.lists(words, max_size=30).map(" ".join), query=st.lists(words, min_size=1, max_size=3).map(" ".join))
def test_every_mark_is_a_word_of_the_query(text, query):
    analyze = java("io.anserini.analysis.AnalyzerUtils").analyze
    terms = {str(t) for t in analyze(get_analyzer("en"), query)}
    spans = find_spans(_words(query), get_analyzer("en"), [text])[0]
    assert {str(t) for a, b in spans for t in analyze(get_analyzer("en"), text[a:b])} <= terms
    assert len(spans) == sum(str(t) in terms for t in analyze(get_analyzer("en"), text))


def test_texts_are_answered_in_order():
    assert find_spans(_query("oak"), get_analyzer("en"), ["", "oak", "elm", "an oak"]) == [[], [(0, 3)], [], [(3, 6)]]


@pytest.mark.parametrize("query", ["needle", '"needle pin"', "needl*", "nedle~2"])
def test_a_match_far_into_a_huge_text_is_found_quickly(query):
    filler = "hay and straw in the barn. " * 100_000
    text = filler + "needle pin " + filler
    started = time.perf_counter()
    assert _marked(query, text)[0] in ("needle", "needle pin")
    assert time.perf_counter() - started < 5


def test_a_phrase_across_the_edge_of_windows_is_found():
    for shift in range(0, 60, 7):
        text = "x" * shift + " hay" * 4_995 + " needle pin" + " hay" * 30_000
        assert _marked('"needle pin"', text) == ["needle pin"]


def test_a_huge_text_without_spaces_is_read():
    assert _marked("語言", "山" * 150_000 + "語言" + "山" * 10, language="zh") == ["語言"]


def test_matches_of_an_ordinary_text_are_all_marked():
    assert len(_marked("oak", "oak elm " * 5_000)) == 5_000


def test_every_language_marks_its_words():
    text = "Häuser. Maisons. 東京都の家。 บ้านของฉัน. Дома́ и домики. घरों में। البيوت الكبيرة. Будинки. 서울의 집 evlerin."
    for language in sorted(get_languages()):
        assert find_spans(_words(text, language), get_analyzer(language), [text])[0], language
