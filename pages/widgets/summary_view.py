"""What stands above the hits as HTML: the conditions as pills, the honest counts, the pager, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corpuscope.filters import Filter
from corpuscope.links import Link
from corpuscope.query import Query
from corpuscope.results import Partial, SearchResult, Similarity
from pages.widgets import refine, wording
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, datum, element, join


def pills(link: Link) -> Html:
    """The conditions of the query, each with a way to drop it; nothing when there is none."""
    query = link.query
    shown = [_pill(link, datum(f.in_words()), refine.without_filter(query, i), f) for i, f in enumerate(query.filters)]
    if query.where:
        shown.append(_pill(link, join(["where ", datum(query.where)]), replace(query, where=None, offset=0)))
    shown += [
        *(_pill(link, join(["like ", datum(i)]), refine.without_example(query, i)) for i in query.like),
        *(_pill(link, join(["unlike ", datum(i)]), refine.without_example(query, i)) for i in query.unlike),
    ]
    if query.threshold is not None:
        label = join([f"similarity of {query.threshold:g} and more"])
        shown.append(_pill(link, label, replace(query, threshold=None, offset=0)))
    if query.sample is not None:
        shown.append(
            _pill(
                link,
                join([f"{query.sample:,} at random (seed {query.seed})"]),
                refine.without_sample(query),
            )
        )
    if len(shown) > 1:
        shown.append(door(replace(link, query=refine.without_conditions(query)), "clear all", class_="clear"))
    return element("nav", *shown, class_="pills", aria_label="Conditions") if shown else Html("")


def counts(result: SearchResult, *, tokens_by: str, left_out: int) -> Html:
    """How many documents match, of how many, how exactly; `tokens_by` says how tokens were counted."""
    head = element("span", element("strong", f"{result.total:,}"), f" of {wording.documents(result.documents)}")
    details = (join([" · ", detail]) for detail in _count_details(result, tokens_by, left_out))
    line = element("p", head, *details, class_="counts", role="status")
    return join([line, *(element("p", note, class_="note") for note in result.notes)])


def pager(link: Link, result: SearchResult) -> Html:
    """Page numbers around the one that is shown; nothing for a single page."""
    total = min(result.total, result.query.sample or result.total)
    k, pages = result.query.k, -(-total // max(1, result.query.k))
    if pages <= 1:
        return Html("")
    here = result.query.offset // k + 1
    numbers = sorted({1, pages, *(p for p in range(here - 2, here + 3) if 1 <= p <= pages)})
    out: list[Html] = [_turn(link, here - 1, pages, "‹", "Previous page")]
    for before, page in zip([0, *numbers], numbers, strict=False):
        if page > before + 1:
            out.append(element("span", "…", class_="gap"))
        if page == here:
            out.append(element("span", f"{page:,}", class_="page here", aria_current="page"))
        else:
            out.append(_page_door(link, page, f"{page:,}", class_="page", aria_label=f"Page {page:,}"))
    out.append(_turn(link, here + 1, pages, "›", "Next page"))
    return element("nav", *out, class_="pager", aria_label="Pages")


def notice(kind: str, title: str, *body: object) -> Html:
    """A box that says something: `kind` is "error", "empty" or "hint"."""
    role = "alert" if kind == "error" else "status"
    return element(
        "div", element("h4", title), *(element("p", b) for b in body if b), class_=f"notice {kind}", role=role
    )


def ways_out(link: Link, offers: list[tuple[Query, int, str]]) -> Html:
    """What to drop so that documents match: each offer is a query, its count and what it drops."""
    items = [
        element(
            "li", door(replace(link, query=q), "without ", element("q", datum(what))), f": {wording.documents(count)}"
        )
        for q, count, what in offers
    ]
    return element("ul", *items, class_="offers")


def _pill(link: Link, label: Html, without: Query, condition: Filter | None = None) -> Html:
    written = None if condition is None else str(condition)
    cross = door(
        replace(link, query=without),
        "×",
        title="Drop this condition",
        aria_label="Drop this condition",
        data_name=written,
    )
    # One box for the label: between the boxes of a flexible row a space is nothing.
    return element("span", element("span", label), cross, class_="pill", title=written)


def _count_details(result: SearchResult, tokens_by: str, left_out: int) -> Iterator[Html]:
    if result.tokens is not None:
        tilde = "~" if result.tokens.estimated else ""
        yield element(
            "span",
            f"{wording.compact(result.tokens.count)} tokens{tilde}",
            title=f"{result.tokens.count:,} tokens. {tokens_by}",
        )
    if result.partial is None:
        yield element("span", "exact", title="Every matching document is counted.")
    else:
        yield element("span", _partial(result.partial, result.documents), class_="warning")
    if result.similarity is not None:
        yield element("span", _percentile(result.similarity), title="The share of all documents that are less similar.")
    yield element("span", _parts(*result.parts))
    yield datum(result.corpus)
    if result.suppressed:
        yield element("span", f"{result.suppressed:,} suppressed", title="Taken down: neither shown nor counted.")
    if left_out:
        yield element(
            "span", f"{left_out:,} left out at build", title="Records without usable text; the Corpus page says why."
        )
    yield element("span", f"{result.took_ms:,.0f} ms")


def _partial(partial: Partial, documents: int) -> str:
    if partial.may_grow:
        return f"partial: the time for reading texts ran out, {partial.scanned:,} of {documents:,} looked at"
    return f"by meaning the nearest of {partial.scanned:,}, however near"


def _percentile(similarity: Similarity) -> str:
    return f"{similarity.percentile:.1f}% of the corpus is below {similarity.threshold:g}"


def _parts(searched: int, all_: int) -> str:
    if searched < all_:
        return f"{searched:,} of {all_:,} parts"
    return "1 part" if all_ == 1 else f"all {all_:,} parts"


def _turn(link: Link, page: int, pages: int, sign: str, label: str) -> Html:
    if 1 <= page <= pages:
        return _page_door(link, page, sign, class_="page turn", aria_label=label)
    return element("span", sign, class_="page turn off", aria_hidden="true")


def _page_door(link: Link, page: int, *children: object, **attributes: object) -> Html:
    return door(
        replace(link, query=refine.at_page(link.query, page)), *children, data_name=f"page {page}", **attributes
    )
