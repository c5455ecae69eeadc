"""What was computed last for this window, so that a rerun for another part of the page does not compute it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def kept(name: str, asked: tuple[Any, ...], compute: Callable[[], T]) -> T:
    """What `compute` gave when this window last asked the same under this name."""
    held = st.session_state.get(name)
    if held is None or held[0] != asked:
        held = st.session_state[name] = (asked, compute())
    value: T = held[1]
    return value
