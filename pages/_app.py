"""The frame of the app: navigation and the look of every page. Streamlit runs this file on every interaction."""

from pathlib import Path

import streamlit as st

from pages.widgets import location
from pages.widgets.frame import frame

icon = Path(__file__).with_name("icon.svg")
st.set_page_config(page_title="Corpuscope", page_icon=icon, layout="wide")
st.html("<style>.stMainBlockContainer { padding: 4.5rem 2.5rem 3rem; }</style>")  # the default wastes a third
st.html("<style>.st-key-status { min-height: 1.5rem; }</style>")
st.logo(str(icon), size="large")

#: File, title, icon, and what the page is for (None: it is reached from other pages).
PAGES = (
    ("search", "Search", "search", "Find documents by text and fields, count them exactly, take them with you."),
    ("overview", "Overview", "grid_view", "What documents are made of: sources, languages, years, lengths."),
    ("quality", "Quality", "grading", "How documents are rated: distributions, agreement, by source and year."),
    ("ledger", "Ledger", "filter_alt", "A chain of rules over fields: what each removes, and what is kept."),
    ("safety", "Safety", "health_and_safety", "What may be toxic, what a threshold costs and whom it hits."),
    ("document", "Document", "article", None),
    ("export", "Export", "download", None),
    ("corpus", "Corpus", "database", "What the corpus holds: sources, fields, and what was left out and why."),
    ("sessions", "Sessions", "history", "Explorations save themselves: steps, notes, bookmarks, labels and exports."),
)

page = st.navigation(
    [
        st.Page(
            f"{name}.py",
            title=title,
            icon=f":material/{symbol}:",
            default=name == "search",
            help=purpose,
            visibility="visible" if purpose else "hidden",
        )
        for name, title, symbol, purpose in PAGES
    ],
    position="top",
)
location.enter(page)
page.run()
frame(page.url_path)
