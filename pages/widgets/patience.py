"""A sign of work, where an answer takes seconds."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import streamlit as st

from corpuscope.query import Query


def patience(query: Query) -> AbstractContextManager[None]:
    """Say that every text is read; where an answer takes a blink a sign would only flicker."""
    return st.spinner("Reading every text …") if query.reads_texts else nullcontext()
