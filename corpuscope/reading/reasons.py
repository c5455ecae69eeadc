"""Why a filter dropped a document: the rules that it fails, and the values that fail them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpuscope.errors import InvalidQuery, suggest
from corpuscope.reading.records import FieldValue
from corpuscope.rules import RULES, Rule, failed_field, rules_of


@dataclass(frozen=True)
class Reason:
    """A rule that a document fails; `value` is the field that the rule judges, None where the corpus has it not."""

    rule: Rule
    value: FieldValue | None

    @property
    def key(self) -> str:
        """How a link names the rule."""
        return f"{self.rule.system}:{self.rule.reason}"


def reasons_of(system: str, fields: Iterable[FieldValue]) -> tuple[Reason, ...]:
    """Every rule of a system that a document with these fields fails, in the order of the rules."""
    known = {f.field.name: f for f in fields}
    failed = known.get(failed_field(system))
    reasons = failed.value or () if failed is not None else ()
    return tuple(Reason(rule, known.get(rule.value)) for rule in rules_of(system) if rule.reason in reasons)


def rule_of(key: str) -> Rule:
    """The rule that a link names; raises InvalidQuery when there is none."""
    rules = {f"{rule.system}:{rule.reason}": rule for rule in RULES}
    if key not in rules:
        raise InvalidQuery(f"There is no rule {key!r}. {suggest(key, rules)}")
    return rules[key]
