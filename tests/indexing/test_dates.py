from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.dates import parse_column, parse_date
from tests.indexing.reading import read, write_lines


@pytest.mark.parametrize(
    ("value", "expected", "precision"),
    [
        ("1650", "1650-01-01", "year"),
        (1650, "1650-01-01", "year"),
        (1650.0, "1650-01-01", "year"),
        ("1650.0", "1650-01-01", "year"),
        ("2019-04", "2019-04-01", "month"),
        ("2019/4/2", "2019-04-02", "day"),
        ("20190420", "2019-04-20", "day"),
        (20190420, "2019-04-20", "day"),
        ("2019-04-20T23:00:00-05:00", "2019-04-21T04:00:00", "second"),
        ("2019-04-20 10:11:12.1234567Z", "2019-04-20T10:11:12.123456", "second"),
        ("20190420T101112Z", "2019-04-20T10:11:12", "second"),
        (1555755000, "2019-04-20T10:10:00", "second"),
        ("1555755000", "2019-04-20T10:10:00", "second"),
        (1555755000123, "2019-04-20T10:10:00.123", "second"),
        ("Mon, 20 Nov 1995 19:12:08 -0500", "1995-11-21T00:12:08", "second"),
        ("20.04.2019", "2019-04-20", "day"),
        ("04/20/2019", "2019-04-20", "day"),
        ("03/04/2019", "2019-01-01", "year"),
        ("March 2016", "2016-03-01", "month"),
        ("3 March 2016", "2016-03-03", "day"),
        ("March 3, 2016 10:00 PM", "2016-03-03T22:00:00", "second"),
    ],
)
def test_dates_are_read_with_their_precision(value, expected, precision):
    assert parse_date(value) == (datetime.fromisoformat(expected).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "value",
    ["", "n/a", "1-dm-goldm_nzg", "2000-02-30", "2016-13-01", "0000", "99999", True, None, float("nan"), float("inf"),
     1e300, -5, "9999-12-31T23:59:59-10:00", "published 2014", [2014]],
)  # fmt: skip
def test_what_is_no_date_is_none(value):
    assert parse_date(value) is None


@given(st.text() | st.floats() | st.integers())
def test_no_value_breaks_the_parser(value):
    parse_date(value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_iso_dates_come_back(moment):
    assert parse_date(moment.isoformat()) == (moment, "second")


def test_days_and_timestamps_of_a_table_keep_their_value():
    days = parse_column(pa.array([date(1999, 12, 31), None]))
    assert days.dates.to_pylist() == [datetime(1999, 12, 31, tzinfo=UTC), None]
    assert days.precisions.to_pylist() == ["day", None]


def test_a_column_of_dates_keeps_the_original_and_counts_nonsense(tmp_path):
    records = [
        {"id": str(i), "text": "t", "date": value} for i, value in enumerate(["1999-12-31", "nonsense", None, 2001])
    ]
    found = read(tmp_path, write_lines(tmp_path / "x.jsonl", records))
    assert [value and value.year for value in found.column("date")] == [1999, None, None, 2001]
    assert found.column("date_precision") == ["day", None, None, "year"]
    assert found.column("date_original") == ["1999-12-31", "nonsense", None, "2001"]
    assert found.mended["unparseable_date"] == 1
