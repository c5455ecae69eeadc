"""Flags as a heat map: a row for each group of documents, a column for each dimension, every cell a door."""

from __future__ import annotations

from dataclasses import replace

from corpuscope.portions import Portion
from corpuscope.safety.cut import Cut
from corpuscope.safety.flags import FlagsRow, FlagsTable
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.quality_view import search_of
from pages.widgets.safe_html import Html, datum, element, join
from pages.widgets.safety.place import Place

#: The deepest colour of a cell, in percent: text must be read on it.
_DEEPEST = 70


def flags_html(place: Place, table: FlagsTable) -> Html:
    """The heat map; colours compare the groups within a dimension."""
    deepest = [max((_share(row, i) for row in table.rows), default=0.0) for i in range(len(table.cuts))]
    heads = (_head(place, cut) for cut in table.cuts)
    first = element("th", datum(table.by), scope="col")
    top = element("tr", first, element("th", "documents", class_="number", scope="col"), *heads)
    rows = (_row(place, table, row, deepest) for row in (*table.rows, table.whole))
    label = f"Flagged documents by {table.by} and dimension"
    body = element("table", element("thead", top), element("tbody", *rows), class_="heat flags", aria_label=label)
    values = f"{table.distinct:,} values of {table.by} in all."
    note = f"{values} Colour: the share within a column. A cell opens its documents."
    return join([element("div", body, class_="scroll"), element("p", note, class_="note")])


def _head(place: Place, cut: Cut) -> Html:
    """The dimension and its rule; a click chooses it for the threshold below."""
    dimension = cut.dimension
    is_chosen = dimension == place.cut.dimension
    there = replace(place.link, dimension=dimension.name, threshold=None)
    title = f"{dimension.kind.source} Scale: {dimension.kind.scale}. Click to choose it below."
    name = door(
        there,
        datum(dimension.name),
        title=title,
        data_name=f"dimension {dimension.name}",
        aria_pressed="true" if is_chosen else "false",
        role="button",
    )
    rule = element("span", cut.flag.in_words().removeprefix(dimension.name), class_="quiet")
    return element("th", name, rule, scope="col", class_="chosen" if is_chosen else None)


def _row(place: Place, table: FlagsTable, row: FlagsRow, deepest: list[float]) -> Html:
    portion = row.portion
    name = datum(portion.label or "(empty)")
    if portion.filters is None:
        head = element("span", name, title="Masked values are no filter.")
    else:
        head = door(search_of(place.link, portion.filters), name, data_count=portion.documents)
    cells = (_cell(place, table, row, i, deepest[i]) for i in range(len(table.cuts)))
    number = element("td", f"{portion.documents:,}", class_="number")
    return element(
        "tr",
        element("th", head, scope="row"),
        number,
        *cells,
        class_="whole" if row is table.whole else kind_class(portion),
    )


def _cell(place: Place, table: FlagsTable, row: FlagsRow, i: int, deepest: float) -> Html:
    portion, cut = row.portion, table.cuts[i]
    flagged, scored = row.flagged[i], row.scored[i]
    if not scored and cut.dimension.kind.way != "?":
        return element("td", "–", class_="plain-cell", title=f"No document here has {cut.dimension.name}")
    share, words = wording.share(flagged, portion.documents), cut.flag.in_words()
    title = f"{portion.label}: {flagged:,} of {wording.documents(portion.documents)} with {words} ({share})"
    if scored < portion.documents and cut.dimension.kind.way != "?":
        title += f"; {portion.documents - scored:,} have no score"
    label: object = join([element("b", share), element("span", f"{flagged:,}")])
    if flagged and portion.filters is not None:
        link = search_of(place.link, (*portion.filters, cut.flag))
        label = door(link, label, title=title, aria_label=title, data_count=flagged)
    else:
        label = element("span", label, class_="still", title=title)
    depth = 0.0 if row is table.whole or not deepest else _DEEPEST * _share(row, i) / deepest
    return element("td", label, class_="oppose", style=f"--depth:{depth:.0f}%")


def kind_class(portion: Portion) -> str | None:
    """The class of a row: other values and none are set apart."""
    return None if portion.kind == "value" else portion.kind


def _share(row: FlagsRow, i: int) -> float:
    return row.flagged[i] / row.portion.documents if row.portion.documents else 0.0
