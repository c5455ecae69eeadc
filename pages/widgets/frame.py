"""What every page has beside its content: the `/` key, and an address that names the corpus and the session."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.environment import served
from pages.widgets import exploration


def frame() -> None:
    """Draw nothing, listen; called behind the page, when it is known whether the session is saved."""
    corpus = next(iter(served()), None)  # the one that an address without parameters shows
    _component()(data={"session": exploration.saved_id(), "corpus": corpus}, key="frame")


@cache
def _component() -> Any:
    script = Path(__file__).with_name("frame.js").read_text(encoding="utf-8")
    return st.components.v2.component("corpuscope_frame", html="<span></span>\n<!-- -->", js=script)
