"""One light piece of HTML whose links move the page: the only component of this app.

The HTML is built and escaped by `safe_html`. A plain click on a link that bears `data-go` moves this page; with
Ctrl, Shift or the middle button the same link opens in a new tab, as links do.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from corpuscope.links import Link, to_url
from pages.widgets import location
from pages.widgets.safe_html import Html, element

_HERE = Path(__file__).parent


def show(content: Html, *, key: str) -> None:
    """Draw HTML; keys are unique on a page and keep a panel the same from run to run."""
    _component()(data={"html": content}, key=key, on_go_change=partial(_follow, key))


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


def _follow(key: str) -> None:
    url = st.session_state[key].go
    if url:
        location.follow(url)
