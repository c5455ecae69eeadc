"""A peek as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpuscope.manifest import Reject
    from indexing.peek import Peek

_UNITS = ("B", "kB", "MB", "GB", "TB")


def render(peek: Peek) -> str:
    """All of a peek, in sections."""
    return "\n".join(_lines(peek)) + "\n"


def _lines(peek: Peek) -> Iterator[str]:
    yield _printable(peek.spec)
    files = f"{peek.files:,} file{'s' if peek.files != 1 else ''}, {_size(peek.bytes)}"
    yield f"  files      {files}" + (f"; {len(peek.skipped):,} skipped" if peek.skipped else "")
    yield f"  documents  {_rows(peek)}"
    yield f"  layout     {peek.layout or 'none that is known; by the names of the fields'}"
    yield f"  text       {peek.text_field or 'no text field; name one with --text-field'}"
    yield f"  id         {peek.id_field or 'none; ids are made from content and position'}"
    for name, pairs in (("languages", peek.languages), ("hosts", peek.hosts)):
        if pairs:
            yield f"  {name:<10} " + ", ".join(f"{_printable(value)} {count:,}" for value, count in pairs)
    if peek.characters:
        yield "  characters " + ", ".join(f"{_quantile(q)} {n:,}" for q, n in peek.characters.items())
    yield ""
    yield "Fields"
    width = max((len(field.name) for field in peek.fields), default=0)
    for field in peek.fields:
        kind = f"{field.type}{' list' if field.multi else ''}"
        examples = " | ".join(_printable(example) for example in field.examples)
        yield f"  {_printable(field.name):<{width}}  {kind:<14} {field.filled:>9,}  {examples}".rstrip()
    yield from _rejects("Left out", peek.rejected)
    yield from _rejects("Kept, but mended", peek.mended)
    yield ""
    yield f"{len(peek.documents)} documents at random (personal data masked)"
    for document in peek.documents:
        title = f" {_printable(document.title)}:" if document.title else ""
        yield f"  [{_printable(document.id)}]{title} {_printable(document.text)}"


def _rows(peek: Peek) -> str:
    if peek.exact:
        return f"{peek.rows:,}"
    about = "unknown" if peek.rows is None else f"about {peek.rows:,}"
    return f"{about} (the rest is about a sample of {peek.sampled:,})"


def _rejects(heading: str, rejects: dict[str, Reject]) -> Iterator[str]:
    if not rejects:
        return
    yield ""
    yield heading
    for reason, reject in rejects.items():
        first = reject.examples[0]
        where = f"{first['file']}, line {first['line']}" if first["line"] else first["file"]
        parts = [part for part in (_printable(where), _printable(first["detail"])) if part]
        yield f"  {reason:<24} {reject.count:>9,}  first: {': '.join(parts)}"


def _quantile(q: str) -> str:
    names = {"0": "least", "0.5": "median", "1": "most"}
    return names.get(q, f"{float(q) * 100:g}%")


def _size(size: float) -> str:
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"


def _printable(text: str) -> str:
    """One line without control characters, which could steer the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
