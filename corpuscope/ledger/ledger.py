"""A ledger: the documents that a query selects, and an ordered chain of rules that they must satisfy to be kept.

A rule is a filter. What is kept is therefore a Query like any other, with the rules behind its own filters: search,
export, recipe and replay need to know nothing of ledgers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from corpuscope.errors import UsageError
from corpuscope.filters import Filter, Operator, Range
from corpuscope.query import Query

#: How many rules a document fails is counted in one byte.
MOST_RULES = 100

#: What a rule makes of the documents that the ledger starts from: removed by it alone of all rules, removed by it and
#: by others, kept by it.
Part = Literal["only", "shared", "kept"]

_FLIPPED: dict[Operator, Operator] = {
    ">=": "<=",
    "<=": ">=",
    ">": "<",
    "<": ">",
    "=": "!=",
    "!=": "=",
    "?": "!?",
    "!?": "?",
}
_COMPARISONS = frozenset({">=", "<=", ">", "<"})


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A start and rules, which also take their text forms. Order, page and sample of the start are left out."""

    start: Query = Query()
    rules: tuple[Filter, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "start", self.start.of_all_matches())
        put(self, "rules", tuple(Filter.parse(r) if isinstance(r, str) else r for r in self.rules))
        if len(self.rules) > MOST_RULES:
            raise UsageError(f"A ledger has at most {MOST_RULES} rules; these are {len(self.rules):,}.")

    @property
    def kept(self) -> Query:
        """The query that selects what every rule keeps."""
        return replace(self.start, filters=self.start.filters + self.rules)

    def query_of(self, index: int, part: Part) -> Query | None:
        """The query that selects what a rule makes of the start; None where no query of filters says it."""
        if part == "kept":
            return replace(self.start, filters=(*self.start.filters, self.rules[index]))
        opposite = negated(self.rules[index])
        if part == "shared" or opposite is None:
            return None
        others = self.rules[:index] + self.rules[index + 1 :]
        return replace(self.start, filters=(*self.start.filters, *others, opposite))

    def with_rule(self, rule: Filter, index: int | None = None) -> Ledger:
        """One more rule at the end, or another one in the place of one."""
        if index is None:
            return replace(self, rules=(*self.rules, rule))
        return replace(self, rules=(*self.rules[:index], rule, *self.rules[index + 1 :]))

    def without_rule(self, index: int) -> Ledger:
        """One rule less."""
        return replace(self, rules=self.rules[:index] + self.rules[index + 1 :])

    def moved(self, index: int, to: int) -> Ledger:
        """A rule in another place of the chain."""
        rules = list(self.rules)
        rules.insert(to, rules.pop(index))
        return replace(self, rules=tuple(rules))


def threshold(rule: Filter) -> str | None:
    """The number, date or text that a rule compares with, as it is written; None for a rule without one."""
    return str(rule.values[0]) if rule.op in _COMPARISONS else None


def flipped(rule: Filter) -> Filter:
    """The rule the other way round: `words>=50` -> `words<=50`; the threshold itself is kept either way."""
    return replace(rule, op=_FLIPPED[rule.op])


def negated(rule: Filter) -> Filter | None:
    """The filter that keeps what a rule removes, documents without a value too; None where no filter says it."""
    if rule.op not in _COMPARISONS:
        return flipped(rule)
    value = str(rule.values[0])
    if rule.op == ">=":
        return Filter(rule.field, "!=", (Range(value, None),))
    return Filter(rule.field, "!=", (Range(None, value),)) if rule.op == "<=" else None
