"""Ratings against each other and against other fields, as tables whose cells and rows are doors."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscope.filters import Filter, Operator
from corpuscope.links import Link
from corpuscope.ratings.correlation import Correlation, Pair
from corpuscope.ratings.groups import Group, Grouped
from corpuscope.ratings.quantiles import QUANTILES
from corpuscope.results import Partial
from corpuscope.wording import partly
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.quality_view import SHARES, search_of
from pages.widgets.safe_html import Html, datum, element, join

#: The deepest colour of a cell, in percent: text must be read on it.
_DEEPEST = 70


def head(title: str, about: str) -> Html:
    """The title of a table and what it shows."""
    return element("div", element("h3", title), element("p", about, class_="quiet"), class_="table-head")


def correlation_html(link: Link, found: Correlation) -> Html:
    """A heat map: blue where two ratings agree, orange where they are opposed."""
    numbers = range(len(found.names))
    heads = (element("th", f"{i + 1}", title=found.names[i], scope="col") for i in numbers)
    rows = (
        element(
            "tr",
            element("th", element("span", f"{i + 1} ", class_="quiet"), datum(found.names[i]), scope="row"),
            *(_cell(link, found, i, j) for j in numbers),
        )
        for i in numbers
    )
    label = "Rank correlation of ratings"
    table = element("table", element("tr", element("th"), *heads), *rows, class_="heat", aria_label=label)
    return join([element("div", table, class_="scroll"), *(element("p", n, class_="note") for n in _notes(found))])


def _notes(found: Correlation) -> Iterator[str]:
    if found.ranked < found.total:
        of = wording.documents(found.total)
        yield f"Ranks are those of {found.ranked:,} of {of}, drawn at random by a fixed seed."
    yield from _partly(found.partial)


def _partly(partial: Partial | None) -> Iterator[str]:
    if partial is not None:
        yield partly(partial)


def _cell(link: Link, found: Correlation, i: int, j: int) -> Html:
    pair, one, other = found.pairs[i][j], found.names[i], found.names[j]
    if i == j:
        return element("td", "1", class_="plain-cell", title=f"{one} agrees with itself")
    if pair.rho is None:
        why = f"{one} or {other} is the same for all documents that have both"
        return element("td", "–", class_="plain-cell", title=why)
    both = "both in their top quarter" if pair.rho >= 0 else f"{one} in its top, {other} in its bottom quarter"
    title = f"{one} and {other}: {pair.rho:+.3f} over {wording.documents(pair.documents)}. Opens those with {both}"
    label: object = f"{pair.rho:+.2f}".replace("-", "−")
    if filters := _ends(found, pair, i, j):
        label = door(search_of(link, filters), label, title=title, aria_label=title, data_name=f"{one} {other}")
    style = f"--depth:{_DEEPEST * abs(pair.rho):.0f}%"
    return element("td", label, class_="agree" if pair.rho >= 0 else "oppose", style=style)


def _ends(found: Correlation, pair: Pair, i: int, j: int) -> tuple[Filter, ...] | None:
    """The filters that select the documents that both ratings put at an end."""
    one, other = found.quarters[i], found.quarters[j]
    if one is None or other is None or pair.rho is None:
        return None
    op: Operator = ">=" if pair.rho >= 0 else "<="
    end = other[1] if pair.rho >= 0 else other[0]
    return Filter(found.names[i], ">=", (str(one[1]),)), Filter(found.names[j], op, (str(end),))


def grouped_html(link: Link, grouped: Grouped) -> Html:
    """A rating by a field: how many documents, and the quartiles, or what a decision keeps."""
    is_number = grouped.rating.is_number
    counts = ("documents", "rated") if _has_gaps(grouped) else ("documents",)
    heads = (*counts, "", *(("25%", "median", "75%", "mean") if is_number else ("kept", "share")))
    first = element("th", datum(grouped.by.name))
    table_head = element("tr", first, *(element("th", h, class_="number") for h in heads))
    low, high = _span(grouped)
    rows = (_row(link, grouped, g, low, high) for g in (*grouped.groups, grouped.whole))
    label = f"{grouped.rating.name} by {grouped.by.name}"
    body = (element("thead", table_head), element("tbody", *rows))
    table = element("table", *body, class_="by-table", aria_label=label)
    notes = (element("p", n, class_="note") for n in _said(grouped))
    return join([element("div", table, class_="sheet scroll"), *notes])


def _said(grouped: Grouped) -> Iterator[str]:
    if grouped.rating.is_number and grouped.whole.told.quantiles:
        low, high = map(wording.amount, _span(grouped))
        yield f"Boxes: the middle half, the median in it, lines from 5% to 95%; from {low} to {high}."
    yield f"{grouped.distinct:,} values of {grouped.by.name} in all."
    yield from _partly(grouped.partial)


def _has_gaps(grouped: Grouped) -> bool:
    """Whether some of the documents have no rating."""
    return grouped.whole.told.rated < grouped.whole.portion.documents


def _span(grouped: Grouped) -> tuple[float, float]:
    """From the lowest 5% to the highest 95% of all groups."""
    told = [g.told.quantiles for g in (*grouped.groups, grouped.whole) if g.told.quantiles]
    return min((q[0] for q in told), default=0), max((q[-1] for q in told), default=0)


def _row(link: Link, grouped: Grouped, group: Group, low: float, high: float) -> Html:
    portion, told = group.portion, group.told
    of = f"{portion.documents:,} of {wording.documents(portion.of)}, {told.rated:,} of them rated"
    name = datum(portion.label or "(empty)")
    opened = f"{grouped.by.name} {portion.label}: {of}"
    if portion.filters is None:
        label = element("span", name, title=f"{opened}. Masked values are no filter.")
    else:
        label = door(search_of(link, portion.filters), name, title=opened, data_count=portion.documents)
    cells = _numbers(group, low, high) if grouped.rating.is_number else _decided(link, grouped, group)
    counts = (portion.documents, told.rated) if _has_gaps(grouped) else (portion.documents,)
    numbers = (element("td", f"{n:,}", class_="number", title=of) for n in counts)
    kind = "whole" if group is grouped.whole else "" if portion.kind == "value" else portion.kind
    return element("tr", element("th", label, scope="row"), *numbers, *cells, class_=kind or None)


def _numbers(group: Group, low: float, high: float) -> Iterator[Html]:
    told = group.told
    yield element("td", _box(told.quantiles, low, high), class_="figure-cell")
    numbers = (None,) * 4 if told.mean is None else (*told.quantiles[1:4], told.mean)
    for number in numbers:
        yield element("td", "–" if number is None else wording.amount(number), class_="number")


def _box(quantiles: tuple[float, ...], low: float, high: float) -> Html | None:
    """The middle half as a box, the median in it, a line from 5% to 95%."""
    if not quantiles:
        return None
    p5, p25, p50, p75, p95 = (100 * (q - low) / (high - low) if high > low else 50.0 for q in quantiles)
    label = ", ".join(f"{SHARES[at]} {wording.amount(q)}" for at, q in zip(QUANTILES, quantiles, strict=True))
    return element(
        "span",
        element("i", class_="line", style=f"left:{p5:.1f}%;width:{p95 - p5:.1f}%"),
        element("i", class_="half", style=f"left:{p25:.1f}%;width:{p75 - p25:.1f}%"),
        element("i", class_="middle", style=f"left:{p50:.1f}%"),
        class_="box",
        role="img",
        title=label,
        aria_label=label,
    )


def _decided(link: Link, grouped: Grouped, group: Group) -> Iterator[Html]:
    told, filters = group.told, group.portion.filters
    kept = told.kept or 0
    share = wording.share(kept, told.rated)
    fill = element("i", class_="half", style=f"left:0;width:{100 * kept / max(1, told.rated):.1f}%")
    yield element("td", element("span", fill, class_="box", aria_hidden="true"), class_="figure-cell")
    number: object = f"{kept:,}"
    if filters is not None and grouped.keeps is not None:
        number = door(search_of(link, (*filters, grouped.keeps)), number, data_count=kept)
    yield element("td", number, class_="number")
    yield element("td", share if told.rated else "–", class_="number")
