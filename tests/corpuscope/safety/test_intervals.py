"""Intervals against published values, against their own definition, and against every outcome of small samples."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuscope.safety.intervals import Interval, ratio_of_shares, ratio_to_whole, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_that_of_newcombe_1998_table_1(hits: int, of: int, low: float, high: float):
    found = wilson(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_of_wilson_are_where_the_score_test_turns(counts: tuple[int, int]):
    hits, of = counts
    share, found = hits / of, wilson(hits, of)
    assert 0 <= found.low <= share <= found.high <= 1
    for end in (found.low, found.high):
        if 0 < end < 1:
            assert abs(share - end) / math.sqrt(end * (1 - end) / of) == pytest.approx(1.959964, rel=1e-4)


def test_nothing_and_everything_have_intervals():
    assert wilson(0, 0) == Interval(0.0, 1.0)
    assert ratio_of_shares(0, 0, 3, 4) == Interval(0.0, math.inf)
    assert ratio_of_shares(0, 40, 20, 40).low == 0.0 and ratio_of_shares(0, 40, 20, 40).high < 1
    assert math.isinf(ratio_of_shares(20, 40, 0, 40).high) and ratio_of_shares(20, 40, 0, 40).low > 1
    assert not ratio_of_shares(40, 40, 900, 900).excludes(1.0)


def test_of_many_documents_the_ratio_is_that_of_katz():
    hits, of, other, other_of = 4_100, 10_000, 61_000, 100_000
    ratio = (hits / of) / (other / other_of)
    spread = 1.959964 * math.sqrt(1 / hits - 1 / of + 1 / other - 1 / other_of)
    found = ratio_of_shares(hits, of, other, other_of)
    assert found.low == pytest.approx(ratio * math.exp(-spread), rel=1e-3)
    assert found.high == pytest.approx(ratio * math.exp(spread), rel=1e-3)


@pytest.mark.parametrize(("share", "other"), [(0.2, 0.2), (0.9, 0.6), (0.05, 0.5), (0.5, 0.8)])
def test_the_ratio_is_covered_about_as_often_as_is_said(share: float, other: float):
    of, other_of = 40, 60
    chance = [math.comb(of, x) * share**x * (1 - share) ** (of - x) for x in range(of + 1)]
    other_chance = [math.comb(other_of, x) * other**x * (1 - other) ** (other_of - x) for x in range(other_of + 1)]
    covered = sum(
        p * q
        for x, p in enumerate(chance)
        for y, q in enumerate(other_chance)
        if not ratio_of_shares(x, of, y, other_of).excludes(share / other)
    )
    assert 0.93 <= covered <= 0.98


@given(st.integers(0, 60), st.integers(60, 80), st.integers(0, 90), st.integers(90, 200))
def test_the_ratio_to_the_whole_lies_about_the_ratio_and_turns_at_one_with_that_to_the_rest(
    hits: int, of: int, rest_hits: int, rest_of: int
):
    whole = ratio_to_whole(hits, of, hits + rest_hits, of + rest_of)
    rest = ratio_of_shares(hits, of, rest_hits, rest_of)
    if hits + rest_hits:
        ratio = (hits / of) / ((hits + rest_hits) / (of + rest_of))
        assert whole.low <= ratio + 1e-9 and ratio <= whole.high + 1e-9
    assert whole.excludes(1.0) == rest.excludes(1.0)
    assert ratio_to_whole(hits, of, hits, of) == Interval(1.0, 1.0)
