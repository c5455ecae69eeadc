"""What every page has beside its content: the `/` key, and an address that names the corpus and the session."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.environment import served
from pages.widgets import exploration, location


def frame(page: str) -> None:
    """Draw nothing, listen; called behind the page, when it is known whether the session is saved."""
    first = next(iter(served()), None)  # what an address without parameters shows
    parameters = location.params() or ({"corpus": [first]} if first else {})
    place = {"page": page, "parameters": urlencode(parameters, doseq=True), "session": exploration.saved_id()}
    _component()(data=place, key="frame")


@cache
def _component() -> Any:
    script = Path(__file__).with_name("frame.js").read_text(encoding="utf-8")
    return st.components.v2.component("corpuscope_frame", html="<span></span>\n<!-- -->", js=script)
