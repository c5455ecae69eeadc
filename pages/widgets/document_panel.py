"""HTML of a document that is read: its marks can be stepped through, and keys press what bears `data-key`."""

from __future__ import annotations

from pages.widgets.component import panel_component
from pages.widgets.safe_html import Html


def show(content: Html, *, key: str) -> None:
    """Draw HTML; keys are unique on a page."""
    panel_component("document")(data={"html": content}, key=key)
