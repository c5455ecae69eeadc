"""The threshold as HTML: which way it cuts, a slider, two curves of what stays, and what is kept and dropped."""

from __future__ import annotations

import bisect
import json
from dataclasses import replace

from corpuscope.filters import Filter
from corpuscope.ledger.counts import Amount
from corpuscope.links import EXPORT, LEDGER
from corpuscope.safety.curve import Curve, Point
from corpuscope.safety.effect import Effect
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.quality_view import search_of
from pages.widgets.safe_html import Html, datum, element, join
from pages.widgets.safety.place import Place

#: What the panel tells: a threshold that was typed, a place on the slider or on the curves.
TYPED, SLID = "typed", "slid"
_HEIGHT, _WIDTH = 100, 1000


class ThresholdView:
    """Draws the threshold of the page's dimension."""

    def __init__(self, place: Place, effect: Effect, curve: Curve) -> None:
        self._place = place
        self._effect = effect
        self._curve = curve
        self._cut = place.cut
        self._amounts = [curve.kept(point, place.cut) for point in curve.points]
        token_field = place.corpus.token_field
        self._tilde = "~" if token_field is not None and token_field.estimated else ""

    def html(self) -> Html:
        """The controls, the curves over the slider, and the figures."""
        controls = element("div", self._ways(), self._typed(), class_="cut-controls")
        parts = (controls, self._figures(), self._curves(), self._about(), self._further())
        return element("section", *parts, class_="threshold")

    def _further(self) -> Html:
        """Where to go with what is kept; the place is there when nothing is, too."""
        kept, link = self._effect.kept.documents, self._place.link
        if not kept:
            return element("p", "No document is kept.", class_="quiet")
        rule = replace(link.to(LEDGER), rules=(str(self._cut.kept),))
        doors = (
            door(
                link.to(EXPORT, self._place.of_kept()), f"Export the {kept:,} kept", class_="button", data_name="export"
            ),
            door(rule, "As a rule of the ledger", class_="quiet-button", data_name="ledger"),
        )
        return element("nav", *doors, class_="doors ledger-doors", aria_label="What is kept")

    def _ways(self) -> Html:
        """The two directions: what is flagged goes, or alone stays."""
        words = self._cut.flag.in_words()
        ways = (("drop", None, f"Drop where {words}"), ("keep", "flagged", f"Keep only where {words}"))
        doors = (
            door(
                replace(self._place.link, keep=keep),
                label,
                data_name=f"way {name}",
                role="button",
                class_="pressed" if (keep is not None) == self._cut.inverse else None,
                aria_pressed="true" if (keep is not None) == self._cut.inverse else "false",
            )
            for name, keep, label in ways
        )
        return element("span", *doors, class_="ways", role="group", aria_label="What is kept")

    def _typed(self) -> Html | None:
        if self._cut.at is None:
            return None
        ask = element(
            "input",
            type="text",
            value=self._cut.at,
            spellcheck="false",
            style="width:9ch",
            aria_label=f"Threshold of {self._cut.dimension.name}",
            data_name=TYPED,
        )
        back = None
        if self._place.link.threshold is not None:
            back = door(self._place.at(None), f"usual: {self._cut.dimension.threshold}", data_name="usual")
        return element("span", "T = ", ask, back, class_="operand", data_range=TYPED)

    def _figures(self) -> Html:
        effect = self._effect
        figures = (
            self._figure(effect.kept, "kept", self._cut.kept),
            self._figure(effect.dropped, "dropped", self._cut.dropped),
            self._unscored(effect.unscored),
        )
        return element("nav", *figures, class_="overview-figures", aria_label="Kept and dropped")

    def _figure(self, amount: Amount, words: str, condition: Filter) -> Html:
        share = wording.share(amount.documents, self._effect.all.documents)
        parts = [element("b", f"{amount.documents:,}"), element("span", f"documents {words} ({share})")]
        if amount.tokens is not None:
            share = wording.share(amount.tokens, self._effect.all.tokens or 0)
            exactly = f"{amount.tokens:,} tokens{' (estimated)' if self._tilde else ''}"
            parts.append(
                element("span", f"{wording.compact(amount.tokens)}{self._tilde} tokens ({share})", title=exactly)
            )
        link = search_of(self._place.link, (condition,))
        return door(link, *parts, data_name=words, data_count=amount.documents)

    def _unscored(self, amount: Amount) -> Html:
        """Documents that the dimension says nothing about; the place is there without any, too."""
        if not amount.documents:
            return element("p", element("b", "0"), element("span", "without a score"), class_="figure")
        fate = "dropped" if self._cut.inverse else "kept"
        parts = (
            element("b", f"{amount.documents:,}"),
            element("span", "without a score"),
            element("span", f"are {fate}"),
        )
        link = search_of(self._place.link, (Filter(self._cut.dimension.name, "!?"),))
        return door(link, *parts, data_name="unscored", data_count=amount.documents)

    def _curves(self) -> Html:
        if len(self._amounts) < 2:
            has_scale = self._cut.dimension.has_threshold
            why = "All scores are the same" if has_scale else "This field has no scale"
            return element("p", f"{why}: there is no threshold to move.", class_="note")
        has_tokens = self._curve.all.tokens is not None
        lines = [self._line([a.documents for a in self._amounts], self._curve.all.documents, "documents")]
        if has_tokens:
            lines.append(self._line([a.tokens or 0 for a in self._amounts], self._curve.all.tokens or 0, "tokens"))
        here = self._position()
        mark = element("line", x1=here, x2=here, y1=0, y2=_HEIGHT, class_="here")
        box = {"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "preserveAspectRatio": "none"}
        drawn = element("svg", *self._targets(), *lines, mark, **box, aria_hidden="true")
        scale = element(
            "div", *(element("span", s) for s in ("100%", "50%", "0%")), class_="scale-y", aria_hidden="true"
        )
        key = [element("span", "documents kept", class_="documents")]
        key += [element("span", f"tokens{self._tilde} kept", class_="tokens")] if has_tokens else []
        legend = element(
            "p",
            *key,
            element(
                "span",
                "over the threshold T",
            ),
            class_="curve-key",
        )
        return join([legend, element("div", scale, drawn, class_="curves"), self._slider(), self._numbers()])

    def _line(self, numbers: list[int], whole: int, name: str) -> Html:
        step = _WIDTH / (len(numbers) - 1)
        points = (f"{i * step:.1f},{_HEIGHT * (1 - n / max(1, whole)):.2f}" for i, n in enumerate(numbers))
        return element("polyline", points=" ".join(points), class_=f"curve {name}")

    def _targets(self) -> list[Html]:
        """A strip for each threshold: it says what is kept there, and a click goes there."""
        step = _WIDTH / (len(self._amounts) - 1)
        return [
            element(
                "rect",
                element("title", label),
                x=f"{(i - 0.5) * step:.1f}",
                y=0,
                width=f"{step:.1f}",
                height=_HEIGHT,
                data_act=SLID,
                data_value=i,
            )
            for i, label in enumerate(self._labels())
        ]

    def _labels(self) -> list[str]:
        pairs = zip(self._curve.points, self._amounts, strict=True)
        return [self._label(point, amount) for point, amount in pairs]

    def _label(self, point: Point, amount: Amount) -> str:
        tokens = "" if amount.tokens is None else f", {wording.compact(amount.tokens)}{self._tilde} tokens"
        share = wording.share(amount.documents, self._curve.all.documents)
        return f"T = {shown(point.threshold)} keeps {wording.documents(amount.documents)} ({share}){tokens}"

    def _slider(self) -> Html:
        labels, here = self._labels(), self._nearest()
        slider = element(
            "input",
            type="range",
            min=0,
            max=len(labels) - 1,
            value=here,
            data_says=json.dumps(labels, ensure_ascii=False),
            data_name=SLID,
            aria_label=f"Threshold of {self._cut.dimension.name}, slider",
            aria_valuetext=labels[here],
        )
        points = self._curve.points
        ends = (
            element("span", shown(points[0].threshold)),
            element("output", labels[here] if points[here].threshold == float(self._cut.at or 0) else ""),
            element("span", shown(points[-1].threshold)),
        )
        return element("div", slider, *ends, class_="slider", data_range=SLID)

    def _nearest(self) -> int:
        """The threshold on the slider that is nearest to the one in force."""
        values = [p.threshold for p in self._curve.points]
        now = float(self._cut.at or 0)
        after = min(bisect.bisect_left(values, now), len(values) - 1)
        return after if after == 0 or values[after] - now <= now - values[after - 1] else after - 1

    def _position(self) -> str:
        """Where the threshold in force stands on the curves."""
        values, now = [p.threshold for p in self._curve.points], float(self._cut.at or 0)
        after = min(max(1, bisect.bisect_left(values, now)), len(values) - 1)
        low, high = values[after - 1], values[after]
        place = after - 1 + min(1.0, max(0.0, (now - low) / (high - low)))
        return f"{_WIDTH * place / (len(values) - 1):.1f}"

    def _numbers(self) -> Html:
        """The curves as a table, folded."""
        every = max(1, (len(self._amounts) - 1) // 10)
        pairs = list(zip(self._curve.points, self._amounts, strict=True))
        rows = (
            element(
                "tr",
                element("td", door(self._place.at(written(p.threshold)), shown(p.threshold))),
                *_cells(a, self._curve.all),
            )
            for p, a in pairs[::every]
        )
        heads = element("tr", *(element("th", h) for h in ("T", "documents kept", "", "tokens kept", "")))
        table = element("table", heads, *rows, aria_label="What is kept by threshold")
        return element(
            "details",
            element("summary", "The curves as numbers"),
            element("div", table, class_="sheet"),
            class_="numbers",
            data_name="curve numbers",
        )

    def _about(self) -> Html:
        kind, field = self._cut.dimension.kind, self._cut.dimension.field
        parts = (datum(field.name), f": {kind.source} Scale: {kind.scale}. ", field.meaning, " ", field.caveat)
        return element("p", *parts, class_="note")


def written(threshold: float) -> str:
    """A threshold as a filter writes it."""
    return str(threshold)


def shown(value: float) -> str:
    """A threshold for people."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def _cells(amount: Amount, whole: Amount) -> list[Html]:
    tokens = (
        ("–", "") if amount.tokens is None else (f"{amount.tokens:,}", wording.share(amount.tokens, whole.tokens or 0))
    )
    cells = (f"{amount.documents:,}", wording.share(amount.documents, whole.documents), *tokens)
    return [element("td", cell, class_="number") for cell in cells]
