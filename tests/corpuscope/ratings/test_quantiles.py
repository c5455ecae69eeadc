"""Quantiles against NumPy's, group by group."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.ratings.quantiles import QUANTILES, grouped_quantiles, quantiles

NUMBERS = st.one_of(
    st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=60),
    st.lists(st.floats(allow_nan=False, width=32), min_size=1, max_size=60),
)


@given(NUMBERS)
def test_quantiles_are_those_of_numpy(values: list[float]):
    expected = np.quantile(np.array(values), QUANTILES, method="inverted_cdf")
    assert quantiles(np.array(values)) == tuple(expected.tolist())


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(-5, 5)), min_size=1))
def test_grouped_quantiles_are_those_of_each_group(pairs: list[tuple[int, int]]):
    labels, values = np.array(pairs).T
    counts = np.bincount(labels, minlength=8)
    found = grouped_quantiles(values, labels, counts)
    for label in np.flatnonzero(counts).tolist():
        assert tuple(found[:, label].tolist()) == quantiles(values[labels == label])


def test_no_numbers_have_no_quantiles():
    assert quantiles(np.array([])) == ()
