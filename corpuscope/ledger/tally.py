"""Counts a ledger: which of its rules each document fails, as columns over all documents that it starts from."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.cached import cached_property
from corpuscope.catalog.catalog import sampled
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.corpus import Corpus
from corpuscope.engine import read_hits
from corpuscope.errors import InvalidQuery
from corpuscope.filters import Filter
from corpuscope.ledger import kernels
from corpuscope.ledger.counts import Amount, LedgerCounts, RuleCounts, Step
from corpuscope.ledger.ledger import Ledger, Part, threshold
from corpuscope.ledger.steps import Steps, steps_of
from corpuscope.mask_cache import MaskCache
from corpuscope.query import Query
from corpuscope.results import Hit
from corpuscope.selection import select

_MASKS = "ledger.masks"
#: Bytes for the masks of rules in each corpus version, a bit a document.
_MASK_BYTES = 32 << 20
#: Each holds one byte a document of its start.
_MOST_STEPS = 24


class Tally:
    """One ledger over one corpus; raises InvalidQuery or UnknownField for a start or a rule that cannot be asked.

    Rows stand for documents: all arrays have an entry for each document of the start, in row order.
    """

    def __init__(self, corpus: Corpus, ledger: Ledger) -> None:
        began = time.perf_counter()
        self._corpus = corpus
        self._ledger = ledger
        self._selection = select(corpus, ledger.start)
        if self._selection.matcher.takes_best:
            raise InvalidQuery(
                "A ledger counts what rules remove of a fixed set, but the nearest thousand change with every rule. "
                "Give the search by meaning a least similarity (threshold), such as 0.4."
            )
        masks = [rule_mask(corpus, rule) for rule in ledger.rules]  # first: what is wrong is said before work is done
        matches = self._selection.matches
        self._rows: Rows | None = None if matches.all() else np.flatnonzero(matches)
        self._failed = np.empty((len(masks), len(self)), dtype=np.bool_)
        for failed, mask in zip(self._failed, masks, strict=True):
            np.logical_not(self._of(mask), out=failed)
        self._failures = np.empty(len(self), dtype=np.uint8)
        self.counts = self._count(began)

    def __len__(self) -> int:
        return self._corpus.catalog.rows if self._rows is None else len(self._rows)

    def part(self, index: int, part: Part) -> Mask:
        """The rows of the corpus of which a rule makes this."""
        failed: Mask = self._failed[index]
        found: Mask
        match part:
            case "only":
                found = failed & (self._failures == 1)
            case "shared":
                found = failed & (self._failures > 1)
            case "kept":
                found = ~failed
        if self._rows is None:
            return found
        out = np.zeros(self._corpus.catalog.rows, dtype=np.bool_)
        out[self._rows[found]] = True
        return out

    def sample(self, index: int, part: Part = "only", *, n: int = 10, seed: int = 0) -> list[Hit]:
        """Documents at random of those of which a rule makes this."""
        return read_hits(self._selection, sampled(self.part(index, part), n, seed))

    def steps(self, index: int) -> tuple[Step, ...]:
        """What the chain would keep with other thresholds of a rule; none unless it compares with one number."""
        rule = self._ledger.rules[index]
        field = self._corpus.catalog.column(rule.field).field
        if threshold(rule) is None or field.multi or not field.is_number:
            return ()
        home = self._corpus.home(self._selection.fields_used | {rule.field})
        known = home.remembering(_steps, _MOST_STEPS)(self._ledger.start, rule.field)
        by_place = np.zeros((known.size, 2), dtype=np.int64)
        kernels.count_places(known.places, self._failures, self._failed[index], self._tokens, by_place)
        return known.steps(by_place, has_tokens=self._has_tokens, strict=len(rule.op) == 1)

    def _of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The entries of the start, out of one a row of the corpus."""
        return values if self._rows is None else values[self._rows]

    @cached_property
    def _tokens(self) -> npt.NDArray[np.int64]:
        """Tokens of each document; zeros where the corpus has no token counts."""
        field = self._corpus.token_field
        if field is None:
            return np.zeros(len(self), dtype=np.int64)
        column = self._corpus.catalog.column(field.name)
        # A copy always: loops are compiled once more for arrays that may not be written.
        return np.where(self._of(column.present), self._of(column.flat), np.int64(0))

    @property
    def _has_tokens(self) -> bool:
        return self._corpus.token_field is not None

    def _amount(self, documents: int, tokens: int) -> Amount:
        return Amount(int(documents), int(tokens) if self._has_tokens else None)

    def _count(self, began: float) -> LedgerCounts:
        corpus, selection = self._corpus, self._selection
        start = self._amount(len(self), self._tokens.sum())
        rules = tuple(self._count_rules(start))
        return LedgerCounts(
            ledger=self._ledger,
            corpus=corpus.label,
            documents=corpus.catalog.rows - len(corpus.suppressed_rows),
            suppressed=len(corpus.suppressed_rows),
            parts=len(corpus.manifest.parts),
            start=start,
            kept=rules[-1].left if rules else start,
            rules=rules,
            estimated=corpus.token_field is not None and corpus.token_field.estimated,
            partial=selection.partial,
            notes=selection.notes,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def _count_rules(self, start: Amount) -> list[RuleCounts]:
        counted = np.zeros((len(self._failed), 3, 2), dtype=np.int64)
        kernels.count_failures(self._failed, self._tokens, self._failures, counted)
        out: list[RuleCounts] = []
        left = start
        for rule, failed, its in zip(self._ledger.rules, self._failed, counted.tolist(), strict=True):
            removed, alone, only = (self._amount(*its[kind]) for kind in (kernels.REMOVED, kernels.ALONE, kernels.ONLY))
            left = left.without(removed)
            out.append(RuleCounts(rule, removed, alone, only, self._without_value(rule, failed), left))
        return out

    def _without_value(self, rule: Filter, failed: Mask) -> Amount:
        has_value = self._corpus.catalog.column(rule.field).has_value
        if has_value.all():
            return self._amount(0, 0)
        return self._amount(*kernels.amount(failed & ~self._of(has_value), self._tokens))


def rule_mask(corpus: Corpus, rule: Filter) -> Mask:
    """The rows that a rule keeps; those of the latest rules are remembered with the corpus's version."""
    home = corpus.home(frozenset({rule.field}))
    masks: MaskCache = home.kept.setdefault(_MASKS, MaskCache(_MASK_BYTES))
    known = masks.get(rule)
    if known is None:
        known = home.catalog.mask(rule)
        masks.put(rule, known)
    return known


def _steps(corpus: Corpus, start: Query, field: str) -> Steps:
    return steps_of(corpus.catalog.column(field), select(corpus, start).matches)
