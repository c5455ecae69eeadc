"""Counts as pictures: histograms for plotly, and where the cells of a treemap lie. Data in, figure out."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpuscope.wording import counted

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from corpuscope.composition import Histogram
    from corpuscope.portions import Measure, Portion

#: Bars: blue of the colour-blind-safe palette of Okabe and Ito, which reads on light and on dark.
BLUE = "#3a87c8"
_GREY = "#8a94a3"
HEIGHT = 210
#: Where the axis of lengths puts zero, which has no logarithm.
_ZERO = -0.3
#: Below this share of the tallest bar a bar would not be seen.
_LEAST = 0.008
_FEW = 5


@dataclass(frozen=True)
class Rectangle:
    """A place: left upper corner and size, in the units of the whole."""

    x: float
    y: float
    width: float
    height: float


def year_figure(histogram: Histogram, measure: Measure, *, estimated: bool) -> go.Figure:
    """Documents, or tokens, by year."""
    step = histogram.edges[1] - histogram.edges[0]
    places = [e + (step - 1) / 2 for e in histogram.edges[:-1]]
    every = "year" if step == 1 else f"{step} years"
    figure = _bars(histogram, measure, places, [step] * len(places), estimated)
    first, last = histogram.edges[0], histogram.edges[-1] - 1
    ticks = _year_ticks(first, last)
    figure.update_layout(title_text=f"{_measured(measure, estimated)} per {every}")
    figure.update_xaxes(tickvals=ticks, ticktext=[str(t) for t in ticks], range=[first - 0.8, last + 0.8])
    return figure


def length_figure(histogram: Histogram, measure: Measure, *, estimated: bool) -> go.Figure:
    """Documents, or tokens, by length on a logarithmic axis."""
    edges = [math.log10(e) if e else _ZERO for e in histogram.edges]
    places = [(a + b) / 2 for a, b in zip(edges[:-1], edges[1:], strict=True)]
    widths = [b - a for a, b in zip(edges[:-1], edges[1:], strict=True)]
    figure = _bars(histogram, measure, places, widths, estimated)
    ticks = _length_ticks(histogram.edges[0], histogram.edges[-1])
    of = html.escape(histogram.field.name)
    figure.update_layout(title_text=f"{_measured(measure, estimated)} by length in {of}, logarithmic")
    figure.update_xaxes(tickvals=[math.log10(t) for t in ticks], ticktext=[_short(t) for t in ticks])
    figure.update_xaxes(range=[edges[0], edges[-1]])
    return figure


def squarify(sizes: Sequence[float], width: float, height: float) -> list[Rectangle]:
    """Rectangles with areas in proportion to `sizes` (positive, largest first) that fill the whole, near to square.

    The layout of Bruls, Huizing and van Wijk (2000): rows along the shorter side, each as long as it improves.
    """
    out: list[Rectangle] = []
    whole = Rectangle(0.0, 0.0, width, height)
    total = sum(sizes)
    left = [s * width * height / total for s in sizes]
    while left:
        side = min(whole.width, whole.height)
        n = 1
        while n < len(left) and _worst(left[: n + 1], side) <= _worst(left[:n], side):
            n += 1
        row, whole = _lay(left[:n], whole)
        out += row
        left = left[n:]
    return out


def _worst(areas: Sequence[float], side: float) -> float:
    """The largest ratio of sides in a row of areas along `side`."""
    total = sum(areas)
    return max(side**2 * max(areas) / total**2, total**2 / (side**2 * min(areas))) if total and side else math.inf


def _lay(areas: Sequence[float], free: Rectangle) -> tuple[list[Rectangle], Rectangle]:
    """A row of areas along the shorter side of what is free, and what is free then."""
    depth = sum(areas) / min(free.width, free.height)
    out = []
    if free.width >= free.height:
        y = free.y
        for area in areas:
            out.append(Rectangle(free.x, y, depth, area / depth))
            y += area / depth
        return out, Rectangle(free.x + depth, free.y, max(0.0, free.width - depth), free.height)
    x = free.x
    for area in areas:
        out.append(Rectangle(x, free.y, area / depth, depth))
        x += area / depth
    return out, Rectangle(free.x, free.y + depth, free.width, max(0.0, free.height - depth))


def _bars(
    histogram: Histogram, measure: Measure, places: Sequence[float], widths: Sequence[float], estimated: bool
) -> go.Figure:
    """Bars with exact counts on hover; each knows its number, and a bar that is not empty can be seen."""
    import plotly.graph_objects as go

    sizes = [bar.size(measure) for bar in histogram.bars]
    least = _LEAST * max(sizes, default=0)
    hover = [_hover(bar, estimated) for bar in histogram.bars]
    bars = go.Bar(
        x=places,
        y=[max(s, least) if s else 0 for s in sizes],
        width=[w * 0.92 for w in widths],
        customdata=list(range(len(sizes))),
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": BLUE, "line": {"width": 0}},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.45}},
    )
    figure = go.Figure(bars, layout=_layout())
    if max(sizes, default=0) < _FEW:
        figure.update_yaxes(dtick=1)  # there is no half of a document
    return figure


def _layout() -> dict[str, Any]:
    """What all figures share; fonts and the colours of text come from the theme of the page."""
    axis = {"showline": False, "zeroline": False, "fixedrange": True, "title": None}
    return {
        "height": HEIGHT,
        "margin": {"l": 44, "r": 20, "t": 34, "b": 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "bargap": 0,
        "dragmode": False,
        "hovermode": "closest",
        "title": {"x": 0, "xanchor": "left", "y": 0.97, "yanchor": "top", "font": {"size": 14}},
        "xaxis": axis | {"showgrid": False, "ticks": "outside", "ticklen": 4, "tickcolor": _GREY},
        "yaxis": axis | {"gridcolor": "rgba(138,148,163,0.25)", "nticks": 5, "tickformat": "~s", "rangemode": "tozero"},
    }


def _measured(measure: Measure, estimated: bool) -> str:
    return "Documents" if measure == "documents" else "Tokens (estimated)" if estimated else "Tokens"


def _hover(bar: Portion, estimated: bool) -> str:
    """Exact counts; plotly reads some markup, so that text is escaped."""
    told = counted(bar.documents, "document")
    if bar.tokens is not None:
        told += f", {bar.tokens:,}{'~' if estimated else ''} tokens"
    return f"<b>{html.escape(f'{bar.field} {bar.label}')}</b><br>{told}"


def _short(number: int) -> str:
    """A number as it stands on an axis: 500, 10k, 2M."""
    thousands = 0
    while number >= 1000 and number % 1000 == 0:
        number, thousands = number // 1000, thousands + 1
    return f"{number}{('', 'k', 'M', 'B', 'T')[thousands]}"


def _length_ticks(first: int, last: int) -> list[int]:
    """Powers of ten within a span; also twice and five times of them where that leaves few."""
    for steps in ((1,), (1, 2, 5)):
        ticks = [s * 10**p for p in range(13) for s in steps if first <= s * 10**p <= last]
        if len(ticks) > 2:
            break
    return ticks or [max(1, first)]


def _year_ticks(first: int, last: int) -> list[int]:
    """Some six round years within a span; both ends of a short one."""
    steps = (s * 10**p for p in range(4) for s in (1, 2, 5))
    step = next(s for s in steps if (last - first) / s <= 7)
    return list(range(-(-first // step) * step, last + 1, step)) or [first]
