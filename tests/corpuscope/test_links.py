from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.errors import InvalidQuery
from corpuscope.filters import Filter, Range
from corpuscope.links import DOCUMENT, PAGES, SEARCH, Link, from_params, from_url, to_params, to_url
from corpuscope.query import BY_MEANING, MODES, FacetRequest, Query, Sort

names = st.from_regex(r"[a-z][a-z0-9_.]{0,10}", fullmatch=True)
words = st.text(max_size=12)
bounds = st.text(min_size=1, max_size=6)
ranges = st.builds(Range, bounds, st.none() | bounds) | st.builds(Range, st.none(), bounds)
filters = (
    st.builds(Filter, names, st.sampled_from(["?", "!?"]))
    | st.builds(
        Filter, names, st.sampled_from(["=", "!="]), st.lists(words | ranges, min_size=1, max_size=3).map(tuple)
    )
    | st.builds(Filter, names, st.sampled_from([">", ">=", "<", "<="]), st.tuples(bounds))
)
orders = st.fixed_dictionaries({"sort": st.none() | st.builds(Sort, names, st.booleans())}) | st.fixed_dictionaries(
    {"sample": st.none() | st.integers(1, 2**31 - 1), "seed": st.integers(0, 2**63 - 1)}
)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    return Query(
        text=draw(words),
        mode=draw(st.sampled_from(MODES)),
        slop=draw(st.integers(0, 9)),
        k1=draw(st.floats(0, 1000)),
        b=draw(st.floats(0, 1)),
        filters=draw(st.lists(filters, max_size=3).map(tuple)),
        where=draw(st.none() | words),
        k=draw(st.integers(0, 1000)),
        offset=draw(st.integers(0, 10**6)),
        facets=draw(st.lists(st.builds(FacetRequest, names, st.integers(1, 99)), max_size=3).map(tuple)),
        mask=draw(st.booleans()),
        **draw(orders),
    )


places = st.fixed_dictionaries(
    {
        "corpus": st.none() | words,
        "page": st.sampled_from(PAGES),
        "session": st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
        "document": st.none() | words,
        "at": st.none() | st.integers(1, 10**9),
        "start": st.none() | st.integers(0, 10**9),
        "show": st.none() | st.lists(names, max_size=3).map(tuple),
        "by": st.none() | st.lists(names, max_size=2).map(tuple),
        "area": st.none() | words,
        "rules": st.none() | st.lists(filters.map(str), max_size=3).map(tuple),
        "part": st.none() | st.from_regex(r"(only|shared|kept)-[1-9]\d?", fullmatch=True),
    }
)


@given(
    st.lists(words.filter(bool), max_size=4, unique=True),
    st.none() | st.floats(-1, 1),
    st.floats(0, 1),
    st.sampled_from(BY_MEANING),
)
def test_a_link_to_what_is_like_examples_reads_back(ids: list[str], threshold: float | None, weight: float, mode: Any):
    query = Query(like=tuple(ids[:2]), unlike=tuple(ids[2:]), threshold=threshold, weight=weight, mode=mode)
    link = Link(query, "demo")
    assert from_params(to_params(link), link.page) == link
    assert from_url(to_url(link)) == link


@given(queries(), places)
def test_a_link_reads_back_as_it_was_written(query: Query, place: dict[str, Any]):
    link = Link(query, **place)
    assert from_params(to_params(link), link.page) == link
    assert from_url(to_url(link)) == link


def test_another_page_keeps_corpus_session_and_query_but_not_the_document():
    link = Link(Query(text="a"), "demo", DOCUMENT, "s1", "c4-17", 3, 900, ("year",))
    assert link.to(SEARCH) == Link(Query(text="a"), "demo", SEARCH, "s1", show=("year",))
    assert to_url(link.to(SEARCH)).startswith("./?") and to_url(link).startswith("document?")


def test_a_page_that_is_not_there_is_named():
    with pytest.raises(InvalidQuery, match="no page 'overvew'.*overview"):
        from_url("overvew?q=a")


def test_a_link_is_readable_and_says_nothing_twice():
    query = Query(text="climate policy", filters=("year>=2016", "source=news,wiki"), sort="date:desc")
    assert to_params(Link(query, "demo")) == {
        "corpus": ["demo"],
        "q": ["climate policy"],
        "filter": ["year>=2016", "source=news,wiki"],
        "sort": ["date:desc"],
    }
    assert to_params(Link(Query())) == {}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("?filters=a=b", "Did you mean filter"),
        ("?k=ten", "k='ten'; it must be a whole number"),
        ("?b=x", "a number"),
        ("?mask=perhaps", "yes or no"),
        ("?part=most-1", "part='most-1'; it must be only, shared or kept"),
        ("?q=a&q=b", "'q' 2 times"),
        ("?mode=fuzzy", "no mode 'fuzzy'"),
        ("?k=-1", "must be a whole number from 0"),
        ("?session=../../x", "session='../../x'; it must be 1 to 64 letters"),
        ("?filter=nonsense", "no field and operator"),
    ],
)
def test_a_wrong_link_is_explained(url: str, sentence: str):
    with pytest.raises(InvalidQuery, match=sentence):
        from_url(url)
