"""Dates as corpora write them -> a UTC instant and how precise it is.

Read are ISO 8601 (also its basic form, with `/`, and a year or a month alone), `31.12.1999` and `12/31/1999`, years
as numbers (1650, 1650.0), seconds, milliseconds, microseconds and nanoseconds since 1970, RFC 2822, and what
dateutil makes of dates with words. Where day and month could change places only the year is kept. A time
without a zone is UTC.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

Precision = Literal["year", "month", "day", "second"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})(?:([-/])(\d\d?)(?:\2(\d\d?)"
    r"(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?)?)?\Z"
)
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)Z?)?\Z")
_DAY_AND_MONTH = re.compile(r"(\d\d?)([./-])(\d\d?)\2(\d{4})\Z")
_RFC_2822 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}\b")
_YEAR_INSIDE = re.compile(r"\b(?:1\d|20|21)\d\d\b")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
#: Longest text that the slow parsers look at.
_LONGEST = 64
#: Numbers in these ranges are instants; the unit in seconds. All four cover 1973 to 2100.
_UNITS = ((1e8, 4.2e9, 1.0), (1e11, 4.2e12, 1e-3), (1e14, 4.2e15, 1e-6), (1e17, 4.2e18, 1e-9))
_YEARS = range(1000, 2200)
#: Days since 1970 of the first and the last day that a date can name, and the units of an Arrow type in a day.
_FIRST_DAY, _LAST_DAY = ((day - _EPOCH.replace(tzinfo=None)).days for day in (datetime.min, datetime.max))
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


@dataclass(frozen=True)
class DateColumns:
    """Instants (timestamp[us, UTC]), precisions (text) and the rows that hold a value but no date."""

    dates: pa.Array
    precisions: pa.Array
    unparseable: list[int]


def parse_date(value: Any) -> tuple[datetime, Precision] | None:
    """Read one value; None where it is no date between the years 1 and 9999."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _number(value)
    return _text(value.strip()) if isinstance(value, str) else None


def parse_column(values: Sequence[Any] | pa.Array) -> DateColumns:
    """Read a column; every distinct value is read once."""
    if isinstance(values, pa.Array):
        if pt.is_timestamp(values.type) or pt.is_date(values.type):
            return _typed_column(values)
        values = values.to_pylist()
    known: dict[Any, tuple[int, Precision] | None] = {}
    dates: list[int | None] = []
    precisions: list[Precision | None] = []
    unparseable: list[int] = []
    for row, value in enumerate(values):
        key = value if type(value) is str else (type(value), str(value))
        if key not in known:
            known[key] = _microseconds(value)
        found = known[key]
        if found is None and value is not None and value != "":
            unparseable.append(row)
        dates.append(found[0] if found else None)
        precisions.append(found[1] if found else None)
    return DateColumns(pa.array(dates, pa.timestamp("us", tz="UTC")), pa.array(precisions, pa.string()), unparseable)


def _typed_column(values: pa.Array) -> DateColumns:
    """Timestamps and days as they are; a time without a zone is UTC."""
    precision = "day" if pt.is_date(values.type) else "second"
    dates, outside = instants_of(values)
    present = pc.is_valid(dates)
    precisions = pc.if_else(present, pa.scalar(precision), pa.scalar(None, pa.string()))
    return DateColumns(dates, precisions, outside)


def instants_of(values: pa.Array) -> tuple[pa.Array, list[int]]:
    """Timestamps or days as timestamp[us, UTC]; what lies outside the years 1 to 9999 is null, its rows are said."""
    t = values.type
    units = 1 if pt.is_date32(t) else _PER_DAY["ms" if pt.is_date64(t) else t.unit]
    raw = values.cast(pa.int32() if pt.is_date32(t) else pa.int64()).cast(pa.int64())
    # A bound that 64 bits cannot hold is never passed.
    low, high = max(_FIRST_DAY * units, -(2**63)), min((_LAST_DAY + 1) * units - 1, 2**63 - 1)
    inside = pc.and_(pc.greater_equal(raw, low), pc.less_equal(raw, high))
    outside = pc.fill_null(pc.invert(inside), False).to_numpy(zero_copy_only=False).nonzero()[0]  # noqa: FBT003
    kept = pc.if_else(inside, values, pa.scalar(None, t)) if len(outside) else values
    naive = kept.cast(pa.timestamp("us"), safe=False) if pt.is_date(t) else kept
    return naive.cast(pa.timestamp("us", tz="UTC"), safe=False), outside.tolist()


def _microseconds(value: Any) -> tuple[int, Precision] | None:
    found = parse_date(value)
    return None if found is None else ((found[0] - _EPOCH) // timedelta(microseconds=1), found[1])


def _number(value: float) -> tuple[datetime, Precision] | None:
    if not math.isfinite(value):
        return None
    whole = int(value)
    if value == whole and whole in _YEARS:
        return datetime(whole, 1, 1, tzinfo=UTC), "year"
    if value == whole and whole // 10_000 in _YEARS:
        return _text(str(whole))
    for low, high, unit in _UNITS:
        if low <= value < high:
            return _EPOCH + timedelta(seconds=value * unit), "second"
    return None


def _text(text: str) -> tuple[datetime, Precision] | None:
    for pattern, read in ((_ISO, _iso), (_BASIC, _basic), (_DAY_AND_MONTH, _day_and_month)):
        if found := pattern.match(text):
            try:
                return read(found)
            except (ValueError, OverflowError):
                return None
    if _NUMBER.match(text):
        return _number(float(text))
    return _slow(text) if len(text) <= _LONGEST and _YEAR_INSIDE.search(text) else None


def _iso(found: re.Match[str]) -> tuple[datetime, Precision]:
    year, _, month, day, hour, minute, second, fraction, zone = found.groups()
    if hour is None:
        precision: Precision = "day" if day else "month" if month else "year"
        return datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC), precision
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    clock = (int(hour), int(minute), int(second or 0), microsecond)
    local = datetime(int(year), int(month), int(day), *clock, tzinfo=_zone(zone))
    return local.astimezone(UTC), "second"


@lru_cache(maxsize=256)
def _zone(name: str | None) -> timezone:
    if name is None or name[0] not in "+-":
        return UTC
    digits = name[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if name[0] == "-" else offset)


def _basic(found: re.Match[str]) -> tuple[datetime, Precision] | None:
    numbers = [int(group) for group in found.groups() if group is not None]
    if numbers[0] not in _YEARS:
        return _number(float(found.group())) if found.group().isdigit() else None
    return datetime(*numbers, tzinfo=UTC), "second" if len(numbers) > 3 else "day"  # type: ignore[misc, arg-type]  # three or six numbers


def _day_and_month(found: re.Match[str]) -> tuple[datetime, Precision]:
    first, separator, second, year = found.groups()
    day, month = int(first), int(second)
    if separator != "." and day <= 12 and month <= 12 and day != month:
        return datetime(int(year), 1, 1, tzinfo=UTC), "year"
    if month > 12 and separator != ".":
        day, month = month, day
    return datetime(int(year), month, day, tzinfo=UTC), "day"


def _slow(text: str) -> tuple[datetime, Precision] | None:
    """RFC 2822, then dateutil, asked twice with other defaults: what changes was not in the text."""
    import warnings
    from email.utils import parsedate_to_datetime

    from dateutil import parser  # type: ignore[import-untyped]  # it ships no types

    try:
        if _RFC_2822.match(text):
            return _utc(parsedate_to_datetime(text)), "second"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = parser.parse(text, default=datetime(2000, 1, 1, 0, 0, 0))
            other = parser.parse(text, default=datetime(2001, 2, 2, 1, 1, 1))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    if one.year != other.year:
        return None
    if one.month != other.month:
        return datetime(one.year, 1, 1, tzinfo=UTC), "year"
    if one.day != other.day:
        return datetime(one.year, one.month, 1, tzinfo=UTC), "month"
    try:
        return _utc(one), "day" if one.hour != other.hour else "second"
    except OverflowError:
        return None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
