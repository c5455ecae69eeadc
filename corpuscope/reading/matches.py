"""Where a query matches in one document, however long its text is."""

from __future__ import annotations

from dataclasses import replace

from corpuscope import scan
from corpuscope.documents import Document
from corpuscope.reading.records import Matches, Spans
from corpuscope.selection import Lexical, Matcher

#: All matches of longer texts (in code points) are not looked for: only those of the page that is shown.
WHOLE_TEXT = 2_000_000

#: A text is given to Lucene in pieces: longer ones are not read whole.
_PIECE = 90_000
#: How far around a piece is read with it: words and matches that lie across its ends are found as in the whole text.
_CONTEXT = 2_000


def find_matches(matcher: Matcher, document: Document, start: int, end: int) -> Matches:
    """What matches in `text[start:end]`: what begins in it."""
    if isinstance(matcher, Lexical):
        spans: Spans = []
        starts = range(start, end, _PIECE)
        pieces = [(at, min(at + _PIECE, end)) for at in starts]
        for (first, last), found in zip(pieces, _look(matcher, document, pieces), strict=True):
            spans += _beginning_in(found, first, last)
        return Matches(_merged(spans), start, end)
    (found,) = _look(matcher, document, [(start, end)])
    return Matches(_beginning_in(found, start, end), start, end, cut=len(found) >= scan.MAX_SPANS)


def first_match(matcher: Matcher, document: Document) -> int | None:
    """Where the first match that is quickly found begins."""
    (found,) = matcher.spans([document])
    return found[0][0] if found else None


def _look(matcher: Matcher, document: Document, pieces: list[tuple[int, int]]) -> list[Spans]:
    """What matches in and around each piece, as offsets into the whole text."""
    text = document.text
    contexts = [(max(0, a - _CONTEXT), min(len(text), b + _CONTEXT)) for a, b in pieces]
    found = matcher.spans([replace(document, text=text[a:b]) for a, b in contexts])
    return [[(a + base, b + base) for a, b in spans] for spans, (base, _) in zip(found, contexts, strict=True)]


def _beginning_in(spans: Spans, start: int, end: int) -> Spans:
    return [span for span in spans if start <= span[0] < end]


def _merged(spans: Spans) -> Spans:
    """Sorted spans with overlapping ones joined: a match may reach into the next piece."""
    out: Spans = []
    for start, end in spans:
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out
