"""Ratings as HTML: a histogram each over that of the corpus, its quantiles as doors, and what it means, folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from corpuscope.command_line import quote
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import SEARCH, Link
from corpuscope.ratings.kinds import RatingGroup
from corpuscope.ratings.profiles import Profile, Profiles
from corpuscope.ratings.quantiles import QUANTILES
from corpuscope.rules import RULES
from corpuscope.wording import counted, partly
from pages.widgets import refine, summary_view, wording
from pages.widgets.about_rating import FAILS, RELATIONS, about_html, group_title
from pages.widgets.facet_view import FacetView
from pages.widgets.overview_view import figure
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join

#: What the quantiles are called.
SHARES = {0.05: "5%", 0.25: "25%", 0.5: "median", 0.75: "75%", 0.95: "95%"}


def no_ratings(folder: Path) -> Html:
    """That the corpus rates nothing, and what makes ratings."""
    command = f"corpuscope annotate {quote(str(folder))} NAME"
    ways = (
        element("p", "Make some with ", element("code", command), "; ", element("code", "corpuscope annotators")),
        " lists the names. Numbers that come with the documents are ratings too.",
    )
    return summary_view.notice("empty", "This corpus has no ratings", join(ways))


def search_of(link: Link, filters: Iterable[Filter] = ()) -> Link:
    """The search that shows what `filters` select of these documents."""
    return link.to(SEARCH, refine.narrowed(link.query, filters))


class QualityView:
    """Draws the ratings of what a query selects; `shown` are the unfolded ones among `groups`."""

    def __init__(
        self,
        link: Link,
        told: Profiles,
        fields: Mapping[str, Field],
        groups: tuple[RatingGroup, ...],
        shown: tuple[RatingGroup, ...],
    ) -> None:
        self._link = link
        self._told = told
        self._groups = groups
        self._shown = {g.name: g for g in shown}
        self._profiles = {p.field.name: p for p in told.profiles}
        self._facets = FacetView(link, told.result, dict(fields), behind=True)
        self._requests = {r.field: r for r in told.result.query.facets}

    def html(self, asked: str, *, most_found: int) -> Html:
        """The figures, the way to look for a rating, and the groups."""
        nav = element("nav", *self._figures(), class_="overview-figures", aria_label="Figures")
        groups = [self._group(g, is_sought=bool(asked.strip())) for g in self._groups]
        return join([nav, self._remarks(), self._ask(asked, most_found), *groups])

    def _figures(self) -> Iterator[Html]:
        result = self._told.result
        of = f"of {wording.documents(result.documents)}"
        yield figure(f"{result.total:,}", of, search_of(self._link), data_count=result.total)
        ratings = sum(len(g.fields) for g in self._groups)
        systems = counted(len(self._groups), "group")
        yield element("p", element("b", f"{ratings:,}"), element("span", f"ratings in {systems}"), class_="figure")
        label = f"Show {wording.documents(result.total)}"
        yield door(search_of(self._link), label, class_="button", data_name="show documents")

    def _remarks(self) -> Html:
        notes = list(self._told.result.notes)
        if (partial := self._told.result.partial) is not None:
            notes.append(partly(partial))
        if self._told.result.total < self._told.result.documents:
            notes.append("Coloured bars are shares of these documents, grey ones behind them shares of the corpus.")
        return join(element("p", note, class_="note") for note in notes)

    def _ask(self, asked: str, most_found: int) -> Html:
        found = sum(len(g.fields) for g in self._shown.values())
        cut = found == most_found and f"The first {most_found} are shown."
        remark = (cut or (not found and "No rating is called or means that.")) if asked.strip() else None
        field = element(
            "input",
            class_="ask",
            type="search",
            value=asked,
            placeholder="Search the ratings",
            aria_label="Search the ratings",
            data_ask="ratings",
            data_name="ask ratings",
        )
        return element("div", field, remark and element("span", remark, class_="quiet"), class_="ask-ratings")

    def _group(self, group: RatingGroup, *, is_sought: bool) -> Html | None:
        shown = self._shown.get(group.name)
        if shown is None and is_sought:
            return None
        cards = [self._card(self._profiles[f.name]) for f in shown.fields] if shown else []
        body = element("div", *cards, class_="ratings") if shown else None
        return element("section", self._head(group, is_sought=is_sought), body, class_="rating-group")

    def _head(self, group: RatingGroup, *, is_sought: bool) -> Html:
        title = [datum(group_title(group.name)), element("span", counted(len(group.fields), "rating"), class_="quiet")]
        if is_sought:
            return element("h3", *title)
        is_open = group.name in self._shown
        names = [g.name for g in self._groups if (g.name in self._shown) != (g.name == group.name)]
        toggle = door(
            replace(self._link, open=tuple(names)),
            element("span", "▾" if is_open else "▸", class_="sign", aria_hidden="true"),
            *title,
            data_name=f"group {group.name}",
            role="button",
            aria_expanded="true" if is_open else "false",
        )
        return element("h3", toggle)

    def _card(self, told: Profile) -> Html:
        field = told.field
        estimated = element("span", " ~", title="estimated") if field.estimated else None
        head = element("h4", datum(field.name), estimated)
        body = self._facets.body(self._requests[field.name])
        empty = element("p", "no value here", class_="quiet")
        return element(
            "section",
            head,
            empty if body is None else body,
            self._quantiles(told),
            self._thresholds(field.name),
            about_html(field),
            class_="rating facet",
            aria_label=field.name,
        )

    def _thresholds(self, name: str) -> Html | None:
        """What the rules that judge a value keep, each a door to the documents that fail it."""
        doors = []
        for rule in (r for r in RULES if r.value == name):
            failing = Filter(name, FAILS[rule.keep], (f"{rule.threshold:.15g}",))
            label = f"kept when {RELATIONS[rule.keep]} {wording.value(rule.threshold)}"
            title = f"{rule.meaning} Opens the documents that fail: {failing.in_words()}"
            doors.append(door(search_of(self._link, (failing,)), label, title=title, data_name=f"fails {rule.reason}"))
        return element("p", *doors, class_="thresholds") if doors else None

    def _quantiles(self, told: Profile) -> Html | None:
        """Where the documents lie, each number a door to those up to it; from the median on to those above."""
        if not told.quantiles:
            return None
        cells = (self._quantile(told, at, q) for at, q in zip(QUANTILES, told.quantiles, strict=True))
        return element("p", *cells, class_="quantiles")

    def _quantile(self, told: Profile, at: float, value: float) -> Html:
        name, is_low = told.field.name, at <= 0.5
        condition = Filter(name, "<=" if is_low else ">=", (str(value),))
        title = f"{at:.0%} of {wording.documents(told.rated)} have at most {value}. Opens {condition.in_words()}"
        label = (element("span", SHARES[at], class_="quiet"), element("span", wording.amount(value)))
        return door(search_of(self._link, (condition,)), *label, title=title, data_name=f"{name} {SHARES[at]}")
