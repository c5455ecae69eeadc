"""The Export page: take the documents of a search along."""

from pages.widgets.export_page import export_page

export_page()
