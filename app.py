"""The app: pages/_app.py and the HTTP routes. Started by `corpuscope serve`."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from pages.environment import server_settings
from pages.routes.download import download_route
from pages.routes.headers import SafeHeaders
from pages.widgets.corpora import warm_up
from pages.widgets.download import ROUTE
from pages.widgets.export_jobs import jobs


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Open the corpora while the browser loads the page; at the end, leave no export behind."""
    ending = threading.Event()
    opening = threading.Thread(target=warm_up, args=(ending,), name="warm-up")
    opening.start()
    yield
    ending.set()
    opening.join()  # Java must not end under it
    jobs().close()


app = st.App(
    Path(__file__).with_name("pages") / "_app.py",
    routes=[Route(f"/{ROUTE}", download_route, methods=["GET"])],
    lifespan=lifespan,
    middleware=[Middleware(SafeHeaders)],
)

if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it is stopped, not a failure
        app.run(config=server_settings())
