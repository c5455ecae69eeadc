"""The download panel: format, fields, limit, and links whose tickets are always fresh."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from corpuscope.corpus import Corpus
from corpuscope.export.export import FORMATS
from corpuscope.query import Query
from corpuscope.tickets import LIFETIME_S, ExportTicket, TicketBooth
from pages.widgets import panel
from pages.widgets.safe_html import Html, element

#: Shared with the route that serves the downloads: same process, same key.
BOOTH = TicketBooth()
ROUTE = "export"
_NAMES = {
    ".parquet": "Parquet",
    ".jsonl": "JSON lines",
    ".jsonl.gz": "JSON lines, gzip",
    ".jsonl.zst": "JSON lines, zstd",
    ".csv": "CSV",
    ".arrow": "Arrow",
}


# A page may stay open for hours; its tickets are renewed while they still hold.
@st.fragment(run_every=LIFETIME_S * 0.8)
def download_panel(key: str, corpus: Corpus, query: Query, total: int) -> None:
    """Choose how to write the documents that match, and fetch them."""
    suffix = st.selectbox("Format", FORMATS, format_func=lambda s: _NAMES.get(s, s), key="download_format")
    fields = st.multiselect(
        "Fields beside id and text", list(corpus.fields), placeholder="all of them", key="download_fields"
    )
    limit = st.number_input(
        "At most", min_value=1, step=1000, value=None, placeholder="all documents", key="download_limit"
    )
    ticket = ExportTicket(key, corpus.version, query.without_paging(), suffix, tuple(fields) or None, limit)
    ticket = replace(ticket, limit=None if limit is None else int(limit))
    panel.show(_links(BOOTH.issue(ticket), min(total, limit or total, query.sample or total)), key="download_links")
    masked = (
        "Personal data is masked in the file." if query.mask else "Personal data is written as it is: masking is off."
    )
    st.caption(f"{masked} The recipe says how the file was made and makes it again: `corpuscope replay`.")


def _links(ticket: str, count: int) -> Html:
    data = element("a", f"Download {count:,} documents", class_="button", href=_address(ticket, "data"), download=True)
    recipe = element("a", "Recipe", href=_address(ticket, "recipe"), download=True)
    return element("div", data, recipe, class_="download")


def _address(ticket: str, what: str) -> str:
    return f"{ROUTE}?{urlencode({'what': what, 'ticket': ticket})}"
