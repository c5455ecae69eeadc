"""The Quality page: how documents are rated."""

from pages.widgets.quality_page import quality_page

quality_page()
