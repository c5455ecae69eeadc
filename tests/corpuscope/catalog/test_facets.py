import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.catalog.columns import NumberColumn
from corpuscope.catalog.facets import choose_edges, count, group
from corpuscope.fields import Field
from corpuscope.query import FacetRequest

MICROSECONDS_A_DAY = 86_400_000_000


def column(values, kind="int", **about):
    dtype = np.float64 if kind == "double" else np.int64
    array = np.array(values, dtype=dtype)
    field = Field(name="x", type=kind, **about)
    return NumberColumn(field, len(array), None, None, array, np.ones(len(array), dtype=bool))


ints = st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=50)
doubles = st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=50)
days = st.lists(st.integers(-500 * 365, 2000 * 365).map(lambda d: d * MICROSECONDS_A_DAY + 5), min_size=1, max_size=50)
declared = st.none() | st.lists(st.integers(-100, 10**6), min_size=2, max_size=9, unique=True).map(
    lambda edges: tuple(float(e) for e in sorted(edges))
)


@given(
    st.one_of(
        st.tuples(st.just("int"), ints), st.tuples(st.just("double"), doubles), st.tuples(st.just("timestamp"), days)
    ),
    declared,
    st.integers(1, 40),
)
def test_every_value_falls_into_exactly_one_bin(kind_and_values, bins, wanted):
    kind, values = kind_and_values
    x = column(values, kind, bins=None if kind == "timestamp" else bins)
    groups = group(x, wanted, np.ones(len(values), dtype=bool))
    assert all(low < high for low, high in zip(groups.edges, groups.edges[1:], strict=False))
    assert groups.edges[0] <= min(values) and groups.edges[-1] >= max(values)
    assert count(x, groups, np.ones(len(values), dtype=bool)).sum() == len(values)


@pytest.mark.parametrize(
    ("values", "about", "edges"),
    [
        ([2016, 2018], {}, (2016, 2017, 2018, 2019)),
        ([0, 1], {}, (0, 1, 2)),
        ([7], {}, (7, 8)),
        ([3, 30], {"bins": (0.0, 10.0, 20.0, 50.0, 1000.0)}, (0, 10, 20, 50)),
        ([3, 3000], {"bins": (0.0, 10.0, 1000.0)}, (0, 10, 1000, 3000)),
    ],
)
def test_edges_fit_the_values(values, about, edges):
    x = column(values, **about)
    assert choose_edges(x, x.values, 20) == edges


def test_bins_may_be_more_than_a_short_integer_counts():
    values = np.arange(100_000)
    x = column(values)
    shown = np.ones(len(values), dtype=bool)
    groups = group(x, 100_000, shown)
    assert groups.size > 2**15
    assert count(x, groups, shown).sum() == len(values)


def test_bins_fit_the_shown_rows_alone():
    x = column([1, 5, 9, -(10**6), 10**6])
    shown = np.array([True, True, True, False, False])
    groups = group(x, 20, shown)
    assert groups.edges == tuple(range(1, 11))
    assert count(x, groups, shown).sum() == 3


def test_a_field_without_a_shown_value_has_no_bins():
    x = column([7])
    groups = group(x, 20, np.array([False]))
    assert groups.edges == () and not len(count(x, groups, np.array([False])))


def test_groups_of_values_are_kept_once_whatever_the_limit(tiny_corpus):
    catalog = tiny_corpus.catalog
    for limit in (3, 5):
        catalog.facet(FacetRequest("topic", limit), catalog.shown)
    assert catalog._value_groups.cache_info().misses <= len(catalog.fields)
    assert catalog._value_groups.cache_info().hits >= 1


@pytest.mark.parametrize("values", [[-1.7e308, 0.0, 1.7e308], [0.0, 5e-324], [1e300, 1.0], [-5e-324, 1e-310, 3.0]])
def test_extreme_numbers_have_bins(values):
    x = column(values, "double")
    groups = group(x, 20, np.ones(len(values), dtype=bool))
    assert all(np.isfinite(e) for e in groups.edges)
    assert count(x, groups, np.ones(len(values), dtype=bool)).sum() == len(values)


def test_the_last_day_of_the_calendar_has_a_bin():
    last = 253_402_214_400 * 1_000_000  # 9999-12-31
    for first in (0, last - 10**6, -62_135_596_800 * 1_000_000):
        x = column([first, last], "timestamp")
        groups = group(x, 20, np.ones(2, dtype=bool))
        assert count(x, groups, np.ones(2, dtype=bool)).sum() == 2
