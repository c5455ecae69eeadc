"""The app's own components: a script beside this file, and for those that draw HTML the one style of all panels."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


@cache
def panel_component(name: str) -> Any:
    """A component that draws the HTML it is given; `name` is its script's."""
    style = (_HERE / "panel.css").read_text(encoding="utf-8")
    html = '<div class="panel"></div>\n<!-- -->'
    return st.components.v2.component(f"corpuscope_{name}", html=html, css=style, js=_script(name))


@cache
def silent_component(name: str) -> Any:
    """A component that draws nothing; `name` is its script's."""
    return st.components.v2.component(f"corpuscope_{name}", html="<span></span>\n<!-- -->", js=_script(name))


def _script(name: str) -> str:
    return "".join((_HERE / f"{file}.js").read_text(encoding="utf-8") for file in ("browser", name))
