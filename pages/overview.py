"""The Overview page: what the documents are made of."""

from pages.widgets.overview_page import overview_page

overview_page()
