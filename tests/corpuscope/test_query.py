import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope import FacetRequest, Query, Sort
from corpuscope.errors import InvalidQuery
from corpuscope.query import MODES

names = st.text(min_size=1, max_size=8) | st.sampled_from(["a:desc", "b:asc", "c:12", "d"])
queries = st.builds(
    Query,
    text=st.text(max_size=20),
    mode=st.sampled_from(MODES),
    slop=st.integers(0, 9),
    filters=st.lists(st.sampled_from(["a=1", "b!=2..3", 'c="x,y"', "d?"]), max_size=3).map(tuple),
    sort=st.none() | st.builds(Sort, names, st.booleans()),
    k=st.integers(0, 100),
    seed=st.integers(0, 2**63 - 1),
    facets=st.lists(st.builds(FacetRequest, names, st.integers(1, 99)), max_size=3).map(tuple),
    mask=st.booleans(),
)


@given(queries)
def test_a_query_survives_json(query):
    assert Query.from_json(query.to_json()) == query


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": -1},
        {"k": 2.5},
        {"k": True},
        {"k": 10**9},
        {"offset": "3"},
        {"sample": 0},
        {"seed": -1},
        {"b": 1.5},
        {"mode": "nosuch"},
        {"text": None},
        {"text": 5},
        {"filters": 5},
        {"filters": (5,)},
        {"filters": "no operator"},
        {"where": 5},
        {"sort": 5},
        {"facets": "x:0"},
        {"facets": "x:-5"},
        {"facets": "x:99999999"},
        {"nosuch": 1},
    ],
)
def test_what_no_query_can_be_is_refused_in_a_sentence(wrong):
    with pytest.raises(InvalidQuery):
        Query.from_json(wrong)


@pytest.mark.parametrize("expression", ["x:--5", "x:²", "x:", ":5"])
def test_an_odd_facet_is_a_field_name(expression):
    assert str(FacetRequest.parse(expression)) in (expression, f"{expression}:20")
