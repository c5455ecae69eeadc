"""What a cut does to ratings and to domains, as tables side by side."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscope.ratings.quantiles import QUANTILES
from corpuscope.safety.effect import Effect, Rated, Share, Shares
from pages.widgets import wording
from pages.widgets.panel import door
from pages.widgets.quality_view import search_of
from pages.widgets.safe_html import Html, datum, element, join
from pages.widgets.safety.flags_view import kind_class
from pages.widgets.safety.place import Place

#: The name of each side and its class, which bears its colour and its form.
_SIDES = (("kept", "kept"), ("dropped", "dropped"))


def ratings_html(effect: Effect) -> Html:
    """Median and mean of each rating among what is kept and what is dropped."""
    if not effect.ratings:
        return element("p", "This corpus has no other ratings to compare.", class_="note")
    top = ("", "median kept", "dropped", "mean kept", "dropped")
    heads = element("tr", element("th", "rating"), *(element("th", h, class_="number") for h in top))
    rows = (_rating_row(rated) for rated in effect.ratings)
    label = "Ratings of what is kept and what is dropped"
    table = element("table", element("thead", heads), element("tbody", *rows), class_="by-table", aria_label=label)
    key = element(
        "p",
        element("span", "kept", class_="dot kept"),
        element("span", "dropped", class_="dot dropped"),
        " Medians on a line from the lowest 5% to the highest 95% of all.",
        class_="note",
    )
    return join([element("div", table, class_="sheet scroll"), key])


def _rating_row(rated: Rated) -> Html:
    numbers = (rated.kept.median, rated.dropped.median, rated.kept.mean, rated.dropped.mean)
    cells = (element("td", "–" if n is None else wording.value(n), class_="number") for n in numbers)
    told = f"{rated.kept.rated:,} kept and {rated.dropped.rated:,} dropped documents have it. {rated.field.meaning}"
    name = element("th", datum(rated.field.name), scope="row", title=told)
    return element("tr", name, element("td", _line(rated), class_="figure-cell"), *cells)


def _line(rated: Rated) -> Html | None:
    """Both medians on the scale of all."""
    if not rated.quantiles:
        return None
    low, high = rated.quantiles[0], rated.quantiles[-1]
    medians = {"kept": rated.kept.median, "dropped": rated.dropped.median}
    places = {name: _percent(m, low, high) for name, m in medians.items() if m is not None}
    dots = (element("i", class_=f"dot {name}", style=f"left:{place:.1f}%") for name, place in places.items())
    told = ", ".join(f"median {name} {wording.value(m)}" for name, m in medians.items() if m is not None)
    ends = f"; all from {wording.value(low)} ({QUANTILES[0]:.0%}) to {wording.value(high)} ({QUANTILES[-1]:.0%})"
    line = element("i", class_="line", style="left:0;width:100%")
    return element("span", line, *dots, class_="box", role="img", title=told + ends, aria_label=told + ends)


def _percent(value: float, low: float, high: float) -> float:
    return min(100.0, max(0.0, 100 * (value - low) / (high - low))) if high > low else 50.0


def domains_html(place: Place, effect: Effect) -> Html:
    """The shares of domains before and after, a table for each field."""
    told = [d for d in effect.domains if any(s.portion.kind == "value" for s in d.shares)]
    if not told:
        return element("p", "No field tells the domains of these documents.", class_="note")
    return element("div", *(_domain(place, effect, d) for d in told), class_="domain-tables")


def _domain(place: Place, effect: Effect, told: Shares) -> Html:
    top = ("before", "after", "change", "kept")
    heads = element("tr", element("th", datum(told.field.name)), *(element("th", h, class_="number") for h in top))
    rows = (_share_row(place, effect, share) for share in told.shares)
    label = f"{told.field.name} before and after"
    table = element("table", element("thead", heads), element("tbody", *rows), class_="by-table", aria_label=label)
    return element("div", table, class_="sheet scroll")


def _share_row(place: Place, effect: Effect, share: Share) -> Html:
    portion = share.portion
    name = datum(portion.label or "(empty)")
    head = element("span", name) if portion.filters is None else door(search_of(place.link, portion.filters), name)
    cells = (element("td", cell, class_="number") for cell in _share_cells(place, effect, share))
    return element("tr", element("th", head, scope="row"), *cells, class_=kind_class(portion))


def _share_cells(place: Place, effect: Effect, share: Share) -> Iterator[object]:
    before = share.all.documents / effect.all.documents if effect.all.documents else 0.0
    after = share.kept.documents / effect.kept.documents if effect.kept.documents else 0.0
    yield f"{before:.1%}"
    yield f"{after:.1%}" if effect.kept.documents else "–"
    yield _points(after - before) if effect.kept.documents else "–"
    told = wording.share(share.kept.documents, share.all.documents)
    title = f"{share.kept.documents:,} of {wording.documents(share.all.documents)} ({told})"
    if share.kept.tokens is not None and share.all.tokens is not None:
        title += f", {share.kept.tokens:,} of {share.all.tokens:,} tokens"
    if share.portion.filters is None or not share.kept.documents:
        yield element("span", f"{share.kept.documents:,}", title=title)
    else:
        link = search_of(place.link, (*share.portion.filters, place.cut.kept))
        yield door(link, f"{share.kept.documents:,}", title=title, data_count=share.kept.documents)


def _points(change: float) -> str:
    """A change of a share in percentage points."""
    rounded = round(100 * change, 1)
    return f"{rounded:+.1f} pp".replace("-", "−") if rounded else "0.0 pp"
