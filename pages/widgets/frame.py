"""What every page has beside its content: the `/` key, and an address that names the corpus and the session."""

from __future__ import annotations

from urllib.parse import urlencode

from pages.environment import served
from pages.widgets import exploration, location
from pages.widgets.component import silent_component


def frame(page: str) -> None:
    """Draw nothing, listen; called behind the page, when it is known whether the session is saved."""
    first = next(iter(served()), None)  # what an address without parameters shows
    parameters = location.params() or ({"corpus": [first]} if first else {})
    place = {"page": page, "parameters": urlencode(parameters, doseq=True), "session": exploration.saved_id()}
    silent_component("frame")(data=place, key="frame")
