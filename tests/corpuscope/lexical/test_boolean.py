from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuscope.errors import InvalidQuery, UnknownField
from corpuscope.filters import Filter
from corpuscope.lexical.index import LexicalIndex
from corpuscope.query import Query
from indexing.lexical import build_index

TEXTS = ["oak elm", "oak", "elm fir", "fir", "ash oak fir", "elm elm oak"]
SOURCES = ["news", "wiki", "news", "A b", "wiki", "news"]


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> LexicalIndex:
    folder: Path = tmp_path_factory.mktemp("boolean")
    pq.write_table(pa.table({"id": list("abcdef"), "text": TEXTS}), folder / "documents.parquet")
    build_index(folder / "documents.parquet", folder / "bm25", language="en", advance=lambda _: None)
    return LexicalIndex.open([folder / "bm25"], [len(TEXTS)], "en")


def _source_mask(wanted: Filter) -> np.ndarray:
    if wanted.field != "source":
        raise UnknownField(wanted.field, ["source"])
    return np.array([wanted.op == "?" or s in wanted.values for s in SOURCES])


def _ask(index, text, field_mask=_source_mask):
    return index.compile(Query(text=text, mode="boolean"), field_mask)


def _rows(index, text) -> list[int]:
    return np.flatnonzero(_ask(index, text).matches()).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("oak elm", [0, 1, 2, 4, 5]),
        ("oak AND elm", [0, 5]),
        ("+oak -elm", [1, 4]),
        ("oak AND (elm OR ash)", [0, 4, 5]),
        ('"elm oak"', [5]),
        ('"oak elm"~2', [0, 5]),
        ("as*", [4]),
        ("*sh", [4]),
        ("o?k", [0, 1, 4, 5]),
        ("oek~1", [0, 1, 4, 5]),
        ("*:*", [0, 1, 2, 3, 4, 5]),
        ("-oak", [2, 3]),
        ("fir OR (NOT elm)", [1, 2, 3, 4]),
        ("source:news", [0, 2, 5]),
        ('source:"A b"', [3]),
        (r"source:A\ b", [3]),
        ("source:NEWS", []),
        ("source:(wiki news)", [0, 1, 2, 4, 5]),
        ('source:("A b" wiki)', [1, 3, 4]),
        ("source:*", [0, 1, 2, 3, 4, 5]),
        ("-source:news", [1, 3, 4]),
        ("oak AND source:news", [0, 5]),
        ("+source:wiki oak", [1, 4]),
        ("(fir AND source:wiki) OR (elm AND -source:news) OR ash", [4]),
        ("oak AND NOT (source:news OR ash)", [1]),
        ("(source:wiki)^3 AND (fir)^2", [4]),
        ("contents:ash", [4]),
    ],
)
def test_tree_matches(index, text, rows):
    assert _rows(index, text) == rows


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("year:2016", ["year=2016"]),
        ("year:[2016 TO 2018]", ["year=2016..2018"]),
        ("year:[2016 TO *]", ["year=2016.."]),
        ("year:{2016 TO 2018}", ["year={2016 TO 2018}"]),
        ("year:{* TO 2018}", ["year=[* TO 2018}"]),
        ("year:[* TO *]", ["year?"]),
        ("date:[2016-01-02 TO 2016-03-04}", ["date=[2016-01-02 TO 2016-03-04}"]),
        (r"url.host:\*x", ["url.host=*x"]),
        ("a\\ field:1", ['"a field"=1']),
        ('topic:"Science, Math"', ['topic="Science, Math"']),
        ("n:\\-3", ["n=-3"]),
    ],
)
def test_field_leaves_become_filters(index, text, filters):
    seen: list[str] = []

    def note(wanted: Filter) -> np.ndarray:
        seen.append(str(wanted))
        return np.zeros(len(TEXTS), dtype=bool)

    _ask(index, text, note)
    assert seen == filters


def test_scores_come_from_the_text_leaves(index):
    plain, with_field = _ask(index, "oak elm").ranked(6), _ask(index, "(oak elm) AND source:news").ranked(6)
    kept = [(r, s) for r, s in zip(*plain, strict=True) if SOURCES[r] == "news"]
    assert list(zip(*with_field, strict=True)) == kept


@pytest.mark.parametrize(
    ("with_field", "plain"),
    [
        ("oak OR (elm NOT fir) OR (source:wiki AND NOT source:wiki)", "oak OR (elm NOT fir)"),
        ("oak OR (ash AND elm AND source:*)", "oak OR (ash AND elm)"),
        ("+(oak OR source:*) elm", "oak elm *:*^0"),
        ("fir OR (+(yew OR source:*)^2 +elm)", "fir elm"),
    ],
)
def test_a_field_leaf_leaves_the_scores_of_the_text(index, with_field, plain):
    found, wanted = _ask(index, with_field).ranked(6), _ask(index, plain).ranked(6)
    assert (found[0].tolist(), found[1].tolist()) == (wanted[0].tolist(), wanted[1].tolist())


def test_rows_found_by_a_field_alone_follow_by_row(index):
    rows, scores = _ask(index, "ash OR source:news").ranked(10)
    assert rows.tolist() == [4, 0, 2, 5]
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0, 0]


def test_ranking_keeps_to_the_allowed(index):
    allowed = np.array([0, 1, 1, 1, 0, 0], dtype=bool)
    assert _ask(index, "ash OR source:news").ranked(10, allowed)[0].tolist() == [2]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("oak AND", "ends too early, after 'oak AND'"),
        ('fir "oak elm', "character 5 on, near '\"oak elm'"),
        ("(oak", "ends too early"),
        ("oak )elm", "character 5 on, near '[)]elm'"),
        ("AND oak", "character 1 on, near 'AND oak'"),
        ("oak \\", "ends too early"),
        ("ash^-1", "character 5 on, near '-1'"),
        ("\\u12", "Truncated unicode escape"),
        ("𝒳𝒳 )", "character 4 on"),
        ("line\n oak )", "character 11 on"),
        ("year:[1 TO", "ends too early"),
        ("a:b:c", "character 4 on, near ':c'"),
        ("http://x", "http"),
        ("see http://x.org/a AND (", "Quote what is meant as text"),
    ],
)
def test_an_error_says_where_and_what_would_work(index, text, place):
    with pytest.raises(InvalidQuery, match=place) as caught:
        _ask(index, text)
    assert "mode keyword" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["source:new*", "source:nws~", "source:n?ws", "source:/n.*/"])
def test_patterns_on_fields_are_refused_by_name(index, text):
    with pytest.raises(InvalidQuery, match=r"source:value, source:\[a TO b\] and source:\*"):
        _ask(index, text)


def test_an_unknown_field_is_named(index):
    with pytest.raises(UnknownField, match="colour"):
        _ask(index, "oak AND colour:red")


def test_plus_signs_in_a_word_are_text(index):
    assert _rows(index, "oak++") == _rows(index, "oak")


def test_deep_nesting_is_refused(index):
    with pytest.raises(InvalidQuery, match="nested too deeply"):
        _ask(index, "(" * 100_000 + "oak" + ")" * 100_000)


@pytest.mark.parametrize("group", ["(oak OR ", "(NOT ", "(source:news OR "])
def test_groups_nest_as_deep_as_a_hundred(index, group):
    assert _rows(index, group * 90 + "elm" + ")" * 90) in ([0, 1, 2, 4, 5], [0, 2, 5])
    with pytest.raises(InvalidQuery, match="nested too deeply"):
        _ask(index, group * 1_200 + "elm" + ")" * 1_200)


def test_many_groups_side_by_side_are_not_deep(index):
    assert _rows(index, "(oak AND elm) " * 300) == [0, 5]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/a(b/", r"cannot be read \(expected '\)' at position 3\)"),
        ("/<5-a>/", "cannot be read"),
        ("[" + "a" * 4_000 + " TO b]", "cannot be read"),
        ("/(a?){500}/", "too complex"),
        ("x" * 40_000 + "*", "40,001 characters"),
        ("*" * 40_000, "40,000 characters"),
    ],
)
def test_a_pattern_that_lucene_cannot_take_is_refused(index, text, reason):
    with pytest.raises(InvalidQuery, match=reason) as caught:
        _ask(index, text)
    assert len(str(caught.value)) < 300


leaf = st.sampled_from(["oak", "elm", "fir", "ash", "source:news", "source:wiki", "yew"])
trees = st.recursive(
    leaf,
    lambda inner: st.tuples(st.sampled_from(["AND", "OR", "NOT"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=6,
)


def _write(tree) -> str:
    if isinstance(tree, str):
        return tree
    sign = {"AND": "+", "OR": "", "NOT": "-"}[tree[0]]
    return "(" + " ".join(sign + _write(t) for t in tree[1]) + ")"


def _holds(tree, row: int) -> bool:
    if isinstance(tree, str):
        name, colon, value = tree.partition(":")
        return SOURCES[row] == value if colon else name in TEXTS[row].split()
    found = [_holds(t, row) for t in tree[1]]
    return {"AND": all(found), "OR": any(found), "NOT": not any(found)}[tree[0]]


@settings(max_examples=150, deadline=None)
@given(tree=trees)
def test_any_tree_is_set_algebra(index, tree):
    expected = [i for i in range(len(TEXTS)) if _holds(tree, i)]
    asked = _ask(index, _write(tree))
    assert np.flatnonzero(asked.matches()).tolist() == expected
    assert sorted(asked.ranked(10)[0].tolist()) == expected
