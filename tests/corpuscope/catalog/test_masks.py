import numpy as np
import pytest

from corpuscope.catalog.columns import NumberColumn
from corpuscope.catalog.masks import filter_mask
from corpuscope.errors import InvalidQuery
from corpuscope.fields import Field
from corpuscope.filters import Filter, Range

LARGEST = 2**63 - 1


def column(values, kind="int"):
    array = np.array(values, dtype=np.int64)
    return NumberColumn(Field(name="n", type=kind), len(array), None, None, array, np.ones(len(array), dtype=bool))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (f"n={LARGEST}", [False, False, True]),
        (f"n={-LARGEST - 1}", [True, False, False]),
        (f"n>={LARGEST}", [False, False, True]),
        (f"n<{LARGEST}", [True, True, False]),
        (f"n>{LARGEST}", [False, False, False]),
        (f"n<={LARGEST + 1}", [True, True, True]),
        (f"n={LARGEST + 1}", [False, False, False]),
        (f"n={-LARGEST - 2}..0", [True, True, False]),
        ("n<1e300", [True, True, True]),
        ("n>-inf", [True, True, True]),
    ],
)
def test_integers_compare_exactly_to_the_ends_of_their_range(expression, wanted):
    assert filter_mask(column([-LARGEST - 1, 0, LARGEST]), Filter.parse(expression)).tolist() == wanted


@pytest.mark.parametrize("value", ["2016-00", "2016-13", "2016-00-01", "2016-01-00", "2016-02-30", "0000", "soon"])
def test_what_is_no_date_is_refused(value):
    with pytest.raises(InvalidQuery, match="not a date such as 2016"):
        filter_mask(column([0], "timestamp"), Filter.parse(f"n={value}"))


def test_a_written_month_stands_for_the_whole_month():
    moments = np.array(["2016-11-01", "2016-11-30T23:59:59.999999", "2016-12-01"], dtype="datetime64[us]")
    assert filter_mask(column(moments, "timestamp"), Filter.parse("n=2016-11")).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Range("2", "5", below=True), [False, True, False]),
        (Range("2", "5", above=True), [False, False, True]),
        (Range("2", "5", above=True, below=True), [False, False, False]),
    ],
)
def test_one_value_of_a_list_must_lie_within_both_ends(wanted, rows):
    values, lists = np.array([100, 1, 2, 5]), np.array([0, 2, 3, 4])
    numbers = NumberColumn(Field(name="n", type="int"), 3, lists, np.ones(4, bool), values, np.ones(4, bool))
    assert filter_mask(numbers, Filter("n", "=", (wanted,))).tolist() == rows
