"""What a ledger counts: exact amounts of documents and of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpuscope.filters import Filter
from corpuscope.ledger.ledger import Ledger
from corpuscope.results import Partial, SearchResult, TokenCount


@dataclass(frozen=True)
class Amount:
    """Documents and their tokens; None where the corpus has no token counts."""

    documents: int
    tokens: int | None

    def without(self, part: Amount) -> Amount:
        """What is left without a part."""
        tokens = None if self.tokens is None or part.tokens is None else self.tokens - part.tokens
        return Amount(self.documents - part.documents, tokens)

    def to_json(self) -> dict[str, int | None]:
        """Plain JSON."""
        return {"documents": self.documents, "tokens": self.tokens}


@dataclass(frozen=True)
class RuleCounts:
    """What one rule removes of the start.

    `removed` is what it removes in the chain, after the rules before it; `alone` what it removes whatever the others
    do; `only` what no other rule removes. `without_value` is the part of `alone` that has no value to be judged by.
    `left` is what the chain has kept behind this rule.
    """

    rule: Filter
    removed: Amount
    alone: Amount
    only: Amount
    without_value: Amount
    left: Amount

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        named = ("removed", "alone", "only", "without_value", "left")
        return {"rule": str(self.rule)} | {name: getattr(self, name).to_json() for name in named}


@dataclass(frozen=True)
class LedgerCounts:
    """The counts of a ledger over every document that its start selects, unless `partial` says otherwise.

    `documents` counts the corpus without what is suppressed; `estimated` says that no tokenizer counted all tokens.
    """

    ledger: Ledger
    corpus: str
    documents: int
    suppressed: int
    parts: int
    start: Amount
    kept: Amount
    rules: tuple[RuleCounts, ...]
    estimated: bool
    partial: Partial | None
    notes: tuple[str, ...]
    took_ms: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "query": self.ledger.start.to_json(),
            "corpus": self.corpus,
            "documents": self.documents,
            "start": self.start.to_json(),
            "kept": self.kept.to_json(),
            "estimated": self.estimated,
            "rules": [r.to_json() for r in self.rules],
            "partial": None
            if self.partial is None
            else {"reason": self.partial.reason, "scanned": self.partial.scanned},
            "notes": list(self.notes),
            "took_ms": round(self.took_ms, 3),
        }

    def as_result(self) -> SearchResult:
        """What a search for the kept documents counts, without hits."""
        tokens = self.kept.tokens
        return SearchResult(
            query=self.ledger.kept,
            corpus=self.corpus,
            total=self.kept.documents,
            tokens=None if tokens is None else TokenCount(tokens, self.estimated),
            documents=self.documents,
            parts=(self.parts, self.parts),
            took_ms=self.took_ms,
            hits=[],
            facets={},
            partial=self.partial,
            suppressed=self.suppressed,
            notes=list(self.notes),
        )


@dataclass(frozen=True)
class Step:
    """What the whole chain would keep if a rule had another threshold: its value and more, or its value and less."""

    threshold: int | float
    above: Amount
    below: Amount
