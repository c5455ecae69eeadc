"""The Ledger page: a chain of rules, and what each of them removes."""

from pages.widgets.ledger_page import ledger_page

ledger_page()
