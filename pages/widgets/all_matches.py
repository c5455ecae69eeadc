"""What pages share that count all that match: the query that they count by, and what they say when nothing does."""

from __future__ import annotations

from dataclasses import replace

from corpuscope.links import SEARCH, Link
from corpuscope.query import Query
from pages.widgets import panel, refine, summary_view
from pages.widgets.safe_html import Html, element, join


def no_match(link: Link) -> Html:
    """That no document matches, and what may be done about it."""
    ways = [panel.door(link.to(SEARCH), "See the search: it says which condition to drop")]
    if link.query.filters or link.query.where:
        bare = replace(link, query=refine.without_filters(link.query))
        ways.append(panel.door(bare, "Drop all conditions"))
    ways.append(panel.door(link.to(link.page, Query()), "The whole corpus"))
    offers = element("ul", *(element("li", w) for w in ways), class_="offers")
    return summary_view.notice("empty", "No document matches", join([offers]))


def bare(query: Query) -> Query:
    """What decides which documents match, and nothing else: so that a page turned is no other answer."""
    return replace(query.without_paging(), sort=None, sample=None, seed=0)
