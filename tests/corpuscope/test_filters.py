import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpuscope.errors import InvalidQuery
from corpuscope.filters import Filter, Range

texts = st.text(min_size=1, max_size=12)
values = texts | st.builds(Range, texts, st.none() | texts) | st.builds(Range, st.none(), texts)


@given(texts.filter(str.strip), st.sampled_from(["=", "!="]), st.lists(values, min_size=1, max_size=4))
def test_a_filter_survives_being_written_and_read(field, op, wanted):
    condition = Filter(field, op, tuple(wanted))
    assert Filter.parse(str(condition)) == condition


@given(texts.filter(str.strip), st.sampled_from([">", ">=", "<", "<="]), texts)
@example("a", ">", "=0")
def test_a_comparison_survives_being_written_and_read(field, op, wanted):
    condition = Filter(field, op, (wanted,))
    assert Filter.parse(str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year=2016..2018", Filter("year", "=", (Range("2016", "2018"),))),
        ("year=..2018", Filter("year", "=", (Range(None, "2018"),))),
        ("source!=news,wiki", Filter("source", "!=", ("news", "wiki"))),
        ('topic="Science, Math & Technology"', Filter("topic", "=", ("Science, Math & Technology",))),
        ('"odd name">=2', Filter("odd name", ">=", ("2",))),
        ("title?", Filter("title", "?")),
        ("title!?", Filter("title", "!?")),
        ("q=a=b", Filter("q", "=", ("a=b",))),
    ],
)
def test_the_grammar_reads_as_documented(text, expected):
    assert Filter.parse(text) == expected


@pytest.mark.parametrize("text", ["", "nothing", "=x", 'a="open', "a=..", "a>=", "a>=1,2", "a?b"])
def test_nonsense_is_refused_in_a_sentence(text):
    with pytest.raises(InvalidQuery, match="filter|range"):
        Filter.parse(text)


@pytest.mark.parametrize("bounds", [(".", None), (None, "."), ("a.", "b"), ("a", ".b"), ("..", None)])
def test_a_bound_that_is_a_dot_stays_on_its_side(bounds: tuple[str | None, str | None]):
    condition = Filter("a", "=", (Range(*bounds),))
    assert Filter.parse(str(condition)) == condition
