"""HTML of a document that is read: its marks can be stepped through, and keys press what bears `data-key`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.widgets.safe_html import Html

_HERE = Path(__file__).parent


def show(content: Html, *, key: str) -> None:
    """Draw HTML; keys are unique on a page."""
    _component()(data={"html": content}, key=key)


@cache
def _component() -> Any:
    style = (_HERE / "panel.css").read_text(encoding="utf-8")
    script = (_HERE / "document.js").read_text(encoding="utf-8")
    return st.components.v2.component(
        "corpuscope_document", html='<div class="panel"></div>\n<!-- -->', css=style, js=script
    )
