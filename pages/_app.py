"""The frame of the app: navigation and the look of every page. Streamlit runs this file on every interaction."""

from pathlib import Path

import streamlit as st

from pages.widgets import location

icon = Path(__file__).with_name("icon.svg")
st.set_page_config(page_title="Corpuscope", page_icon=icon, layout="wide")
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
            "corpus.py",
            title="Corpus",
            icon=":material/database:",
            help="What the corpus holds: sources, fields, and what was left out and why.",
        ),
    ],
    position="top",
)
location.keep_across_pages(page.url_path)
page.run()
