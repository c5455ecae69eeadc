"""Numbers and nouns as they stand on screen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from corpuscope.wording import counted

_UNITS = ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (10_000, "k"))


def documents(n: int) -> str:
    """1 -> "1 document", 12431 -> "12,431 documents"."""
    return counted(n, "document")


def compact(n: int) -> str:
    """9812345 -> "9.8M", 1000000 -> "1M"; small numbers in full."""
    for size, unit in _UNITS:
        if n >= size:
            scaled = n / (1000 if unit == "k" else size)
            return f"{scaled:.1f}".removesuffix(".0") + unit if scaled < 100 else f"{scaled:,.0f}{unit}"
    return f"{n:,}"


def amount(number: float) -> str:
    """A number in as few characters as tell it apart: 12345 -> "12.3k", 0.00067123 -> "0.000671"."""
    return compact(number) if isinstance(number, int) and number >= 0 else f"{number:.3g}"


def size(count: float) -> str:
    """Bytes in decimal units."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def share(part: int, whole: int) -> str:
    """A percentage with one decimal; "0%" of nothing."""
    return f"{part / whole:.1%}" if whole else "0%"


def value(given: Any) -> str:
    """A field's value: thousands separators, few decimals, lists with commas."""
    if isinstance(given, list):
        return ", ".join(value(v) for v in given)
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int):
        return f"{given:,}"
    return f"{given:,.4g}" if isinstance(given, float) else str(given)


def when(at: datetime) -> str:
    """Today's moments by the clock, earlier ones by the day; UTC, as the server counts."""
    moment = at.astimezone(UTC)
    return f"{moment:%H:%M} UTC" if moment.date() == datetime.now(UTC).date() else f"{moment:%Y-%m-%d %H:%M} UTC"


def duration(seconds: float) -> str:
    """About how long: 12.3 -> "12 s", 200 -> "3 min"."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 100 * 60 else f"{seconds / 3600:.1f} h"
