import time

import pyarrow as pa

from corpuscope import toxicity
from corpuscope.spans import parse_spans
from corpuscope.toxicity import MOST_SPANS, THRESHOLD
from indexing.annotate import run
from indexing.annotators.check import check
from indexing.annotators.toxicity import FIELDS, TOXICITY

INSULT = "Shut up, you pathetic idiot, nobody wants to hear from trash like you."
PLAIN = "The committee met on Tuesday and talked about roads, and then about bridges. "


def values(*texts: str | None) -> dict[str, list[object]]:
    columns = {"text": pa.array(texts, pa.large_string())}
    result = run(TOXICITY, {}, columns, len(texts))
    return {field.name: array.to_pylist() for field, array in zip(FIELDS, result, strict=True)}


def test_toxicity_keeps_the_contract() -> None:
    check(TOXICITY)


def test_a_post_is_flagged_whole_and_its_words_are_placed() -> None:
    found = values(INSULT)
    (score,), (spans,) = found[toxicity.SCORE], found[toxicity.SPANS]
    assert score >= THRESHOLD
    assert found[toxicity.MEAN] == [score]
    assert found[toxicity.SHARE] == [1.0]
    assert spans == [f"0-{len(INSULT)} {score:.4f}"]
    words = parse_spans(found[toxicity.WORD_SPANS][0])
    assert [(INSULT[s.start : s.end], s.label) for s in words] == [
        ("Shut up", "insult"),
        ("pathetic", "insult"),
        ("idiot", "insult"),
    ]
    assert found[toxicity.WORDS] == [3]


def test_flagged_windows_of_a_long_text_are_where_the_insult_is() -> None:
    before = "\U0001f600\u2028e\u0301\x00 " + PLAIN * 20
    text = f"{before}\n{INSULT * 5}\n{PLAIN * 20}"
    (spans,) = values(text)[toxicity.SPANS]
    assert spans
    assert all(INSULT[:20] in text[s.start : s.end] for s in parse_spans(spans, len(text)))


def test_share_and_mean_are_weighted_by_characters() -> None:
    text = f"{PLAIN * 20}\n{INSULT * 5}\n{PLAIN * 20}"
    found = values(text)
    flagged = sum(s.end - s.start for s in parse_spans(found[toxicity.SPANS][0]))
    assert found[toxicity.SHARE] == [flagged / len(text)]
    assert 0 < found[toxicity.MEAN][0] < found[toxicity.SCORE][0]


def test_texts_without_content_have_no_probability_and_null_has_nothing() -> None:
    found = values("", " \t\n\u2028", None)
    assert found[toxicity.SCORE] == found[toxicity.MEAN] == found[toxicity.SHARE] == [None, None, None]
    assert found[toxicity.SPANS] == found[toxicity.WORD_SPANS] == [[], [], None]
    assert found[toxicity.WORDS] == [0, 0, None]


def test_of_many_spans_the_first_words_are_kept() -> None:
    text = "idiot " * (3 * MOST_SPANS)
    found = values(text)
    assert found[toxicity.WORDS] == [3 * MOST_SPANS]
    (words,) = found[toxicity.WORD_SPANS]
    assert words == [f"{6 * i}-{6 * i + 5} insult" for i in range(MOST_SPANS)]


def test_fifty_megabytes_are_judged_in_bounded_time() -> None:
    text = "1\u0301 lorem ipsum dolor sit amet " * (50_000_000 // 30)
    begun = time.perf_counter()
    assert values(text)[toxicity.WORDS] == [0]
    assert time.perf_counter() - begun < 120
