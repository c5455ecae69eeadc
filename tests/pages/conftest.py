"""Pages over the tiny corpus, run as Streamlit runs them but without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.links import Link, to_params
from corpuscope.query import Query
from pages.environment import for_app

APP = Path(__file__).resolve().parents[2] / "pages" / "_app.py"


class Page:
    """A page that has run, and how to go on."""

    def __init__(self, test: AppTest) -> None:
        self.test = test

    def run(self) -> Page:
        self.test.run()
        assert not self.test.exception, self.test.exception
        return self

    def html(self, key: str) -> str:
        """The markup of a panel; empty when the page has none of that name."""
        return str(self.data(key).get("html", ""))

    def data(self, key: str) -> dict[str, Any]:
        """What a component is given; empty when the page has none of that name."""
        components = [c.proto for c in self.test.get("bidi_component")]
        found: list[dict[str, Any]] = [json.loads(c.json) for c in components if c.id.endswith(f"-{key}")]
        return found[0] if found else {}

    def click(self, label: str) -> Page:
        next(b for b in self.test.button if b.label == label).click()
        return self.run()

    @property
    def params(self) -> dict[str, list[str]]:
        """What the URL says, but for the session, which is drawn anew for every window."""
        given = self.test.query_params
        return {k: v if isinstance(v, list) else [v] for k, v in given.items() if k != "session"}


@pytest.fixture
def serving(tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """The app's environment: it shows the tiny corpus."""
    for name, value in for_app([tiny_corpus.folder], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)
    return tiny_corpus


@pytest.fixture
def visit(serving: Corpus) -> Callable[..., Page]:
    """Open the Search page at a query, or with raw parameters."""

    def visit(query: Query | None = None, **params: str) -> Page:
        test = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in (to_params(Link(query)) if query else params).items():
            test.query_params[name] = value
        return Page(test).run()

    return visit
