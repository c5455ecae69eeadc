import pytest
from hypothesis import given, settings

from corpuscope.english.words import words
from corpuscope.reading.evidence import evidence
from corpuscope.rules import RULES, Rule
from tests.plain_rules import plain_values
from tests.rule_texts import rule_texts

BY_VALUE = {rule.value: rule for rule in RULES}


def marked(value: str, text: str) -> list[str]:
    return [text[start:end] for start, end in evidence(BY_VALUE[value], text)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.system}:{rule.reason}")
@settings(max_examples=25, deadline=None)
@given(text=rule_texts)
def test_places_are_in_the_text_and_in_order(rule: Rule, text: str) -> None:
    spans = evidence(rule, text)
    assert spans == sorted(spans) and all(0 <= start < end <= len(text) for start, end in spans)


@settings(max_examples=200, deadline=None)
@given(rule_texts)
def test_the_values_follow_from_the_places(text: str) -> None:
    values, all_words = plain_values(text), len(words(text))
    lines = len(text.splitlines())

    def share(value: str, of: float, size: float) -> None:
        if of and values[value] is not None:
            assert values[value] == pytest.approx(size / of)

    share("gopher_quality_hashes_per_word", all_words, len(marked("gopher_quality_hashes_per_word", text)))
    share("gopher_quality_ellipses_per_word", all_words, len(marked("gopher_quality_ellipses_per_word", text)))
    share("gopher_quality_bullet_lines", lines, len(marked("gopher_quality_bullet_lines", text)))
    share("gopher_quality_ellipsis_lines", lines, len(marked("gopher_quality_ellipsis_lines", text)))
    with_letters = all_words - len(marked("gopher_quality_alphabetic_words", text))
    share("gopher_quality_alphabetic_words", all_words, with_letters)
    for piece in ("paragraph", "line"):
        name = f"gopher_repetition_duplicate_{piece}_characters"
        share(name, len(text), sum(map(len, marked(name, text))))
    for n in range(5, 11):
        name = f"gopher_repetition_duplicate_{n}_gram_characters"
        share(name, len(text), sum(len("".join(run.split())) for run in marked(name, text)))
    unpunctuated = len(marked("fineweb_quality_punctuated_lines", text))
    not_blank = values["fineweb_quality_lines"]
    share("fineweb_quality_punctuated_lines", not_blank, not_blank - unpunctuated)
    share("fineweb_quality_short_lines", not_blank, len(marked("fineweb_quality_short_lines", text)))
    repeated = sum(map(len, marked("fineweb_quality_duplicate_line_characters", text)))
    share("fineweb_quality_duplicate_line_characters", len(text.replace("\n", "")), repeated)
    dropped = marked("c4_quality_sentences", text)
    assert values["c4_quality_dropped_lines"] == len(dropped)
    assert values["c4_quality_dropped_characters"] == sum(map(len, dropped))
    assert (values["c4_quality_lorem_ipsum_lines"] > 0) == bool(marked("c4_quality_lorem_ipsum_lines", text))
    assert (values["c4_quality_curly_bracket_lines"] > 0) == bool(marked("c4_quality_curly_bracket_lines", text))


def test_the_most_frequent_run_of_words_is_marked_wherever_it_stands() -> None:
    text = "buy it now or buy it later"
    assert marked("gopher_repetition_top_2_gram_characters", text) == ["buy it", "buy it"]


def test_a_phrase_is_found_around_a_citation_mark() -> None:
    assert marked("c4_quality_lorem_ipsum_lines", "Some Lorem[1] IPSUM text") == ["Lorem[1] IPSUM"]


def test_a_mean_has_no_place() -> None:
    assert marked("gopher_quality_mean_word_length", "a few words") == []
