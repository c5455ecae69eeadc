"""What a reader can do to one rule of a ledger: its threshold or values, its direction, its place, its end."""

from __future__ import annotations

import bisect
import json
from collections.abc import Mapping
from dataclasses import replace

from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.ledger.counts import Amount, Step
from corpuscope.ledger.ledger import Ledger, flipped, threshold
from corpuscope.links import Link
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join

#: What the panel tells: a threshold or values that were typed, a place on the slider or a bar above it.
TYPED, SLID = "typed", "slid"
_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "is", "!=": "is not", "?": "has a value", "!?": "has none"}
#: Characters that a field to type in has room for.
_SHORTEST, _LONGEST = 7, 28


def operand(rule: Filter) -> str:
    """What stands behind the operator of a rule, as it is written."""
    if (bound := threshold(rule)) is not None:
        return bound
    return str(rule)[len(str(replace(rule, values=()))) :]


class RuleControls:
    """The controls of one rule; `steps` are its other thresholds, none for a rule without."""

    def __init__(
        self, link: Link, ledger: Ledger, index: int, fields: Mapping[str, Field], steps: tuple[Step, ...]
    ) -> None:
        self._link = link
        self._ledger = ledger
        self._index = index
        self._rule = ledger.rules[index]
        self._field = fields.get(self._rule.field)
        self._steps = steps
        self._number = index + 1

    def head(self) -> Html:
        """The rule in one line, with its controls."""
        about = self._field and (self._field.meaning or None)
        name = element("span", datum(self._rule.field), class_="field", title=about)
        rank = element("span", f"{self._number}", class_="rank")
        return element("header", rank, name, self._flip(), self._operand(), self._moves())

    def slider(self, tilde: str) -> Html | None:
        """What the chain would keep at other thresholds, and a slider over them; nothing where there are none."""
        if len(self._steps) < 2:
            return None
        amounts = [step.above if self._rule.op.startswith(">") else step.below for step in self._steps]
        labels = [self._label(step, amount, tilde) for step, amount in zip(self._steps, amounts, strict=True)]
        most = max(1, *(a.documents for a in amounts))
        here = self._place()
        bars = (
            element(
                "span",
                element("span", style=f"height:{100 * amount.documents / most:.1f}%"),
                class_="bar chosen" if i == here else "bar",
                title=label,
                data_act=SLID,
                data_value=f"{self._number} {i}",
            )
            for i, (amount, label) in enumerate(zip(amounts, labels, strict=True))
        )
        # The slider does the same by keyboard, and is what a screen reader is told of.
        return join([element("div", *bars, class_="bars", aria_hidden="true"), self._range(labels, here)])

    def _label(self, step: Step, amount: Amount, tilde: str) -> str:
        tokens = "" if amount.tokens is None else f", {wording.compact(amount.tokens)}{tilde} tokens"
        sign = _SIGNS[self._rule.op]
        return f"{sign} {_shown(step.threshold)} keeps {wording.documents(amount.documents)}{tokens}"

    def _range(self, labels: list[str], here: int) -> Html:
        slider = element(
            "input",
            type="range",
            min=0,
            max=len(labels) - 1,
            value=here,
            data_says=json.dumps(labels, ensure_ascii=False),
            data_name=f"{SLID} {self._number}",
            aria_label=f"Threshold of rule {self._number}, {self._rule.field}",
            aria_valuetext=labels[here],
        )
        first, last = (_shown(step.threshold) for step in (self._steps[0], self._steps[-1]))
        ends = (
            element("span", first),
            element("output", labels[here] if self._is_at(here) else ""),
            element("span", last),
        )
        return element("div", slider, *ends, class_="slider", data_range=f"{SLID} {self._number}")

    def _place(self) -> int:
        """The step that is nearest to the threshold."""
        values = [step.threshold for step in self._steps]
        now = float(threshold(self._rule) or 0)
        after = min(bisect.bisect_left(values, now), len(values) - 1)
        return after if after == 0 or values[after] - now <= now - values[after - 1] else after - 1

    def _is_at(self, place: int) -> bool:
        return self._steps[place].threshold == float(threshold(self._rule) or 0)

    def _flip(self) -> Html:
        other = flipped(self._rule)
        told = f"Turn round: keep what satisfies {other.in_words()}"
        return self._to(
            self._ledger.with_rule(other, self._index),
            _SIGNS[self._rule.op],
            class_="flip",
            title=told,
            aria_label=told,
            data_name=f"flip {self._number}",
        )

    def _operand(self) -> Html | None:
        if not self._rule.values:
            return None
        written = operand(self._rule)
        kind = "Threshold" if threshold(self._rule) is not None else "Values"
        ask = element(
            "input",
            type="text",
            value=written,
            style=f"width:{min(_LONGEST, max(_SHORTEST, len(written) + 4))}ch",
            spellcheck="false",
            aria_label=f"{kind} of rule {self._number}: {self._rule.field} {_SIGNS[self._rule.op]}",
            data_name=f"{TYPED} {self._number}",
        )
        return element("span", ask, class_="operand", data_range=f"{TYPED} {self._number}")

    def _moves(self) -> Html:
        last = len(self._ledger.rules) - 1
        words = self._rule.in_words()
        up = self._move("↑", "up", self._index - 1) if self._index else _off("↑")
        down = self._move("↓", "down", self._index + 1) if self._index < last else _off("↓")
        remove = self._to(
            self._ledger.without_rule(self._index),
            "×",
            title="Remove this rule",
            aria_label=f"Remove the rule {words}",
            data_name=f"remove {self._number}",
        )
        return element("span", up, down, remove, class_="moves")

    def _move(self, sign: str, way: str, to: int) -> Html:
        told = f"Move {way}: {self._rule.in_words()}"
        ledger = self._ledger.moved(self._index, to)
        return self._to(ledger, sign, title=told, aria_label=told, data_name=f"{way} {self._number}")

    def _to(self, ledger: Ledger, *children: object, **attributes: object) -> Html:
        rules = tuple(map(str, ledger.rules)) or None
        return door(replace(self._link, rules=rules, part=None), *children, **attributes)


def _off(sign: str) -> Html:
    return element("span", sign, class_="off", aria_hidden="true")


def _shown(value: float) -> str:
    """A threshold for people: 0.0123456 -> 0.01235, 1250000 -> 1.2M."""
    if abs(value) >= 10_000:
        return wording.compact(int(value)) if value > 0 else f"{value:,.0f}"
    return f"{value:,.4g}"
