"""A move that Python asks for: where a click is heard by a chart, which has no links."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from corpuscope.links import Link, to_url


def forward(link: Link) -> None:
    """Lead the window to another place, as a click on a link would.

    `st.switch_page` would take two steps of the browser's history, so that Back led to a page that never was.
    """
    _component()(data={"url": to_url(link)}, key="forward")


@cache
def _component() -> Any:
    script = Path(__file__).with_name("forward.js").read_text(encoding="utf-8")
    return st.components.v2.component("corpuscope_forward", html="<span></span>\n<!-- -->", js=script)
