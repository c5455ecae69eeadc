"""A ledger as HTML: what it starts from and keeps, a row for each rule, and where to go with what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.ledger.counts import Amount, LedgerCounts, RuleCounts, Step
from corpuscope.ledger.ledger import Ledger, Part
from corpuscope.links import EXPORT, OVERVIEW, SEARCH, Link
from corpuscope.query import Query
from corpuscope.results import Hit
from corpuscope.sessions.marks import MarkedCorpus
from corpuscope.wording import partly
from pages.widgets import wording
from pages.widgets.hit_view import hits_html
from pages.widgets.ledger_controls import RuleControls
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, element, join

#: The parts of a rule: its class, its name in the legend, and what it says of documents.
PARTS: Mapping[Part, tuple[str, str]] = {
    "only": ("only this rule removes it", "that only this rule removes"),
    "shared": ("this rule and others", "that this rule and others remove"),
    "kept": ("kept by this rule", "that this rule keeps"),
}
SAMPLE = 10


def part_name(part: Part, index: int) -> str:
    """How a link names a part of a rule."""
    return f"{part}-{index + 1}"


def at_ledger(link: Link, ledger: Ledger, part: str | None = None) -> Link:
    """The page with other rules, or with another part of a rule opened."""
    rules = tuple(map(str, ledger.rules)) or None
    return replace(link, query=replace(link.query, seed=0), rules=rules, part=part)


@dataclass(frozen=True)
class Opened:
    """The part of a rule that is open, with some of its documents."""

    part: Part
    index: int
    hits: list[Hit]
    corpus: MarkedCorpus


class LedgerView:
    """Draws the counts of a ledger; `link` is where the reader is, `steps` are the thresholds of each rule."""

    def __init__(
        self, link: Link, counts: LedgerCounts, fields: Mapping[str, Field], steps: Sequence[tuple[Step, ...]]
    ) -> None:
        self._link = link
        self._counts = counts
        self._ledger = counts.ledger
        self._fields = fields
        self._steps = steps
        self._tilde = "~" if counts.estimated else ""

    def figures(self) -> Html:
        """What the ledger starts from and what it keeps, in documents and tokens."""
        start, kept = self._counts.start, self._counts.kept
        figures = [self._figure(start, f"of {wording.documents(self._counts.documents)}", self._ledger.start, "start")]
        if self._ledger.rules:
            arrow = element("span", "→", class_="arrow", aria_hidden="true")
            figures += [arrow, self._figure(kept, "documents kept", self._ledger.kept, "kept")]
            removed = start.without(kept)
            parts = [element("b", f"{removed.documents:,}"), element("span", "documents removed")]
            if removed.tokens is not None:
                parts.append(element("span", f"{wording.compact(removed.tokens)} tokens{self._tilde}"))
            figures.append(element("span", *parts, class_="removed"))
        nav = element("nav", *figures, class_="overview-figures ledger-figures", aria_label="Start and kept")
        return join([nav, *(element("p", remark, class_="note") for remark in self._remarks())])

    def rules(self, opened: Opened | None) -> Html:
        """A row for each rule, under a legend of the bars; below one of them the documents that were asked for."""
        legend = element(
            "p", *(element("span", words, class_=part) for part, (words, _) in PARTS.items()), class_="key"
        )
        rows = (
            self._row(i, counted, opened if opened is not None and opened.index == i else None)
            for i, counted in enumerate(self._counts.rules)
        )
        return element("div", legend, element("ol", *rows, class_="rules"), class_="ledger")

    def ways(self) -> Html:
        """Doors to what is kept."""
        total, kept = self._counts.kept.documents, self._ledger.kept
        if not total:
            return element("p", "No document is kept.", class_="quiet")
        named: dict[str, object] = {"class_": "quiet-button"}
        doors = (
            door(self._link.to(EXPORT, kept), f"Export the {total:,} kept", class_="button", data_name="export"),
            door(self._link.to(SEARCH, kept), "Search what is kept", data_name="search", **named),
            door(self._link.to(OVERVIEW, kept), "Overview of what is kept", data_name="overview", **named),
        )
        return element("nav", *doors, class_="doors ledger-doors", aria_label="What is kept")

    def _sample(self, opened: Opened, amount: Amount) -> Html:
        """Some documents of a part of a rule, each a door."""
        part, index, whole = opened.part, opened.index, amount.documents
        query = self._ledger.query_of(index, part)
        seed = self._link.query.seed
        others = replace(self._link, query=replace(self._link.query, seed=(seed + 1) % 2**31))
        more = whole > SAMPLE and door(others, f"{SAMPLE} others", data_name="others")
        every = query and door(self._link.to(SEARCH, query), "Search all of them", data_name="all")
        close = door(at_ledger(self._link, self._ledger), "Close", data_name="close")
        ways = [way for way in (more, every, close) if way]
        shown = f"{min(SAMPLE, whole)} of " if whole > SAMPLE else ""
        title = f"{shown}{wording.documents(whole)} {PARTS[part][1]}"
        # With the query of the part, the Document page leads from one document of the draw to the next.
        drawn = None if query is None else replace(query, sample=SAMPLE, seed=seed, k=SAMPLE)
        place = self._link.to(SEARCH, drawn or self._ledger.start)
        listed = hits_html(place, opened.hits, opened.corpus, in_query=drawn is not None)
        head = element("h3", element("span", title), *ways)
        return element("div", head, listed, class_="at-random")

    def _remarks(self) -> Iterator[str]:
        yield from self._counts.notes
        if self._counts.partial is not None:
            yield partly(self._counts.partial)

    def _figure(self, amount: Amount, words: str, query: Query, name: str) -> Html:
        share = f" ({wording.share(amount.documents, self._counts.start.documents)})" if name == "kept" else ""
        parts = [element("b", f"{amount.documents:,}"), element("span", f"{words}{share}")]
        if amount.tokens is not None:
            share = f", {wording.share(amount.tokens, self._counts.start.tokens or 0)}" if name == "kept" else ""
            exactly = f"{amount.tokens:,} tokens{' (estimated)' if self._tilde else ''}"
            parts.append(element("span", f"{wording.compact(amount.tokens)} tokens{self._tilde}{share}", title=exactly))
        return door(self._link.to(SEARCH, query), *parts, data_name=name, data_count=amount.documents)

    def _row(self, index: int, counted: RuleCounts, opened: Opened | None) -> Html:
        controls = RuleControls(self._link, self._ledger, index, self._fields, self._steps[index])
        what = element("div", controls.head(), controls.slider(self._tilde), class_="rule-what")
        amounts: Mapping[Part, Amount] = {
            "only": counted.only,
            "shared": counted.alone.without(counted.only),
            "kept": self._counts.start.without(counted.alone),
        }
        bar = element("div", self._split(index, amounts), self._amounts(index, counted), class_="rule-bar")
        label = f"Rule {index + 1}: {counted.rule.in_words()}"
        below = opened and element("div", self._sample(opened, amounts[opened.part]), class_="rule-part")
        return element("li", what, bar, self._left(index, counted), below, class_="rule", aria_label=label)

    def _split(self, index: int, amounts: Mapping[Part, Amount]) -> Html:
        """The documents of the start by what the rule makes of them; each part opens some of its documents."""
        parts = (self._part(index, part, amount) for part, amount in amounts.items() if amount.documents)
        return element("div", *parts, class_="split", role="group", aria_label="Documents of the start by this rule")

    def _part(self, index: int, part: Part, amount: Amount) -> Html:
        name = part_name(part, index)
        is_open = self._link.part == name
        share = wording.share(amount.documents, self._counts.start.documents)
        told = f"{self._in_words(amount)} ({share}) {PARTS[part][1]}. Click for {SAMPLE} of them."
        return door(
            at_ledger(self._link, self._ledger, None if is_open else name),
            class_=f"{part} open" if is_open else part,
            style=f"flex-grow:{amount.documents}",
            title=told,
            aria_label=told,
            aria_pressed="true" if is_open else "false",
            data_name=name,
            data_count=amount.documents,
        )

    def _amounts(self, index: int, counted: RuleCounts) -> Html:
        """What the rule removes, each number with the documents behind it."""
        if not counted.alone.documents:
            return element("p", "removes nothing", class_="amounts")
        rules = self._ledger.rules
        nothing = (Filter(counted.rule.field, "!?"),)
        opposite = self._ledger.query_of(index, "only")
        removal = () if opposite is None else opposite.filters[-1:]
        said = [
            self._amount(counted.removed, "removed here", (*rules[:index], *removal) if removal else None),
            self._amount(counted.alone, "by itself", removal or None),
            self._amount(
                counted.only, "only by it", (*rules[:index], *rules[index + 1 :], *removal) if removal else None
            ),
        ]
        if counted.without_value.documents:
            said.append(self._amount(counted.without_value, "without a value", nothing))
        return element("p", *said, class_="amounts")

    def _amount(self, amount: Amount, words: str, filters: Sequence[Filter] | None) -> Html:
        number = element("b", f"{amount.documents:,}")
        told = f"{self._in_words(amount)} {words}, of {wording.documents(self._counts.start.documents)}"
        tokens = ""
        if amount.tokens is not None and amount.documents:
            tokens = f" ({wording.compact(amount.tokens)}{self._tilde} tokens)"
        parts = (number, f" {words}{tokens}")
        if filters is None or not amount.documents:
            return element("span", *parts, title=told)
        return door(self._where(filters), *parts, title=told, data_count=amount.documents)

    def _left(self, index: int, counted: RuleCounts) -> Html:
        """What the chain has kept so far."""
        left, start = counted.left, self._counts.start
        parts = [
            element("b", f"{left.documents:,}"),
            element("span", f"documents, {wording.share(left.documents, start.documents)}"),
        ]
        if left.tokens is not None:
            share = wording.share(left.tokens, start.tokens or 0)
            parts.append(element("span", f"{wording.compact(left.tokens)} tokens{self._tilde}, {share}"))
        told = f"{self._in_words(left)} kept up to here"
        where = self._where(self._ledger.rules[: index + 1])
        return door(where, *parts, class_="rule-left", title=told, data_count=left.documents)

    def _where(self, filters: Sequence[Filter]) -> Link:
        """The search for what some filters keep of the start."""
        start = self._ledger.start
        return self._link.to(SEARCH, replace(start, filters=(*start.filters, *filters)))

    def _in_words(self, amount: Amount) -> str:
        documents = wording.documents(amount.documents)
        return documents if amount.tokens is None else f"{documents}, {amount.tokens:,}{self._tilde} tokens"
