from hypothesis import given
from hypothesis import strategies as st

from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.query import FacetRequest, Query
from corpuscope.results import Bin
from pages.widgets import refine

values = st.sampled_from(["a", "b", "c, d", "", "e..f"])
filters = st.lists(
    st.builds(Filter, st.sampled_from(["x", "y"]), st.sampled_from(["=", "!="]), st.tuples(values)),
    max_size=3,
    unique_by=lambda f: (f.field, f.op),
)


def written(query: Query) -> list[str]:
    return [str(f) for f in query.filters]


def test_a_click_adds_another_adds_to_it_a_third_takes_back():
    one = refine.toggle_value(Query(offset=30), "x", "a")
    two = refine.toggle_value(one, "x", "b")
    assert (written(one), written(two)) == (["x=a"], ["x=a,b"])
    assert written(refine.toggle_value(two, "x", "a")) == ["x=b"]
    assert one.offset == 0


def test_an_excluded_value_can_be_asked_for_and_the_other_way_round():
    out = refine.toggle_exclusion(Query(filters=("x=a,b",)), "x", "a")
    assert written(out) == ["x=b", "x!=a"]
    assert written(refine.toggle_value(out, "x", "a")) == ["x=b,a"]


@given(filters, st.sampled_from(["x", "y"]), values)
def test_a_second_click_undoes_the_first(given_filters: list[Filter], field: str, value: str):
    query = Query(filters=tuple(given_filters))
    if refine.has_value(query, field, value, excluded=True):
        return
    twice = refine.toggle_value(refine.toggle_value(query, field, value), field, value)
    assert {(f.field, f.op, frozenset(f.values)) for f in twice.filters} == {
        (f.field, f.op, frozenset(f.values)) for f in query.filters
    }


def bins(type_: str, low: object, high: object, *, last: bool = False) -> list[str]:
    return [str(f) for f in refine.range_of(Field(name="f", type=type_), Bin(low, high, 1, 1), last=last)]


def test_a_bin_becomes_the_plainest_filters_that_mean_it():
    assert bins("int", 2016, 2017) == ["f=2016"]
    assert bins("int", 10, 20) == ["f=10..19"]
    assert bins("int", 10, 20, last=True) == ["f=10..20"]
    assert bins("int", 2018, 2019, last=True) == ["f=2018"]
    assert bins("double", 0.1, 0.2) == ["f>=0.1", "f<0.2"]
    assert bins("double", 0.1, 0.2, last=True) == ["f=0.1..0.2"]
    assert bins("timestamp", "2016-01-01", "2017-01-01") == ["f=2016"]
    assert bins("timestamp", "2010-01-01", "2020-01-01") == ["f=2010..2019"]
    assert bins("timestamp", "2016-12-01", "2017-01-01") == ["f=2016-12"]
    assert bins("timestamp", "2016-11-01", "2016-12-01") == ["f=2016-11"]
    assert bins("timestamp", "2016-11-02", "2016-11-03") == ["f=2016-11-02"]


def test_a_range_takes_the_place_of_the_one_before_and_a_second_click_drops_it():
    query = Query(filters=("f>=1", "f<2", "f!=1.5", "g=1"))
    wanted = refine.range_of(Field(name="f", type="double"), Bin(3.0, 4.0, 1, 1), last=False)
    moved = refine.toggle_range(query, wanted)
    assert written(moved) == ["f!=1.5", "g=1", "f>=3.0", "f<4.0"]
    assert written(refine.toggle_range(moved, wanted)) == ["f!=1.5", "g=1"]


def test_conditions_go_one_by_one_or_together():
    query = Query(filters=("f=1", "g=2"), where="f > 0", text="x", offset=20)
    assert written(refine.without_filter(query, 0)) == ["g=2"]
    assert refine.without_filters(query) == Query(text="x")


def test_facets_are_added_widened_and_removed():
    shown = (FacetRequest("a", 8), FacetRequest("b", 8))
    assert refine.with_facet(Query(), shown, FacetRequest("c", 8)).facets == (*shown, FacetRequest("c", 8))
    assert refine.with_facet(Query(), shown, FacetRequest("a", 28)).facets == (FacetRequest("a", 28), shown[1])
    assert refine.without_facet(Query(), shown, "a").facets == (shown[1],)


def test_more_like_this_asks_by_meaning_beside_what_was_asked_by_words():
    first = refine.like(Query(text="floods", offset=20), "a")
    assert (first.mode, first.like, first.offset) == ("hybrid", ("a",), 0)
    both = refine.unlike(refine.like(first, "b"), "a")
    assert (both.like, both.unlike) == (("b",), ("a",))
    assert refine.like(Query(), "a").mode == "semantic"
    assert refine.like(Query(text="f.*d", mode="regex"), "a").mode == "semantic"
    assert refine.without_example(both, "a").unlike == ()


def test_a_mode_that_knows_nothing_of_meaning_drops_the_examples():
    query = Query(text="t", like=("a",), threshold=0.5, mode="hybrid", offset=10)
    assert refine.in_mode(query, "keyword", "u") == Query(text="u")
    assert refine.in_mode(query, "semantic", "u") == Query(text="u", like=("a",), threshold=0.5, mode="semantic")
