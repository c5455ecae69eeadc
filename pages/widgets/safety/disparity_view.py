"""Who pays for a cut, as a table: the kept share of each group, its ratio to the whole's, and how sure both are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from corpuscope.safety.disparity import ENOUGH, Disparity, Paid
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.quality_view import search_of
from pages.widgets.safe_html import Html, datum, element, join
from pages.widgets.safety.place import Place

#: How far the line of ratios may reach, by the logarithm: 1 / 1.25 to 1.25 and so on.
_REACHES = (1.02, 1.05, 1.1, 1.25, 1.5, 2.0, 4.0)
#: Ratios that are nearer to 1 are written with more digits.
_NEAR_ONE = 0.002


def disparity_html(place: Place, told: Disparity) -> Html:
    """The groups by field, then the reader's own, then the whole."""
    reach = _reach(told)
    top = ("documents", "kept share", "95%", "ratio to all", "95%")
    heads = element(
        "tr",
        element("th", "group"),
        *(element("th", h, class_="number") for h in top),
        element("th", f"÷{reach:g} · 1 · ×{reach:g}", class_="axis", title="The ratio on a logarithmic line"),
        element("th", ""),
    )
    rows = (_row(place, group, reach, starts=_is_first(told, i)) for i, group in enumerate((*told.groups, told.whole)))
    table = element("table", element("thead", heads), element("tbody", *rows), class_="by-table", aria_label="Who pays")
    return join([element("div", table, class_="sheet scroll"), element("p", _NOTE, class_="note")])


_NOTE = (
    f"▼ and ▲ mark groups of {ENOUGH} documents or more whose interval leaves out 1. Counts are exact; intervals say "
    "how far a share would vary in other documents of this kind: Wilson's for shares, Donner and Zou's for ratios, "
    "against the documents outside the group."
)


def _reach(told: Disparity) -> float:
    """How far the line reaches: as far as the intervals of groups with enough documents, if it can."""
    told_groups = [g for g in told.groups if g.documents >= ENOUGH and g.ratio]
    ends = [end for g in told_groups for end in (g.interval.high, 1 / g.interval.low if g.interval.low else math.inf)]
    return next((reach for reach in _REACHES if reach >= max(ends, default=1.0)), _REACHES[-1])


def _is_first(told: Disparity, i: int) -> bool:
    return 0 < i < len(told.groups) and told.groups[i].by != told.groups[i - 1].by


def _row(place: Place, group: Paid, reach: float, *, starts: bool) -> Html:
    is_whole = group.by is None and group.filters == ()
    of = "all documents" if is_whole else group.by or "own group"
    name = datum(group.label or "(empty)")
    if group.filters is None:
        head = element("span", name, title=f"{of}. Masked values are no filter.")
    else:
        head = door(search_of(place.link, group.filters), name, title=of, data_count=group.documents)
    kind = None if is_whole else element("span", of, class_="quiet kind")
    cells = (element("td", cell, class_="number") for cell in _numbers(place, group, is_whole=is_whole))
    line = element("td", None if is_whole else _line(group, reach), class_="axis")
    sign = element("td", None if is_whole else _sign(group), class_="sign")
    classes = " ".join(c for c in ("whole" if is_whole else "", "starts" if starts else "") if c)
    return element(
        "tr",
        element("th", head, " ", kind, _remove(place, group), scope="row"),
        *cells,
        line,
        sign,
        class_=classes or None,
    )


def _numbers(place: Place, group: Paid, *, is_whole: bool) -> Iterator[object]:
    yield f"{group.documents:,}"
    told = f"{group.kept:,} of {wording.documents(group.documents)} are kept"
    share = wording.share(group.kept, group.documents) if group.documents else "–"
    if group.filters is None or not group.kept:
        yield element("span", share, title=told)
    else:
        link = search_of(place.link, (*group.filters, place.cut.kept))
        yield door(link, share, title=told, data_count=group.kept)
    yield f"{100 * group.share.low:.1f} – {100 * group.share.high:.1f}%" if group.documents else "–"
    if is_whole or group.ratio is None:
        yield from ("–", "–")
        return
    digits = 3 if abs(group.ratio - 1) >= _NEAR_ONE else 5
    yield f"{group.ratio:.{digits}f}"
    high = "∞" if math.isinf(group.interval.high) else f"{group.interval.high:.{digits}f}"
    yield f"{group.interval.low:.{digits}f} – {high}"


def _line(group: Paid, reach: float) -> Html | None:
    """The ratio with its interval around the line at 1."""
    if group.ratio is None:
        return None
    low, middle, high = (_at(v, reach) for v in (group.interval.low, group.ratio, group.interval.high))
    parts = (
        element("i", class_="one"),
        element("i", class_="line", style=f"left:{low:.1f}%;width:{max(0.5, high - low):.1f}%"),
        element("i", class_="middle", style=f"left:{middle:.1f}%"),
    )
    return element("span", *parts, class_="box", aria_hidden="true")


def _at(ratio: float, reach: float) -> float:
    """The place of a ratio on the line, in percent."""
    bounded = min(reach, max(1 / reach, ratio))
    return 50 * (1 + math.log(bounded) / math.log(reach))


def _sign(group: Paid) -> Html:
    if not group.stands_out:
        few = group.documents < ENOUGH
        return element("span", "too few" if few else "", class_="quiet")
    less = (group.ratio or 0) < 1
    return element("span", "▼ less is kept" if less else "▲ more is kept", class_="pays" if less else "gains")


def _remove(place: Place, group: Paid) -> Html | None:
    """The way to take back a group of one's own."""
    if group.by is not None or not group.filters:
        return None
    others = tuple(str(g) for g in place.own if g.name != group.label)
    label = f"Remove the group {group.label}"
    return door(
        replace(place.link, groups=others or None),
        "×",
        title=label,
        aria_label=label,
        data_name=f"remove {group.label}",
    )
