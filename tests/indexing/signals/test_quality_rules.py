import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings

from corpuscope.english.words import words
from corpuscope.rules import KEEP, RULES, SYSTEMS, failed_field, rules_of
from indexing.annotate import run
from indexing.annotators.quality_rules import QUALITY_RULES
from indexing.signals.codepoints import code_points
from indexing.signals.english_classes import english_classes
from indexing.signals.english_exceptions import rules
from indexing.signals.english_tokens import PLACE, START, new_words
from indexing.signals.english_words import cut_words
from tests.plain_rules import plain_values
from tests.rule_texts import rule_texts


def compiled_words(text: str) -> list[tuple[int, int]]:
    codes, _ = code_points(pa.array([text], pa.large_string()))
    room = new_words(len(codes))
    count = cut_words(codes, 0, len(codes), english_classes(), rules(), room)
    starts, places = room.tokens[: count + 1, START], room.tokens[:count, PLACE]
    return [(p, p + n) for p, n in zip(places.tolist(), np.diff(starts).tolist(), strict=True) if n]


def annotated(text: str | None) -> dict[str, object]:
    arrays = run(QUALITY_RULES, {}, {"text": pa.array([text], pa.large_string())}, 1)
    return {field.name: array.to_pylist()[0] for field, array in zip(QUALITY_RULES.fields, arrays, strict=True)}


@settings(max_examples=300, deadline=None)
@given(rule_texts)
@example("172.1\u0666.0.1/a-b 172.16.0.1/a-b 172.2\u0666.0.1/a-b 2\u0661\u0661.1.1.1/a-b 1.2.3.\u0661/a-b")
@example("I can't see the U.S. at 8a.m.: 5km, US$5 (x-a.) and me@x.org/a-b or 8.8.8.8/a-b")
def test_compiled_loops_find_the_words_that_plain_python_finds(text: str) -> None:
    assert compiled_words(text) == words(text)


@settings(max_examples=300, deadline=None)
@given(rule_texts)
@example("a [1] b. {x} lorem[2] ipsum {\nlorem ipsum here. javascript {a b}\nUse CooKies now. [3]  d")
def test_values_are_those_of_plain_python(text: str) -> None:
    found = annotated(text)
    assert {name: found[name] for name in plain_values(text)} == plain_values(text)


@settings(max_examples=200, deadline=None)
@given(rule_texts)
def test_a_page_is_kept_if_no_rule_fails_and_else_the_decision_is_the_first_that_does(text: str) -> None:
    found = annotated(text)
    for system in SYSTEMS:
        failed = found[failed_field(system)]
        assert found[system] == (failed[0] if failed else KEEP)
        assert set(failed) == {rule.reason for rule in rules_of(system) if not rule.passes(found[rule.value])}


@pytest.mark.parametrize("first", ["lorem_ipsum", "curly_bracket"])
def test_c4_names_what_stands_first_in_the_text(first: str) -> None:
    lines = {"lorem_ipsum": "Here is lorem ipsum text.", "curly_bracket": "if (x) { return y; }"}
    second = next(name for name in lines if name != first)
    found = annotated(f"{lines[first]}\n{lines[second]}\n{lines[first]}")
    assert found["c4_quality_failed"] == [first, second, "too_few_sentences"]


def test_a_null_text_has_no_decision_and_an_empty_one_fails() -> None:
    assert set(annotated(None).values()) == {None}
    assert [annotated("")[s] for s in SYSTEMS] == ["gopher_short_doc", "empty", "too_few_sentences", "empty"]


def test_every_rule_judges_a_field_of_the_annotator() -> None:
    names = {field.name for field in QUALITY_RULES.fields}
    assert {name for rule in RULES for name in (rule.system, failed_field(rule.system), rule.value)} <= names


def test_runs_of_words_that_were_made_to_have_one_sum_are_told_apart() -> None:
    one = [bin(i).count("1") % 2 for i in range(4096)]
    first, second = ("".join("ab"[bit ^ flip] for bit in one) for flip in (0, 1))
    tail = " c d e f "
    assert annotated(first + tail + second + tail)["gopher_repetition_duplicate_5_gram_characters"] == 0.0
