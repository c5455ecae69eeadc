"""What a Lucene query matched in a text, from an index of that text alone, thrown away after the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from corpuscope.lexical import jvm
from corpuscope.lexical.analysis import CONTENTS
from corpuscope.lexical.boolean import is_empty, text_leaves
from corpuscope.lexical.jvm import java

Spans = list[tuple[int, int]]

#: Longer texts (in characters) are cut into windows and read until some of them match.
WHOLE_TEXT = 100_000
_WINDOW = 20_000
_OVERLAP = 500
_WINDOWS_A_ROUND = 16


@dataclass(frozen=True)
class _Window:
    """A piece of one of the texts."""

    of: int
    start: int
    text: str


def find_spans(query: Any, analyzer: Any, texts: Sequence[str]) -> list[Spans]:
    """What `query` matches in each text, as sorted, disjoint code-point offsets.

    All matches of a text of up to WHOLE_TEXT characters; of a longer one those of the first windows that
    have any.
    """
    found: list[Spans] = [[] for _ in texts]
    if is_empty(query):
        return found
    waiting = [_windows(i, text, query) for i, text in enumerate(texts)]
    while batch := [w for windows in waiting for w in islice(windows, _WINDOWS_A_ROUND)]:
        for window, spans in zip(batch, _match(query, analyzer, [w.text for w in batch]), strict=True):
            found[window.of] += [(window.start + a, window.start + b) for a, b in spans]
        for i, spans in enumerate(found):
            if spans:
                waiting[i] = iter(())
    return [_merged(spans) for spans in found]


def _windows(of: int, text: str, query: Any) -> Iterator[_Window]:
    """A text in overlapping windows, those first that hold the beginning of a word of the query."""
    if len(text) <= WHOLE_TEXT:
        if text:
            yield _Window(of, 0, text)
        return
    stems = _stems(query)
    others = []
    for start in range(0, len(text), _WINDOW):
        first, last = _word_start(text, start), _word_start(text, start + _WINDOW + _OVERLAP)
        window = _Window(of, first, text[first:last])
        lowered = window.text.lower()
        if any(all(stem in lowered for stem in leaf) for leaf in stems):
            yield window
        else:
            others.append((first, last))
    yield from (_Window(of, first, text[first:last]) for first, last in others)


def _stems(query: Any) -> list[list[str]]:
    """What a text mostly holds in lower case where a leaf matches: analysis changes the ends of words.

    One list a leaf; an empty one for leaves (wildcards) of which nothing is known.
    """
    out: list[list[str]] = []
    for leaf in text_leaves(query):
        terms = java("java.util.HashSet")()
        leaf.visit(java("org.apache.lucene.search.QueryVisitor").termCollector(terms))
        out.append([str(t.text())[: max(2, len(str(t.text())) - 3)] for t in terms])
    return out


def _word_start(text: str, at: int) -> int:
    """The first place from `at` on that does not cut a word, within reason."""
    if at <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    for i in range(at, min(at + _OVERLAP // 2, len(text))):
        if text[i].isspace():
            return i
    return at


def _match(query: Any, analyzer: Any, texts: Sequence[str]) -> list[Spans]:
    """What the query matches in each of some short texts."""
    directory = java("org.apache.lucene.store.ByteBuffersDirectory")()
    writer = java("org.apache.lucene.index.IndexWriter")(directory, _writer_config(analyzer))
    try:
        _add(writer, texts)
        reader = java("org.apache.lucene.index.DirectoryReader").open(writer)
        searcher = java("org.apache.lucene.search.IndexSearcher")(reader)
        mode = java("org.apache.lucene.search.ScoreMode").COMPLETE_NO_SCORES
        weight = searcher.createWeight(searcher.rewrite(query), mode, 1.0)
        leaf = reader.leaves().get(0)
        spans = [_to_code_points(text, _offsets(weight.matches(leaf, i))) for i, text in enumerate(texts)]
        reader.close()
        return spans
    finally:
        writer.rollback()
        directory.close()


def _writer_config(analyzer: Any) -> Any:
    config = java("org.apache.lucene.index.IndexWriterConfig")(analyzer)
    config.setMergePolicy(java("org.apache.lucene.index.NoMergePolicy").INSTANCE)
    config.setUseCompoundFile(False)
    return config


def _add(writer: Any, texts: Sequence[str]) -> None:
    with_offsets = java("org.apache.lucene.document.FieldType")()
    with_offsets.setIndexOptions(java("org.apache.lucene.index.IndexOptions").DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS)
    field = java("org.apache.lucene.document.Field")(CONTENTS, "", with_offsets)
    document = java("org.apache.lucene.document.Document")()
    document.add(field)
    for text in texts:
        field.setStringValue(jvm.string(text))
        writer.addDocument(document)


def _offsets(matches: Any) -> Spans:
    """Offsets of the matches in one document, in UTF-16 units."""
    found = None if matches is None else matches.getMatches(CONTENTS)
    out: Spans = []
    if found is not None:
        step, start, end = found.next, found.startOffset, found.endOffset
        while step():
            out.append((start(), end()))
    return out


def _to_code_points(text: str, spans: Spans) -> Spans:
    """Turn Java's offsets (UTF-16 units) into Python's (code points)."""
    if not spans or text.isascii() or max(text) <= "\uffff":
        return spans
    code_points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    units = np.concatenate(([0], np.cumsum(1 + (code_points > 0xFFFF))))
    places = np.searchsorted(units, np.array(spans).ravel()).reshape(-1, 2)
    return [(int(a), int(b)) for a, b in places]


def _merged(spans: Spans) -> Spans:
    """Sorted spans with overlapping ones joined."""
    out: Spans = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        elif start < end:
            out.append((start, end))
    return out
