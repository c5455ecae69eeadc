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

page = st.navigation(
    [
        st.Page(
            "search.py",
            title="Search",
            icon=":material/search:",
            default=True,
            help="Find documents by text and fields, see exact counts, and take the subset with you.",
        ),
        st.Page(
            "overview.py",
            title="Overview",
            icon=":material/grid_view:",
            help="What the documents are made of: sources, languages, years, lengths, and some at random.",
        ),
        st.Page(
            "quality.py",
            title="Quality",
            icon=":material/grading:",
            help="How documents are rated: distributions, how far ratings agree, ratings by source, topic, year.",
        ),
        st.Page(
            "ledger.py",
            title="Ledger",
            icon=":material/filter_alt:",
            help="A chain of rules over fields: what each removes, in documents and tokens, and what is kept.",
        ),
        st.Page("document.py", title="Document", icon=":material/article:", visibility="hidden"),
        st.Page("export.py", title="Export", icon=":material/download:", visibility="hidden"),
        st.Page(
            "corpus.py",
            title="Corpus",
            icon=":material/database:",
            help="What the corpus holds: sources, fields, and what was left out and why.",
        ),
        st.Page(
            "sessions.py",
            title="Sessions",
            icon=":material/history:",
            help="Explorations save themselves: steps, notes, bookmarks, labels and exports.",
        ),
    ],
    position="top",
)
location.enter(page)
page.run()
frame(page.url_path)
