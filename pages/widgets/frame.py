"""What every page has beside its content: the `/` key, and an address that names the session."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.widgets import exploration


def frame() -> None:
    """Draw nothing, listen; called behind the page, when it is known whether the session is saved."""
    _component()(data={"session": exploration.saved_id()}, key="frame")


@cache
def _component() -> Any:
    script = Path(__file__).with_name("frame.js").read_text(encoding="utf-8")
    return st.components.v2.component("corpuscope_frame", html="<span></span>\n<!-- -->", js=script)
