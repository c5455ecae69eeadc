"""Why a filter dropped a document: the rules that it fails, the values that fail them, and where the text shows it."""

from __future__ import annotations

from collections.abc import Iterable

from corpuscope import scan
from corpuscope.errors import InvalidQuery, suggest
from corpuscope.reading.evidence import evidence
from corpuscope.reading.matches import BLOCK, merged
from corpuscope.reading.records import FieldValue, Matches, Reason
from corpuscope.rules import RULES, Rule, failed_field

#: In longer texts (in code points) the places are not counted before somebody asks for them: 0.3 s for nine rules.
_COUNTED = 20_000


def reasons_against(fields: Iterable[FieldValue], text: str) -> tuple[Reason, ...]:
    """Every rule that a document with these fields and this text fails, in the order of the rules."""
    known = {f.field.name: f for f in fields}
    return tuple(Reason(rule, known.get(rule.value), _places(rule, text)) for rule in RULES if _fails(rule, known))


def show_rule(rule: Rule, text: str) -> Matches:
    """The places of a text that show why a rule has the value that it has; of a longer one, in its first BLOCK."""
    spans = merged(sorted(evidence(rule, text[:BLOCK])))
    return Matches(spans[: scan.MAX_SPANS], 0, min(len(text), BLOCK), cut=len(spans) > scan.MAX_SPANS)


def rule_of(key: str) -> Rule:
    """The rule that a link names; raises InvalidQuery when there is none."""
    rules = {f"{rule.system}:{rule.reason}": rule for rule in RULES}
    if key not in rules:
        raise InvalidQuery(f"There is no rule {key!r}. {suggest(key, rules)}")
    return rules[key]


def _fails(rule: Rule, known: dict[str, FieldValue]) -> bool:
    failed = known.get(failed_field(rule.system))
    return failed is not None and rule.reason in (failed.value or ())


def _places(rule: Rule, text: str) -> int | None:
    return len(show_rule(rule, text).spans) if len(text) <= _COUNTED else None
