"""The URL is the state: where the reader is, and how to go elsewhere. Each step is one step of Back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.links import PLACES_OF_A_DOCUMENT, SEARCH, Link, from_params, to_params

_LAST_PAGE = "location_page"
_LAST_PARAMS = "location_params"
_KEPT = "location_kept"
#: What a reader chooses on a page.
_CHOSEN = (
    *("query", "show", "by", "area", "open", "rating", "compare", "rules", "part"),
    *("dimension", "threshold", "keep", "groups", "review"),
)


def params() -> dict[str, list[str]]:
    """The parameters of the URL; those of the page before where a link of the navigation dropped them."""
    kept: dict[str, list[str]] = st.session_state.get(_KEPT, {})
    return _given() or kept


def current() -> Link:
    """What the URL says; raises InvalidQuery when it makes no sense."""
    return from_params(params(), st.session_state.get(_LAST_PAGE, SEARCH))


def latest(link: Link) -> Link:
    """Where the reader is now, who may have gone elsewhere since `link` was drawn."""
    try:
        now = current()
    except CorpuscopeError:
        return link
    found = {name: getattr(now, name) for name in _CHOSEN}
    return replace(link, **found)


def has_moved(link: Link) -> bool:
    """Whether the reader has gone elsewhere since `link` was drawn.

    A browser that moves says along what its widgets showed before; that is no choice that anybody made.
    """
    return latest(link) != link


def go(link: Link) -> None:
    """Move to another state of the same page."""
    st.query_params.from_dict(to_params(link))


def enter(page: st.Page) -> None:
    """Note where the reader is, and keep the parameters that the navigation's own links drop.

    To set them here would be a step of the browser's history, on which Back would stick: the frame of the page
    writes them into the address instead.
    """
    came_from = st.session_state.get(_LAST_PAGE)
    st.session_state[_LAST_PAGE] = page.url_path
    if came_from not in (None, page.url_path):
        last = st.session_state.get(_LAST_PARAMS, {})
        st.session_state[_KEPT] = {k: v for k, v in last.items() if k not in PLACES_OF_A_DOCUMENT}
    st.session_state[_LAST_PARAMS] = params()


def _given() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}
