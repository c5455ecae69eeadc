from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.feather
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.dates import parse_column, parse_date
from indexing.typed_columns import column_of
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
    found = parse_date(value)
    assert found is None or found[1] in ("year", "month", "day", "second")


@given(st.datetimes(timezones=st.just(UTC)))
def test_iso_dates_come_back(moment):
    assert parse_date(moment.isoformat()) == (moment, "second")


def test_days_and_timestamps_of_a_table_keep_their_value():
    days = parse_column(pa.array([date(1999, 12, 31), None]))
    assert days.dates.to_pylist() == [datetime(1999, 12, 31, tzinfo=UTC), None]
    assert days.precisions.to_pylist() == ["day", None]


@pytest.mark.parametrize("kind", ["s", "ms", "us", "ns"])
def test_timestamps_outside_the_calendar_become_null_and_are_counted(tmp_path, kind):
    sentinels = [2**62, -(2**62), 0]
    moments = pa.array(sentinels, pa.int64()).cast(pa.timestamp(kind))
    lists = pa.ListArray.from_arrays(pa.array([0, 1, 2, 3], pa.int32()), moments)
    table = pa.table({"id": ["1", "2", "3"], "text": ["t"] * 3, "date": moments, "seen": moments, "all": lists})
    pa.feather.write_feather(table, str(tmp_path / "x.arrow"))
    found = read(tmp_path, tmp_path / "x.arrow")
    years = [2116, 1823, 1970] if kind == "ns" else [None, None, 1970]
    assert [value and value.year for value in found.column("date")] == years
    assert [value and value.year for value in found.column("seen")] == years
    assert found.mended == ({} if kind == "ns" else {"unparseable_date": 2, "value_of_wrong_type": 4})


def test_values_that_python_cannot_hold_become_null_and_are_counted():
    far = pa.array([2**62, 1], pa.int64())
    inside = pa.StructArray.from_arrays([far.cast(pa.timestamp("s"))], ["at"])
    for array in (far.cast(pa.duration("s")), pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), inside)):
        column = column_of(array)
        assert (column.values.is_null().to_pylist(), column.mended) == ([True, False], [("value_of_wrong_type", 0)])


def test_days_outside_the_calendar_become_null():
    days = [-719163, -719162, 2932896, 2932897, 2**31 - 1, None]
    found = parse_column(pa.array(days, pa.int32()).cast(pa.date32()))
    assert [day and (day.year, day.month) for day in found.dates.to_pylist()] == [
        None, (1, 1), (9999, 12), None, None, None,
    ]  # fmt: skip
    assert found.unparseable == [0, 3, 4]


def test_a_column_of_dates_keeps_the_original_and_counts_nonsense(tmp_path):
    records = [
        {"id": str(i), "text": "t", "date": value} for i, value in enumerate(["1999-12-31", "nonsense", None, 2001])
    ]
    found = read(tmp_path, write_lines(tmp_path / "x.jsonl", records))
    assert [value and value.year for value in found.column("date")] == [1999, None, None, 2001]
    assert found.column("date_precision") == ["day", None, None, "year"]
    assert found.column("date_original") == ["1999-12-31", "nonsense", None, "2001"]
    assert found.mended["unparseable_date"] == 1
