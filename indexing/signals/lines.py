"""Lines as `str.splitlines` and `str.strip` see them."""

from __future__ import annotations

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import LINE_END, SPACE, Table

_RETURN, _NEW_LINE = 13, 10


@compiled
def find_line_end(codes: Codes, start: int, end: int, classes: Table) -> int:
    """The first line end from `start` on, or `end`."""
    while start < end and not classes[codes[start]] & LINE_END:
        start += 1
    return start


@compiled
def skip_line_end(codes: Codes, at: int, end: int) -> int:
    """Where the next line begins: a return and a new line are one line end."""
    return at + 2 if at + 1 < end and codes[at] == _RETURN and codes[at + 1] == _NEW_LINE else at + 1


@compiled
def find_new_line(codes: Codes, start: int, end: int) -> int:
    """The first new line character from `start` on, or `end`."""
    while start < end and codes[start] != _NEW_LINE:
        start += 1
    return start


@compiled
def count_new_lines(codes: Codes, start: int, end: int) -> int:
    """How many new line characters there are."""
    count = 0
    for i in range(start, end):
        count += codes[i] == _NEW_LINE
    return count


@compiled
def strip(codes: Codes, start: int, end: int, classes: Table) -> tuple[int, int]:
    """The stretch without white space at its ends."""
    while start < end and classes[codes[start]] & SPACE:
        start += 1
    while end > start and classes[codes[end - 1]] & SPACE:
        end -= 1
    return start, end
