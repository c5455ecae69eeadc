"""The Document page: one document, whole."""

from pages.widgets.document_page import document_page

document_page()
