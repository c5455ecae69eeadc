"""Where a query matches in one document, however long its text is."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

from corpuscope import scan
from corpuscope.documents import Document
from corpuscope.matcher import Matcher
from corpuscope.reading.pages import page_at
from corpuscope.reading.records import Matches, Spans
from corpuscope.selection import Lexical

#: All matches of longer texts (in code points) are not looked for: only those in the block around the page.
WHOLE_TEXT = 2_000_000
#: Code points of a block, give or take a page.
BLOCK = 1_000_000

#: Seconds that may pass until the first match of a text that is not searched whole is given up.
_FIRST_MATCH_S = 0.5
#: A text is given to Lucene in pieces: longer ones are not read whole.
_PIECE = 90_000
#: How far around a piece is read with it: words and matches that lie across its ends are found as in the whole text.
_CONTEXT = 2_000
_WORD = re.compile(r"\w{3,}")
#: Letters of a word that analysis hardly ever changes.
_BEGINNING = 4


def find_matches(matcher: Matcher, document: Document, start: int, end: int) -> Matches:
    """What matches in `text[start:end]`: what begins in it."""
    if isinstance(matcher, Lexical):
        spans: Spans = []
        pieces = [(at, min(at + _PIECE, end)) for at in range(start, end, _PIECE)]
        for (first, last), found in zip(pieces, _look(matcher, document, pieces), strict=True):
            spans += _beginning_in(found, first, last)
        return Matches(merged(spans), start, end)
    (found,) = _look(matcher, document, [(start, end)])
    return Matches(_beginning_in(found, start, end), start, end, cut=len(found) >= scan.MAX_SPANS)


def first_match(matcher: Matcher, document: Document, words: str) -> int | None:
    """Where the first match begins that is found in a short time; `words` are what is looked for, as it was typed."""
    deadline = time.monotonic() + _FIRST_MATCH_S
    beginnings = _beginnings(words) if isinstance(matcher, Lexical) else []
    for start, end in _blocks(document.text, beginnings):
        found = find_matches(matcher, document, start, end).spans
        if found:
            return found[0][0]
        if time.monotonic() > deadline:
            break
    return None


def block_around(text: str, page: tuple[int, int]) -> tuple[int, int]:
    """The pages of a long text that are searched together with one of them."""
    block = (page[1] - 1) // BLOCK  # a page that begins before the edge of a block and ends behind it is the block's
    end = (block + 1) * BLOCK
    return page_at(text, block * BLOCK)[0], len(text) if end >= len(text) else page_at(text, end)[0]


def _blocks(text: str, beginnings: list[str]) -> Iterator[tuple[int, int]]:
    """A text in blocks, those first that hold the beginning of a word."""
    others = []
    for start in range(0, len(text), BLOCK):
        block = (start, min(start + BLOCK, len(text)))
        lowered = text[slice(*block)].lower() if beginnings else ""
        if any(beginning in lowered for beginning in beginnings):
            yield block
        else:
            others.append(block)
    yield from others


def _beginnings(words: str) -> list[str]:
    """What a text mostly holds where a word matches: analysis changes the ends of words."""
    return [word[: max(_BEGINNING, len(word) - 3)] for word in _WORD.findall(words.lower())]


def _look(matcher: Matcher, document: Document, pieces: list[tuple[int, int]]) -> list[Spans]:
    """What matches in and around each piece, as offsets into the whole text."""
    text = document.text
    contexts = [(max(0, a - _CONTEXT), min(len(text), b + _CONTEXT)) for a, b in pieces]
    found = matcher.spans([replace(document, text=text[a:b]) for a, b in contexts])
    return [[(a + base, b + base) for a, b in spans] for spans, (base, _) in zip(found, contexts, strict=True)]


def _beginning_in(spans: Spans, start: int, end: int) -> Spans:
    return [span for span in spans if start <= span[0] < end]


def merged(spans: Spans) -> Spans:
    """Sorted spans with overlapping ones joined: a match may reach into the next piece."""
    out: Spans = []
    for start, end in spans:
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out
