"""Reading one document of a corpus as a query shows it."""

from __future__ import annotations

import numpy as np

from corpuscope import masking
from corpuscope.catalog.catalog import ID
from corpuscope.corpus import Corpus
from corpuscope.documents import Document
from corpuscope.errors import UnknownDocument
from corpuscope.matcher import Matcher
from corpuscope.personal_data import Span, spans_near
from corpuscope.query import Query
from corpuscope.reading import matches
from corpuscope.reading.flags import FLAGS, flags_of, show_flags
from corpuscope.reading.matches import block_around, find_matches, first_match
from corpuscope.reading.neighbours import selection_of
from corpuscope.reading.pages import page_at
from corpuscope.reading.reasons import reasons_against, rule_of, show_rule
from corpuscope.reading.records import FieldValue, Mark, Matches, Reading, Spans
from corpuscope.reading.standing import standing_of
from corpuscope.selection import Everything

#: Ids that are named when one is not known.
_NEAR = 3
#: Values that a document's numbers are compared with, about 0.2 s; fields beyond that are shown without a standing.
_MOST_COMPARED = 100_000_000


def read(corpus: Corpus, query: Query, id: str, *, start: int | None = None, why: str | None = None) -> Reading:
    """The document with an id, and the page of its text that holds the place `start` (None: the first match).

    `why` marks what shows that a rule fails (`system:reason`), or places that a field flags (`flags:field`), instead of
    what the query matches. Personal data is masked where the query's answers are. Raises UnknownDocument for an id that
    is not shown.
    """
    row = row_of(corpus, id)
    (document,) = corpus.documents.read([row])
    matcher: Matcher = Everything(1)
    if why is None:
        found_by = selection_of(corpus, query).matcher
        matcher = found_by.marking
        passages = found_by.passages(np.array([row])) if start is None else None
        start = passages[0][0] if passages else start
        page, found = _page_and_matches(matcher, document, start, query.text)
    else:
        found = _evidence(corpus, row, document.text, why)
        page = page_at(document.text, start if start is not None else found.spans[0][0] if found.spans else 0)
    shown, marks, personal = _shown(document.text, page, found, mask=query.mask)
    title, title_marks = _title(matcher, document, query)
    fields = _fields(corpus, row, mask=query.mask)
    return Reading(
        id=document.id,
        row=row,
        title=title,
        title_marks=title_marks,
        length=len(document.text),
        start=page[0],
        end=page[1],
        text=shown,
        marks=marks,
        personal=personal,
        matches=found,
        fields=fields,
        reasons=reasons_against(fields, document.text),
        flags=flags_of(corpus.catalog, row, len(document.text)),
    )


def _evidence(corpus: Corpus, row: int, text: str, why: str) -> Matches:
    if why.startswith(FLAGS):
        return show_flags(corpus.catalog, row, why, len(text))
    return show_rule(rule_of(why), text)


def row_of(corpus: Corpus, id: str) -> int:
    """The row of the document with an id; raises UnknownDocument when there is none or it is suppressed."""
    column = corpus.catalog.text_column(ID.name)
    code = column.code(id)
    if code is None:
        raise UnknownDocument(f"There is no document {id!r} in {corpus.label}. {_near(corpus, id)}")
    row = int(np.flatnonzero(column.codes == code)[0])
    if not corpus.shown[row]:
        raise UnknownDocument(f"The document {id!r} was suppressed: {corpus.name} does not show it any more.")
    return row


def _near(corpus: Corpus, id: str) -> str:
    """The ids that stand where this one would, in their order."""
    column = corpus.catalog.text_column(ID.name)
    at = column.first_code(id)
    codes = range(max(0, at - 1), min(at + _NEAR - 1, len(column.dictionary)))
    shown = [column.word(code) for code in codes if corpus.shown[column.codes == code].any()]
    return f"Ids near it: {', '.join(shown)}." if shown else "It holds no document that is shown."


def _page_and_matches(
    matcher: Matcher, document: Document, start: int | None, words: str
) -> tuple[tuple[int, int], Matches]:
    """The page to show, and what matches in the whole text; in a long one, what matches around the page."""
    text = document.text
    if isinstance(matcher, Everything):
        return page_at(text, start or 0), Matches([], 0, len(text))
    if len(text) <= matches.WHOLE_TEXT:
        found = find_matches(matcher, document, 0, len(text))
        first = found.spans[0][0] if found.spans else None
        page = page_at(text, start if start is not None else first or 0)
    else:
        page = page_at(text, start if start is not None else first_match(matcher, document, words) or 0)
        found = find_matches(matcher, document, *block_around(text, page))
    return page, find_matches(matcher, document, *page) if found.cut else found


def _shown(text: str, page: tuple[int, int], found: Matches, *, mask: bool) -> tuple[str, list[Mark], list[Span]]:
    """The page as it is shown, what is marked on it, and where personal data stands (or stood) on it."""
    start, end = page
    inside = [(i, a, b) for i, (a, b) in enumerate(found.spans) if a < end and b > start]
    highlights = [(a, b) for _, a, b in inside]
    if mask:
        window = masking.masked_window(text, start, end, highlights)
        shown, moved, personal = window.text, window.highlights, window.masks
    else:
        shown = text[start:end]
        moved = [(max(a, start) - start, min(b, end) - start) for a, b in highlights]
        near = [s for s in spans_near(text, start, end) if s.start < end and s.end > start]
        personal = [Span(max(s.start, start) - start, min(s.end, end) - start, s.kind) for s in near]
    numbered = [(a, b, i) for (a, b), (i, _, _) in zip(moved, inside, strict=True)]
    return shown, _joined(numbered), personal


def _joined(numbered: list[tuple[int, int, int]]) -> list[Mark]:
    """One mark for the matches that lie in one mask."""
    out: list[Mark] = []
    for start, end, number in numbered:
        if out and start < out[-1].end:
            out[-1] = Mark(out[-1].start, max(end, out[-1].end), out[-1].first)
        else:
            out.append(Mark(start, end, number))
    return out


def _title(matcher: Matcher, document: Document, query: Query) -> tuple[str | None, Spans]:
    """The title and what is marked in it; exact and regex modes look at texts only."""
    if document.title is None:
        return None, []
    found: Spans = []
    if not query.reads_texts:
        (found,) = matcher.spans([Document(document.row, document.id, None, document.title)])
    if not query.mask:
        return document.title, found
    return masking.mask_window(document.title, 0, len(document.title), found)


def _fields(corpus: Corpus, row: int, *, mask: bool) -> list[FieldValue]:
    catalog = corpus.catalog
    most = _MOST_COMPARED // max(1, catalog.rows)
    out: list[FieldValue] = []
    for name, field in catalog.fields.items():
        if name == "title":
            continue
        (value,) = catalog.values(name, np.array([row]))
        shown = masking.mask_value(value) if mask else value
        standing = standing_of(catalog, field, value) if sum(f.standing is not None for f in out) < most else None
        out.append(FieldValue(field, shown, shown != value, standing))
    return out
