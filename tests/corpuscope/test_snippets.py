import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from corpuscope.snippets import WIDTH, cut

LONG = " ".join(f"word{i:04}" for i in range(1_000))


def _span(text: str, word: str) -> tuple[int, int]:
    start = text.index(word)
    return start, start + len(word)


def test_a_short_text_is_shown_whole():
    snippet = cut("a short text", [(2, 7)])
    assert (snippet.start, snippet.end, snippet.spans) == (0, 12, [(2, 7)])


def test_without_a_match_the_start_is_shown():
    snippet = cut(LONG, [])
    assert snippet.start == 0
    assert LONG[: snippet.end].endswith("word0025")


def test_a_far_match_is_shown_amid_its_words():
    snippet = cut(LONG, [_span(LONG, "word0700")])
    shown = LONG[snippet.start : snippet.end]
    assert [shown[a:b] for a, b in snippet.spans] == ["word0700"]
    assert all(len(word) == 8 for word in shown.split(" "))
    assert WIDTH - 60 < len(shown) <= WIDTH


def test_the_densest_place_wins_over_the_first():
    spans = [_span(LONG, "word0001"), _span(LONG, "word0500"), _span(LONG, "word0502")]
    assert len(cut(LONG, spans).spans) == 2


def test_the_first_of_equal_places_wins():
    assert cut(LONG, [_span(LONG, "word0300"), _span(LONG, "word0900")]).start < 300 * 9


def test_a_match_longer_than_the_window_is_cut():
    snippet = cut("x" * 1_000, [(100, 900)])
    assert snippet.start == 100
    assert snippet.spans == [(0, snippet.end - snippet.start)]


def test_marks_stay_with_their_letter():
    text = "e\u0301" * 1_000
    snippet = cut(text, [(501 * 2, 501 * 2 + 2)])
    assert unicodedata.combining(text[snippet.start]) == 0
    assert snippet.end == len(text) or unicodedata.combining(text[snippet.end]) == 0


def test_joined_emoji_stay_whole():
    text = "👩‍🌾" * 500
    snippet = cut(text, [(900, 903)])
    assert snippet.start % 3 == 0
    assert snippet.end % 3 == 0


@given(st.text(alphabet="ab \n\u0301", max_size=600), st.lists(st.integers(0, 600), max_size=12), st.integers(10, 100))
def test_spans_mark_the_same_text_in_the_snippet(text, places, width):
    edges = sorted({p for p in places if p <= len(text)})
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    snippet = cut(text, spans, width)
    assert bool(snippet.spans) == bool(spans)
    for a, b in snippet.spans:
        inside = [(max(s, snippet.start), min(e, snippet.end)) for s, e in spans]
        assert (a + snippet.start, b + snippet.start) in inside
        assert 0 <= a < b <= snippet.end - snippet.start
