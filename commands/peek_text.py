"""A peek as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from commands.terminal import printable, size
from corpuscope.manifest import Reject
from indexing.peek import Peek


def render(peek: Peek) -> str:
    """All of a peek, in sections."""
    return "\n".join(_lines(peek)) + "\n"


def _lines(peek: Peek) -> Iterator[str]:
    yield printable(peek.spec)
    files = f"{peek.files:,} file{'s' if peek.files != 1 else ''}, {size(peek.bytes)}"
    yield f"  files      {files}" + (f"; {len(peek.skipped):,} skipped" if peek.skipped else "")
    yield f"  documents  {_rows(peek)}"
    yield f"  layout     {peek.layout or 'none that is known; by the names of the fields'}"
    yield f"  text       {peek.text_field or 'no text field; name one with --text-field'}"
    yield f"  id         {peek.id_field or 'none; ids are made from content and position'}"
    for name, pairs in (("languages", peek.languages), ("hosts", peek.hosts)):
        if pairs:
            yield f"  {name:<10} " + ", ".join(f"{printable(value)} {count:,}" for value, count in pairs)
    if peek.characters:
        yield "  characters " + ", ".join(f"{_quantile(q)} {n:,}" for q, n in peek.characters.items())
    yield ""
    yield "Fields"
    width = max((len(field.name) for field in peek.fields), default=0)
    for field in peek.fields:
        kind = f"{field.type}{' list' if field.multi else ''}"
        examples = " | ".join(printable(example) for example in field.examples)
        yield f"  {printable(field.name):<{width}}  {kind:<14} {field.filled:>9,}  {examples}".rstrip()
    yield from _rejects("Left out", peek.rejected)
    yield from _rejects("Kept, but mended", peek.mended)
    yield ""
    yield f"{len(peek.documents)} documents at random (personal data masked)"
    for document in peek.documents:
        title = f" {printable(document.title)}:" if document.title else ""
        yield f"  [{printable(document.id)}]{title} {printable(document.text)}"


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
        parts = [part for part in (printable(where), printable(first["detail"])) if part]
        yield f"  {reason:<24} {reject.count:>9,}  first: {': '.join(parts)}"


def _quantile(q: str) -> str:
    names = {"0": "least", "0.5": "median", "1": "most"}
    return names.get(q, f"{float(q) * 100:g}%")
