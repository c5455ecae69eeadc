"""The Safety page: what may be toxic, and what a threshold would do."""

from pages.widgets.safety.page import safety_page

safety_page()
