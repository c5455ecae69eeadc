"""A long text in pages: each ends where a paragraph, a line or a word does, and never within personal data.

Where a page ends depends on the text around that place alone, so that one page of a long text is found at once.
"""

from __future__ import annotations

import unicodedata

from corpuscope.personal_data import spans_near

#: Code points of a page, give or take `_SLACK`: what a browser lays out at once.
PAGE = 98_000
_SLACK = 2_000
_BREAKS = ("\n\n", "\n", ". ", "。", " ")


def page_at(text: str, place: int) -> tuple[int, int]:
    """The page (start, end) that holds a place of the text; places before and behind the text are in its ends."""
    pages = max(1, -(-(len(text) - _SLACK) // PAGE))
    place = max(0, min(place, len(text) - 1))
    page = min(place // PAGE, pages - 1)
    end = _start(text, page + 1, pages)
    if place >= end and page < pages - 1:  # pages end a little before a whole number of PAGE
        return end, _start(text, page + 2, pages)
    return _start(text, page, pages), end


def _start(text: str, page: int, pages: int) -> int:
    """Where a page begins; the one behind the last begins at the end of the text."""
    if page <= 0:
        return 0
    if page >= pages:
        return len(text)
    at = _break_before(text, page * PAGE)
    for found in spans_near(text, at, at):
        # A key block of many pages is cut all the same, and masked on each of them.
        if found.start < at < found.end and found.end - found.start <= PAGE // 2:
            return found.start
    return at


def _break_before(text: str, at: int) -> int:
    """The last sensible place to end a page at or shortly before `at`."""
    first = at - _SLACK
    for mark in _BREAKS:
        found = text.rfind(mark, first, at)
        if found >= 0:
            return found + len(mark)
    while at > first and unicodedata.category(text[at])[0] == "M":  # a letter keeps its marks
        at -= 1
    return at
