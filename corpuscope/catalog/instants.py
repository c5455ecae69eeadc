"""Dates in filters and facets: "2016", "2016-11" and "2016-11-02" stand for the whole year, month or day."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta

MICROSECONDS = 1_000_000

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000 = 253_402_300_800 * MICROSECONDS


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC; a moment without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> str:
    """ISO 8601 in UTC, a bare date where the time is midnight."""
    if micros >= _YEAR_10000:  # the end of the last bin lies where datetime has ended
        return "10000-01-01"
    moment = _EPOCH + timedelta(microseconds=micros)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


def span(text: str) -> tuple[int, int]:
    """First microsecond of what `text` names and first one after it; ValueError when it names no date."""
    found = _PARTIAL.match(text.strip())
    if found is None:
        start = to_micros(datetime.fromisoformat(text.strip()))
        return start, start + (1 if "." in text else MICROSECONDS)
    year, month, day = (None if g is None else int(g) for g in found.groups())
    assert year is not None
    if month is None:
        return start_of(year, 1), start_of(year + 1, 1)
    if day is None:
        return start_of(year, month), start_of(year, month + 1)
    start = to_micros(datetime(year, month, day, tzinfo=UTC))
    return start, start + 86_400 * MICROSECONDS


def start_of(year: int, month: int) -> int:
    """First microsecond of a month; month 13 is January of the next year."""
    if not 1 <= month <= 13 or not 1 <= year <= 10_000:
        raise ValueError(f"there is no month {year}-{month}")
    year, month = (year + 1, 1) if month == 13 else (year, month)
    if year == 10_000:
        return _YEAR_10000
    return timegm((year, month, 1, 0, 0, 0)) * MICROSECONDS
