"""The Search page."""

from pages.widgets.search_page import search_page

search_page()
