"""Facets as HTML: how often each value or range occurs in what matches, each one a door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import Link
from corpuscope.query import FacetRequest, Query
from corpuscope.results import Bin, BinFacet, SearchResult, ValueCount, ValueFacet
from pages.widgets import refine, wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join

#: Values of a facet at first, and how many "more" adds.
FIRST_VALUES = 8
MORE_VALUES = 20
_FIRST_FACETS = ("source", "domain", "topic", "format", "language", "year", "url_host", "tokens", "script", "words")
_FACETS_AT_FIRST = 6
_MASKED = re.compile(r"\[(EMAIL|IP|PHONE|KEY)\]")


def default_facets(fields: dict[str, Field]) -> tuple[FacetRequest, ...]:
    """The facets of a reader who has chosen none: what most corpora are asked for first."""
    chosen = [name for name in _FIRST_FACETS if name in fields][:_FACETS_AT_FIRST]
    return tuple(FacetRequest(name, FIRST_VALUES) for name in chosen)


def about(field: Field) -> str | None:
    """What a field means and how far it can be believed, for the hover."""
    return " ".join(filter(None, (field.meaning, field.caveat and f"Caveat: {field.caveat}"))) or None


class FacetView:
    """Draws the facets of one answer; `link` is where the reader is.

    `asked` are the texts by field that the reader looks for among values: those facets hold only what was found.
    `behind` puts the whole corpus behind the bars, both as shares.
    """

    def __init__(
        self,
        link: Link,
        result: SearchResult,
        fields: dict[str, Field],
        asked: Mapping[str, str] = MappingProxyType({}),
        *,
        behind: bool = False,
    ) -> None:
        self._behind = behind
        self._link = link
        self._asked = asked
        self._query = link.query
        self._result = result
        self._requests = result.query.facets
        self._fields = fields

    def html(self) -> Html:
        """All facets, in the order asked for."""
        return join(self._facet(request) for request in self._requests)

    def body(self, request: FacetRequest) -> Html | None:
        """The values or bars of one facet; None where there is no value."""
        facet = self._result.facets[request.field]
        field = self._fields.get(request.field) or Field(name=request.field, type="text")
        asked = request.field in self._asked
        if not asked and not (facet.values if isinstance(facet, ValueFacet) else any(b.count for b in facet.bins)):
            return None
        body = self._values(field, facet, request) if isinstance(facet, ValueFacet) else self._histogram(field, facet)
        return join([body, self._missing(field, facet.missing)])

    def _facet(self, request: FacetRequest) -> Html:
        field = self._fields.get(request.field) or Field(name=request.field, type="text")
        body = self.body(request)
        head = self._head(field, None if body is not None else "no values here")
        return element("section", head, body, class_="facet")

    def _head(self, field: Field, remark: str | None = None) -> Html:
        estimated = element("span", " ~", title="estimated") if field.estimated else None
        without = refine.without_facet(self._query, self._requests, field.name)
        # Without any facet chosen the defaults come back, so the last one stays.
        close = self._door(without, "×", class_="close", title="Remove this facet") if len(self._requests) > 1 else None
        quiet = remark and element("span", remark, class_="quiet")
        return element("h3", element("span", datum(field.name), estimated, title=about(field)), quiet, close)

    def _values(self, field: Field, facet: ValueFacet, request: FacetRequest) -> Html:
        longest = max((v.count for v in facet.values), default=0)
        rows = [self._value(field, v, longest) for v in facet.values]
        return join([self._search(field, facet), element("ol", *rows), self._more(facet, request)])

    def _search(self, field: Field, facet: ValueFacet) -> Html | None:
        """A place to look for values, where not all of them are shown."""
        asked = self._asked.get(field.name, "")
        if facet.complete and not asked:
            return None
        ask = element(
            "input",
            class_="ask",
            type="search",
            value=asked,
            placeholder="search values",
            aria_label=f"Search the values of {field.name}",
            data_ask=field.name,
            data_name=f"ask {field.name}",
        )
        return join([ask, asked and not facet.values and element("p", "no value holds this", class_="quiet")])

    def _value(self, field: Field, counted: ValueCount, longest: int) -> Html:
        value = wording.value(counted.value) if isinstance(counted.value, bool) else counted.value
        fill = element("span", class_="fill", style=f"width:{100 * counted.count / max(1, longest):.1f}%")
        label = element("span", datum(value) if value else element("i", "empty"), class_="label")
        number = element("span", f"{counted.count:,}", class_="number")
        of = f"{wording.documents(counted.of)} ({wording.share(counted.count, counted.of)})"
        hover = f"{value}: {counted.count:,} of {of}"
        if self._query.mask and _MASKED.search(value):
            return element(
                "li",
                element("span", fill, label, number, class_="value", title=f"{hover}. Masked values are no filter."),
            )
        chosen = refine.has_value(self._query, field.name, value)
        excluded = refine.has_value(self._query, field.name, value, excluded=True)
        name = f"{field.name}={value}"
        include = self._door(
            refine.toggle_value(self._query, field.name, value),
            *(fill, label, number),
            class_="value chosen" if chosen else "value excluded" if excluded else "value",
            title=hover,
            data_name=name,
            aria_pressed="true" if chosen else "false",
        )
        minus = self._door(
            refine.toggle_exclusion(self._query, field.name, value),
            "−",
            class_="minus pressed" if excluded else "minus",
            title="No longer exclude" if excluded else "Exclude (or Alt-click the value)",
            aria_label=f"Exclude {value}",
            data_alternative=True,
            data_name=f"-{name}",
        )
        return element("li", include, minus)

    def _more(self, facet: ValueFacet, request: FacetRequest) -> Html | None:
        if facet.complete:
            return None
        wanted = FacetRequest(request.field, request.limit + MORE_VALUES)
        more = self._door(
            refine.with_facet(self._query, self._requests, wanted), "more", data_name=f"more {request.field}"
        )
        return element("p", f"{wording.documents(facet.other)} with other values · ", more, class_="quiet")

    def _histogram(self, field: Field, facet: BinFacet) -> Html:
        found, all_ = sum(b.count for b in facet.bins), sum(b.of for b in facet.bins)
        behind = self._behind and found < all_
        tallest = max(max(b.count / found, b.of / all_ if behind else 0) for b in facet.bins)
        whole = all_ * tallest if behind else None
        bars = [
            self._bar(field, b, found * tallest, whole, index=i, last=b is facet.bins[-1])
            for i, b in enumerate(facet.bins)
        ]
        low, high = _ends(facet.bins)
        typed = refine.range_ends(self._query, field.name)
        ends = [self._end(field, *end) for end in (("from", low, typed[0]), ("to", high, typed[1]))]
        hint = "Drag over bars to choose a range"
        return join(
            [
                element("div", *bars, class_="bars", data_brush=field.name, title=hint),
                element("p", *ends, class_="ends", data_range=field.name),
            ]
        )

    def _end(self, field: Field, which: str, edge: str, typed: str) -> Html:
        """One end of the range, to be typed."""
        label = f"{field.name} {which}"
        return element(
            "input", type="text", value=typed, placeholder=edge, aria_label=label, title=label, data_name=label
        )

    def _bar(self, field: Field, counted: Bin, tallest: float, whole: float | None, *, index: int, last: bool) -> Html:
        """One bar; `tallest` documents fill the height, and `whole` of the corpus where it stands behind."""
        wanted = refine.range_of(field, counted, last=last)
        height = 0 if not counted.count else max(4.0, 100 * counted.count / tallest)
        behind = whole and element("i", style=f"height:{100 * counted.of / whole:.1f}%")
        span = " and ".join(_readable(f) for f in wanted)
        chosen = refine.has_range(self._query, wanted)
        return self._door(
            refine.toggle_range(self._query, wanted),
            behind,
            element("span", style=f"height:{height:.1f}%"),
            class_="bar chosen" if chosen else "bar",
            title=f"{span}: {counted.count:,} of {wording.documents(counted.of)}",
            aria_label=span,
            data_name=f"{field.name} {counted.low}",
            data_index=index,
        )

    def _missing(self, field: Field, missing: int) -> Html | None:
        if not missing:
            return None
        without = refine.add_filter(self._query, Filter(field.name, "!?"))
        return element("p", self._door(without, f"no value: {missing:,}", data_name=f"{field.name}!?"), class_="quiet")

    def _door(self, query: Query, *children: object, **attributes: object) -> Html:
        return door(replace(self._link, query=query), *children, **attributes)


def _ends(bins: list[Bin]) -> tuple[str, str]:
    """The labels below a histogram: bins of one integer each end with the integer, not after it."""
    last = bins[-1]
    unit = isinstance(last.low, int) and last.high == last.low + 1
    return _edge(bins[0].low), _edge(last.low if unit else last.high)


def _edge(edge: float | int | str) -> str:
    """An end of a histogram: 2016 stays 2016, 1250000 becomes 1.2M, a date stays a date."""
    if isinstance(edge, str):
        return edge
    if abs(edge) >= 10_000:
        return wording.compact(int(edge))
    return f"{edge:.4g}"


def _readable(condition: Filter) -> str:
    return str(condition).replace("..", " – ").replace(">=", " ≥ ").replace("<", " < ").replace("=", " ")
