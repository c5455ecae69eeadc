"""The Sessions page: explorations that saved themselves."""

from pages.widgets.sessions_page import sessions_page

sessions_page()
