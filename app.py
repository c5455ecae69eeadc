"""The app: pages/_app.py and the HTTP routes. Started by `corpuscope serve`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from pages.routes.export import export_route
from pages.routes.headers import SafeHeaders
from pages.widgets.download import ROUTE

app = st.App(
    Path(__file__).with_name("pages") / "_app.py",
    routes=[Route(f"/{ROUTE}", export_route, methods=["GET"])],
    middleware=[Middleware(SafeHeaders)],
)
