"""A composition as HTML: figures, a treemap, lists of values, tables. Every number is a door to its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpuscope.charts import Rectangle, squarify
from corpuscope.composition import Breakdown, Composition, Histogram
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.links import CORPUS, SEARCH, Link
from corpuscope.manifest import Manifest, Reject
from corpuscope.portions import Measure, Portion
from corpuscope.query import FacetRequest
from corpuscope.wording import partly
from pages.widgets import refine, wording
from pages.widgets.facet_view import MORE_VALUES, about, default_facets
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join

#: The treemap is laid out for this many pixels and stretches with the page.
_WHOLE = Rectangle(0.0, 0.0, 1180.0, 360.0)
#: The line of a divided cell that names it, in pixels; cells that are smaller than _DIVISIBLE stay whole.
_HEAD = 22.0
_DIVISIBLE = (70.0, 56.0)
_LONGEST_LABEL = 80
_FIGURES = {"source": "source", "language": "language", "url_host": "web host"}


class OverviewView:
    """Draws a composition; `link` is where the reader is."""

    def __init__(self, link: Link, composition: Composition, fields: dict[str, Field], measure: Measure) -> None:
        self._link = link
        self._fields = fields
        self._composition = composition
        self._measure = measure
        self._tilde = "~" if composition.tokens is not None and composition.tokens.estimated else ""

    def figures(self, manifest: Manifest) -> Html:
        """How much there is, and how much was left out."""
        nav = element("nav", *self._figures(manifest), class_="overview-figures", aria_label="Figures")
        return join([nav, *(element("p", remark, class_="note") for remark in self._remarks())])

    def treemap(self) -> Html:
        """The documents divided by one field and then by another, each cell a door."""
        nested = self._composition.nested
        if nested is None:
            return element("p", "This corpus has no text field to divide its documents by.", class_="quiet")
        groups = (self._group(p, place) for p, place in self._places(nested.portions, _WHOLE))
        label = f"Documents by {nested.field.name}; areas are {self._measure}"
        return element("div", *groups, class_="treemap", role="list", aria_label=label)

    def lists(self) -> Html:
        """The largest values of each field, in documents and in tokens."""
        return element("div", *(self._list(b) for b in self._composition.breakdowns), class_="breakdowns")

    def table(self, histogram: Histogram, title: str) -> Html:
        """A histogram as a table, folded: for the keyboard, and for readers who do not see bars."""
        portions = (*histogram.bars, *((histogram.missing,) if histogram.missing else ()))
        rows = (self._row(p) for p in portions if p.documents)
        heads = (histogram.field.name, "documents", *((f"tokens{self._tilde}",) if self._composition.tokens else ()))
        head = element("tr", *(element("th", h, class_="number" if i else None) for i, h in enumerate(heads)))
        table = element("table", element("thead", head), element("tbody", *rows))
        return element("details", element("summary", title), table, class_="sheet numbers")

    def to(self, filters: Sequence[Filter] = ()) -> Link:
        """The search that shows what `filters` select of these documents."""
        return self._link.to(SEARCH, refine.narrowed(self._link.query, filters))

    def _figures(self, manifest: Manifest) -> Iterator[Html]:
        what = self._composition
        yield figure(f"{what.total:,}", f"of {wording.documents(what.documents)}", self.to(), data_count=what.total)
        if what.tokens is not None:
            count, total = what.tokens.count, what.all_tokens or 0
            exact = f"{count:,} of {total:,} tokens{' (estimated)' if self._tilde else ''}"
            number = f"{wording.compact(count)}{self._tilde}"
            yield figure(number, f"of {wording.compact(total)}{self._tilde} tokens", self.to(), title=exact)
        for breakdown in what.breakdowns:
            name = breakdown.field.name
            words = (
                f"{_FIGURES[name]}{'' if breakdown.distinct == 1 else 's'}" if name in _FIGURES else f"values of {name}"
            )
            yield figure(f"{breakdown.distinct:,}", words, self._with_facet(name), title=about(breakdown.field) or "")
        left_out = sum(r.count for r in manifest.rejected.values())
        yield figure(f"{left_out:,}", "left out at build", self._link.to(CORPUS))

    def _with_facet(self, field: str) -> Link:
        """The search with a long facet of a field."""
        query = self.to().query
        shown = query.facets or default_facets(self._fields)
        return self._link.to(SEARCH, refine.with_facet(query, shown, FacetRequest(field, MORE_VALUES)))

    def _remarks(self) -> Iterator[str]:
        yield from self._composition.notes
        if self._composition.partial is not None:
            yield partly(self._composition.partial)

    def _places(self, portions: Iterable[Portion], within: Rectangle) -> list[tuple[Portion, Rectangle]]:
        """Portions, the largest first, and where each lies."""
        filled = sorted((p for p in portions if p.size(self._measure)), key=lambda p: -p.size(self._measure))
        places = squarify([p.size(self._measure) for p in filled], within.width, within.height)
        return list(zip(filled, places, strict=True))

    def _group(self, portion: Portion, place: Rectangle) -> Html:
        """A value of the outer field, with those of the inner one inside where they fit."""
        head = self._cell(portion, _words(portion))
        kind, style = f"group {_kind(portion)}", _style(place, _WHOLE)
        if not portion.parts or place.width < _DIVISIBLE[0] or place.height < _DIVISIBLE[1]:
            return element("div", head, class_=kind, style=style, role="listitem")
        free = Rectangle(0.0, 0.0, place.width, place.height - _HEAD)
        cells = (
            element(
                "div",
                self._cell(part, f"{_words(portion)}, {_words(part)}"),
                class_=f"cell {_kind(part)}",
                style=_style(where, free),
                role="listitem",
            )
            for part, where in self._places(portion.parts, free)
        )
        inside = element("div", *cells, class_="inside", role="list", aria_label=_words(portion))
        return element("div", head, inside, class_=f"{kind} divided", style=style, role="listitem")

    def _cell(self, portion: Portion, words: str) -> Html:
        size = portion.size(self._measure)
        number = f"{size:,}" if self._measure == "documents" else f"{wording.compact(size)}{self._tilde}"
        label = element("span", datum(_short(portion)), class_="label")
        return self._door(portion, words, label, element("span", number, class_="number"), class_="area")

    def _list(self, breakdown: Breakdown) -> Html:
        portions = breakdown.portions
        most = {m: max((p.size(m) for p in breakdown.values), default=0) for m in ("documents", "tokens")}
        columns = ["documents", *([f"tokens{self._tilde}"] if self._composition.tokens else [])]
        estimated = element("span", " ~", title="estimated") if breakdown.field.estimated else None
        name = element("span", datum(breakdown.field.name), estimated, title=about(breakdown.field))
        head = element("h3", name, *(element("span", c, class_="quiet") for c in columns))
        unlisted = breakdown.distinct - len(breakdown.values)
        rows = (element("li", self._bars(p, most, unlisted)) for p in portions)
        lists = "A document counts once for each of its values: the numbers may add up to more than the total."
        remark = element("p", lists, class_="quiet") if breakdown.field.multi else None
        return element("section", head, element("ol", *rows), remark, class_="breakdown")

    def _bars(self, portion: Portion, most: Mapping[str, int], unlisted: int) -> Html:
        name = f"{unlisted:,} other values" if portion.kind == "others" else _short(portion)
        documents = _bar(f"{portion.documents:,}", portion.documents, most["documents"])
        parts = [element("span", datum(name), class_="label"), documents]
        if portion.tokens is not None:
            parts.append(_bar(wording.compact(portion.tokens) + self._tilde, portion.tokens, most["tokens"]))
        return self._door(portion, _words(portion), *parts, class_=f"row {_kind(portion)}")

    def _row(self, portion: Portion) -> Html:
        name = element("td", self._door(portion, _words(portion), datum(portion.label)))
        numbers = [portion.documents, *([portion.tokens] if portion.tokens is not None else [])]
        return element("tr", name, *(element("td", f"{n:,}", class_="number") for n in numbers))

    def _door(self, portion: Portion, words: str, *children: object, class_: str | None = None) -> Html:
        """A door to the documents of a portion; none where the link would tell what is masked."""
        counted = wording.documents(portion.documents)
        if portion.tokens is not None:
            counted += f", {portion.tokens:,}{self._tilde} tokens"
        if portion.of != portion.documents:
            counted += f" (of {wording.documents(portion.of)} in the corpus)"
        told = f"{words}: {counted}"
        if portion.filters is None:
            return element("span", *children, class_=class_, title=f"{told}. Masked values are no filter.")
        return door(
            self.to(portion.filters),
            *children,
            class_=class_,
            title=told,
            aria_label=told,
            data_count=portion.documents,
            data_name=words,
        )


def left_out_html(link: Link, manifest: Manifest) -> Html:
    """What the build left out or mended, by reason; the Corpus page has the examples."""
    sections = (_reasons("Left out at build", manifest.rejected), _reasons("Mended at build", manifest.mended))
    more = element("p", door(link.to(CORPUS), "Examples, and how the corpus was made", data_name="corpus"))
    about = element("p", "These are counts of the whole corpus.", class_="quiet")
    return element("div", *sections, about, more, class_="left-out")


def _reasons(title: str, rejects: Mapping[str, Reject]) -> Html:
    ranked = sorted(rejects.items(), key=lambda item: (-item[1].count, item[0]))
    rows = [
        element("li", element("b", f"{reject.count:,}"), " ", reason.replace("_", " ")) for reason, reject in ranked
    ]
    body = element("ul", *rows) if rows else element("p", "Nothing.", class_="quiet")
    return element("section", element("h3", title), body)


def figure(number: str, what: str, to: Link, **attributes: object) -> Html:
    """A large number over what it counts, a door."""
    return door(to, element("b", number), element("span", what), data_name=f"figure {what}", **attributes)


def _bar(number: str, size: int, most: int) -> Html:
    fill = element("span", class_="fill", style=f"width:{min(100.0, 100 * size / max(1, most)):.1f}%")
    return element("span", fill, element("span", number, class_="number"), class_="measure")


def _words(portion: Portion) -> str:
    """What a portion is, in full: "source news", "other values of source", "no language"."""
    match portion.kind:
        case "others":
            return f"other values of {portion.field}"
        case "missing":
            return f"no {portion.field}"
        case _:
            return f"{portion.field} {_short(portion)}"


def _kind(portion: Portion) -> str:
    """The class of what is no value, which stands back."""
    return "" if portion.kind == "value" else portion.kind


def _short(portion: Portion) -> str:
    if portion.kind != "value":
        return "others" if portion.kind == "others" else f"no {portion.field}"
    label = portion.label or "(empty)"
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _style(place: Rectangle, whole: Rectangle) -> str:
    """A place as shares of the whole."""
    left, top = 100 * place.x / whole.width, 100 * place.y / whole.height
    width, height = 100 * place.width / whole.width, 100 * place.height / whole.height
    return f"left:{left:.3f}%;top:{top:.3f}%;width:{width:.3f}%;height:{height:.3f}%"
