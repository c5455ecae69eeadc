"""A ledger as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commands import terminal
from corpuscope.ledger.counts import Amount, LedgerCounts, RuleCounts
from corpuscope.results import Hit
from corpuscope.wording import counted

_HEADS = ("", "removed in the chain", "removed alone", "only by this rule", "no value", "left")


def ledger_lines(counts: LedgerCounts) -> Iterator[str]:
    """The start, a table of the rules and what is kept."""
    yield _start_line(counts)
    yield from counts.notes
    rows: list[tuple[str, ...]] = [_HEADS]
    for number, rule in enumerate(counts.rules, 1):
        rows += _rows(f"{number}  {terminal.printable(rule.rule.in_words())}", rule, counts)
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    yield ""
    for row in rows:
        cells = (row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)))
        yield "  ".join(cells).rstrip()
    yield ""
    share = _share(counts.kept.documents, counts.start.documents)
    yield f"kept: {_in_words(counts.kept, counts)}, {share} of the start"


def sample_lines(counts: LedgerCounts, samples: Sequence[Sequence[Hit]]) -> Iterator[str]:
    """Documents that only one rule removes."""
    for rule, hits in zip(counts.rules, samples, strict=True):
        if hits:
            yield ""
            whole = counted(rule.only.documents, "document")
            yield f"{len(hits):,} of {whole} that only this rule removes: {terminal.printable(rule.rule.in_words())}"
        for hit in hits:
            yield f"  {terminal.printable(hit.title or hit.id)}  [{terminal.printable(hit.id)}]"
            yield f"    {terminal.marked(hit.snippet, hit.highlights)}"


def difference_lines(told: Sequence[str]) -> Iterator[str]:
    """What has changed since a ledger was written."""
    yield "changed since the ledger was written:" if told else "nothing has changed since the ledger was written"
    yield from (f"  {terminal.printable(line)}" for line in told)


def _start_line(counts: LedgerCounts) -> str:
    exact = "exact"
    if counts.partial is not None:
        exact = f"partial ({counts.partial.reason}): {counts.partial.scanned:,} documents looked at"
    parts = (_in_words(counts.start, counts), exact, counts.corpus, f"{counts.took_ms:.0f} ms")
    return "start: " + " · ".join(parts)


def _rows(name: str, rule: RuleCounts, counts: LedgerCounts) -> Iterator[tuple[str, ...]]:
    """A line of documents and one of tokens."""
    amounts = (rule.removed, rule.alone, rule.only, rule.without_value, rule.left)
    yield name, *(_cell(a.documents, counts.start.documents) for a in amounts)
    if counts.start.tokens is not None:
        cells = (_cell(a.tokens or 0, counts.start.tokens) for a in amounts)
        yield f"   tokens{' (estimated)' if counts.estimated else ''}", *cells


def _cell(part: int, whole: int) -> str:
    return f"{part:,} {_share(part, whole):>6}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "0.0%"


def _in_words(amount: Amount, counts: LedgerCounts) -> str:
    documents = counted(amount.documents, "document")
    if amount.tokens is None:
        return documents
    return f"{documents}, {counted(amount.tokens, 'token')}{' (estimated)' if counts.estimated else ''}"
