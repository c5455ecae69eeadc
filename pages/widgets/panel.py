"""One light piece of HTML whose links move the app.

The HTML is built and escaped by `safe_html`. A plain click on a link that bears `data-go` moves this window; with
Ctrl, Shift or the middle button the same link opens in a new tab, as links do. A click on what bears `data-act`
is no move: it calls a function with that name and the element's `data-value`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from corpuscope.errors import CorpuscopeError
from corpuscope.links import Link, to_url
from pages.widgets.component import panel_component
from pages.widgets.safe_html import Html, datum, element, join

#: The number of the latest act of a panel that was done, by the panel's key.
_SEEN = "panel_seen_"
#: Why an act of a panel could not be done, by the panel's key.
_TROUBLE = "panel_trouble_"


#: What a click that is no move calls: the act's name and its value.
OnAct = Callable[[str, str], None]


def show(content: Html, *, key: str, on_act: OnAct | None = None) -> None:
    """Draw HTML; keys are unique on a page and keep a panel the same from run to run."""
    if trouble := st.session_state.pop(_TROUBLE + key, None):
        content = join([element("p", datum(trouble), class_="notice error slim", role="alert"), content])
    data = {"html": content, "seen": st.session_state.get(_SEEN + key, 0)}
    panel_component("panel")(data=data, key=key, on_act_change=partial(_act, key, on_act))


def tell(key: str, error: CorpuscopeError) -> None:
    """Let a panel say above what it shows why something could not be done; from a callback, once."""
    st.session_state[_TROUBLE + key] = str(error)


def door(link: Link, *children: object, **attributes: object) -> Html:
    """A link to another place in the app."""
    return element("a", *children, href=to_url(link), data_go=True, **attributes)


def _act(key: str, on_act: OnAct | None) -> None:
    """Do what was clicked, each act once: the browser tells it again until it hears that it was seen."""
    for number, name, value in st.session_state[key].act or ():
        if number > st.session_state.get(_SEEN + key, 0):
            st.session_state[_SEEN + key] = number
            if on_act is not None:
                _try(key, on_act, str(name), str(value))


def _try(key: str, on_act: OnAct, name: str, value: str) -> None:
    """What another window has made impossible is said, not raised."""
    try:
        on_act(name, value)
    except CorpuscopeError as error:
        tell(key, error)
