"""One light piece of HTML whose links move the app.

The HTML is built and escaped by `safe_html`. A plain click on a link that bears `data-go` moves this window; with
Ctrl, Shift or the middle button the same link opens in a new tab, as links do. A click on what bears `data-act`
is no move: it calls a function with that name and the element's `data-value`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from corpuscope.links import Link, to_url
from pages.widgets.safe_html import Html, element

_HERE = Path(__file__).parent


#: What a click that is no move calls: the act's name and its value.
OnAct = Callable[[str, str], None]


def show(content: Html, *, key: str, on_act: OnAct | None = None) -> None:
    """Draw HTML; keys are unique on a page and keep a panel the same from run to run."""
    _component()(data={"html": content}, key=key, on_act_change=partial(_act, key, on_act))


def door(link: Link, *children: object, **attributes: object) -> Html:
    """A link to another state of the page."""
    return element("a", *children, href=to_url(link), data_go=True, **attributes)


@cache
def _component() -> Any:
    style = (_HERE / "panel.css").read_text(encoding="utf-8")
    script = (_HERE / "panel.js").read_text(encoding="utf-8")
    return st.components.v2.component(
        "corpuscope_panel", html='<div class="panel"></div>\n<!-- -->', css=style, js=script
    )


def _act(key: str, on_act: OnAct | None) -> None:
    told = st.session_state[key].act
    if told and on_act is not None:
        name, value = told
        on_act(str(name), str(value))
