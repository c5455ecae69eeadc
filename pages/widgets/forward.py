"""A move that Python asks for: where a click is heard by a chart, which has no links."""

from __future__ import annotations

from corpuscope.links import Link, to_url
from pages.widgets.component import silent_component


def forward(link: Link) -> None:
    """Lead the window to another place, as a click on a link would.

    `st.switch_page` would take two steps of the browser's history, so that Back led to a page that never was.
    """
    silent_component("forward")(data={"url": to_url(link)}, key="forward")
