import pyarrow as pa

from corpuscope.toxicity import WORD_CATEGORIES
from indexing.signals.codepoints import code_points
from indexing.toxicity.windows import cut
from indexing.toxicity.words import hits


def found(*texts: str) -> list[tuple[int, str, str]]:
    codes, offsets = code_points(pa.array(texts, pa.large_string()))
    windows = cut(codes, offsets)
    at = hits(codes, windows)
    rows = windows.rows[at.windows].tolist()
    places = zip(rows, at.starts.tolist(), at.ends.tolist(), at.categories.tolist(), strict=True)
    return [(row, texts[row][a - offsets[row] : b - offsets[row]], WORD_CATEGORIES[c]) for row, a, b, c in places]


def test_words_are_found_whole_with_their_categories() -> None:
    assert found("What a moron. Scunthorpe, classic assessment.") == [(0, "moron", "insult")]


def test_the_longest_phrase_counts_once() -> None:
    assert found("go and kill yourself now") == [(0, "kill yourself", "violence")]


def test_case_accents_and_simple_disguises_make_no_difference() -> None:
    assert [text for _, text, _ in found("IDIOT", "1d i o t", "\u0457diot i-d-i-o-t", "mor0n", "sh*t")] == [
        "IDIOT",
        "i-d-i-o-t",
        "mor0n",
        "sh*t",
    ]


def test_offsets_are_code_points_of_the_text_as_it_stands() -> None:
    assert found("\U0001f600 e\u0301\u0301 @a http://x.org/ i\u200bdiot\u2028\x00 stupid") == [
        (0, "i\u200bdiot", "insult"),
        (0, "stupid", "insult"),
    ]


def test_texts_of_other_rows_are_not_joined() -> None:
    assert found("kill", "yourself") == []
