"""The URL is the state: where the reader is, and how to go elsewhere. Each step is one step of Back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

import streamlit as st

from corpuscope.links import Link, from_params, to_params

_LAST_PAGE = "location_page"
_LAST_PARAMS = "location_params"


def params() -> dict[str, list[str]]:
    """The parameters of the URL."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def current() -> Link:
    """What the URL says; raises InvalidQuery when it makes no sense."""
    return from_params(params())


def go(link: Link) -> None:
    """Move to another state."""
    _set(to_params(link))


def follow(url: str) -> None:
    """Move to where a link of this app points; what it says is read as any URL is."""
    _set(parse_qs(url.removeprefix("?"), keep_blank_values=True))


def keep_across_pages(page: str) -> None:
    """Put the parameters back that Streamlit drops when the reader comes from another page."""
    came_from = st.session_state.get(_LAST_PAGE)
    st.session_state[_LAST_PAGE] = page
    if came_from not in (None, page) and not params():
        _set(st.session_state.get(_LAST_PARAMS, {}))
    st.session_state[_LAST_PARAMS] = params()


def _set(wanted: Mapping[str, Iterable[str]]) -> None:
    st.query_params.from_dict(wanted)
