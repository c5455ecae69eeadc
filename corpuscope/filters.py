"""Filters on fields: `year=2016..2018`, `source=news,wiki`, `title?`, `topic!="Science, Math"`.

A filter is text and a value at once: `Filter.parse(str(f)) == f` for all that can be written.
What its values mean (a number, a date, a word) is decided by the field's type when the catalog makes a row mask of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from corpuscope.errors import InvalidQuery

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "?", "!?"]

_PLAIN_NAME = re.compile(r"[^\s\"=!<>?,]+\Z")
_OPERATOR = re.compile(r"!=|>=|<=|!\?|=|>|<|\?")


@dataclass(frozen=True)
class Range:
    """From low to high, None for no bound; `above` and `below` leave out the bound itself.

    Only boolean queries leave a bound out of a range: the text of a filter cannot say it, and shows it as they do.
    """

    low: str | None
    high: str | None
    above: bool = False
    below: bool = False

    def __str__(self) -> str:
        if self.above or self.below:
            low, high = ("*" if end is None else end for end in (self.low, self.high))
            return f"{'{' if self.above else '['}{low} TO {high}{'}' if self.below else ']'}"
        return "..".join("" if end is None else _quote(end, empty=True) for end in (self.low, self.high))


_WORDS: dict[Operator, str] = {
    "=": " is ",
    "!=": " is not ",
    ">": " > ",
    ">=": " ≥ ",
    "<": " < ",
    "<=": " ≤ ",
    "?": " has a value",
    "!?": " has no value",
}


@dataclass(frozen=True)
class Filter:
    """One condition on one field; conditions are joined by AND."""

    field: str
    op: Operator
    values: tuple[str | Range, ...] = ()

    def __str__(self) -> str:
        name = self.field if _PLAIN_NAME.match(self.field) else '"' + self.field.replace('"', '""') + '"'
        return name + self.op + ",".join(str(v) if isinstance(v, Range) else _quote(v, empty=True) for v in self.values)

    def in_words(self) -> str:
        """The filter for people: `year>=2016` -> "year ≥ 2016"."""
        values = " or ".join(str(v).replace("..", " – ") for v in self.values)
        return f"{self.field}{_WORDS[self.op]}{values}"

    @classmethod
    def parse(cls, expression: str) -> Filter:
        """Read a filter; raises InvalidQuery with the place where it stops making sense."""
        name, rest = _split_name(expression)
        found = _OPERATOR.match(rest)
        if not name or found is None:
            raise InvalidQuery(
                f"The filter {expression!r} has no field and operator. "
                "Write field=value, field!=value, field>=value, field=2..4, field? or field!?."
            )
        op: Operator = found.group()  # type: ignore[assignment]  # the pattern lists the operators
        raw = rest[found.end() :]
        if op in ("?", "!?"):
            if raw.strip():
                raise InvalidQuery(f"The filter {expression!r} goes on after {op!r}: nothing may follow it.")
            return cls(name, op)
        values = tuple(_parse_values(raw, expression, ranges=op in ("=", "!=")))
        if op not in ("=", "!=") and (len(values) != 1 or values[0] == ""):
            raise InvalidQuery(f"The filter {expression!r} needs exactly one value after {op!r}.")
        return cls(name, op, values)


def _quote(value: str, *, empty: bool = False) -> str:
    """Quote a value where the grammar asks for it."""
    odd = "," in value or ".." in value or '"' in value or value != value.strip() or (empty and not value)
    # a>"=0" is not a>=0, and "."..b is not a range that is open below
    odd = odd or value.startswith(("=", ".")) or value.endswith(".")
    return '"' + value.replace('"', '""') + '"' if odd else value


def _split_name(expression: str) -> tuple[str, str]:
    """Split `name` from the rest, which starts with the operator."""
    text = expression.lstrip()
    if text.startswith('"'):
        name, end = _read_quoted(text, 0, expression)
        return name, text[end:].lstrip()
    found = _OPERATOR.search(text)
    return (text[: found.start()].strip(), text[found.start() :]) if found else ("", "")


def _read_quoted(text: str, start: int, expression: str) -> tuple[str, int]:
    """Read a double-quoted string with doubled inner quotes; return it and the index after it."""
    out: list[str] = []
    i = start + 1
    while i < len(text):
        if text[i] == '"':
            if text[i + 1 : i + 2] != '"':
                return "".join(out), i + 1
            i += 1
        out.append(text[i])
        i += 1
    raise InvalidQuery(f'The filter {expression!r} opens a quote that it does not close; write "" for a quote inside.')


def _parse_values(raw: str, expression: str, *, ranges: bool) -> list[str | Range]:
    """Read comma-separated values and `low..high` ranges."""
    values: list[str | Range] = []
    i = 0
    while True:
        low, i, quoted = _read_atom(raw, i, expression, ranges=ranges)
        if ranges and raw.startswith("..", i):
            high, i, high_quoted = _read_atom(raw, i + 2, expression, ranges=ranges)
            if not (low or quoted or high or high_quoted):
                raise InvalidQuery(f"The range in {expression!r} has no end; write 2..4, 2.. or ..4.")
            values.append(Range(low if low or quoted else None, high if high or high_quoted else None))
        else:
            values.append(low)
        if i >= len(raw):
            return values
        if raw[i] != ",":
            raise InvalidQuery(
                f"The filter {expression!r} goes on after a value at {raw[i:]!r}; a comma belongs there."
            )
        i += 1


def _read_atom(raw: str, i: int, expression: str, *, ranges: bool) -> tuple[str, int, bool]:
    """Read one value up to a comma or `..`; return it, the index after it and whether it was quoted."""
    while i < len(raw) and raw[i] == " ":
        i += 1
    if raw.startswith('"', i):
        value, end = _read_quoted(raw, i, expression)
        while end < len(raw) and raw[end] == " ":
            end += 1
        return value, end, True
    stops = [p for p in (raw.find(",", i), raw.find("..", i) if ranges else -1) if p >= 0]
    end = min(stops, default=len(raw))
    return raw[i:end].strip(), end, False
