"""The part of a text that shows best why it matched."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

Spans = list[tuple[int, int]]

WIDTH = 240

#: How far an end of a snippet may move to meet the edge of a word.
_SLACK = 24
_ZERO_WIDTH_JOINER = "\u200d"


@dataclass(frozen=True)
class Snippet:
    """`text[start:end]` and what is marked in it; `spans` are offsets into the snippet."""

    start: int
    end: int
    spans: Spans


def cut(text: str, spans: Sequence[tuple[int, int]], width: int = WIDTH, at: int = 0) -> Snippet:
    """The window of about `width` characters with the most of the spans (sorted, disjoint), the first of equals.

    Without spans it begins `at` a place of the text. A match that is longer than the window is cut.
    """
    first, last = _densest(spans, width)
    low, high = (spans[first][0], spans[last - 1][1]) if spans else (at + width // 2, at + width // 2)
    start = max(0, min(low - max(0, width - (high - low)) // 2, len(text) - width))
    end = min(len(text), start + width)
    # Meeting the edge of a word may not cost a match.
    start = min(_to_word_start(text, start), max(start, low))
    end = max(_to_word_end(text, end), min(end, high))
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    return Snippet(start, end, inside)


def _densest(spans: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """The longest run of spans that fits the width, as a range of indexes; (0, 0) for no spans."""
    best = (0, min(1, len(spans)))
    first = 0
    for last, (_, end) in enumerate(spans, start=1):
        while first < last - 1 and end - spans[first][0] > width:
            first += 1
        if last - first > best[1] - best[0]:
            best = first, last
    return best


def _to_word_start(text: str, at: int) -> int:
    """Move forward to the start of a word, or at least of a character with its marks."""
    if at == 0 or text[at - 1].isspace():
        return at
    for i in range(at, min(at + _SLACK, len(text))):
        if text[i].isspace():
            return i + 1
    while 0 < at < len(text) and _continues(text, at):
        at -= 1
    return at


def _to_word_end(text: str, at: int) -> int:
    """Move back to the end of a word, or at least of a character with its marks."""
    if at == len(text) or text[at].isspace():
        return at
    for i in range(at, max(at - _SLACK, 0), -1):
        if text[i - 1].isspace():
            return i - 1
    while at < len(text) and _continues(text, at):
        at += 1
    return at


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it."""
    joined = _ZERO_WIDTH_JOINER in (text[at], text[at - 1])
    return joined or unicodedata.category(text[at]) in ("Mn", "Mc", "Me") or text[at] in "\ufe0e\ufe0f"
