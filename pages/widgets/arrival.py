"""What every page begins with: where the URL leads, and the corpus that is shown there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpuscope.errors import CorpuscopeError
from corpuscope.links import DOCUMENT, Link
from corpuscope.query import Query
from corpuscope.sessions.marks import MarkedCorpus, with_marks
from pages.widgets import corpora, exploration, location, panel, summary_view
from pages.widgets.safe_html import element, join


@dataclass(frozen=True)
class Arrival:
    """A place: the link with its corpus and session named, and the corpus with the session's marks.

    `wrong` is what is wrong with the URL; the query is empty then.
    """

    link: Link
    corpus: MarkedCorpus
    wrong: CorpuscopeError | None = None


def arrive(page: str) -> Arrival | None:
    """Where the reader is; None, with a notice drawn, when there is no corpus to show."""
    wrong = None
    try:
        link = location.current()
    except CorpuscopeError as error:
        link, wrong = Link(Query(), page=page), error
    try:
        key, corpus = corpora.find(link.corpus)
    except CorpuscopeError as error:
        _show_no_corpus(error)
        return None
    link = replace(link, corpus=key, session=exploration.id_of(link))
    if page != DOCUMENT:
        link = replace(link, document=None, at=None, start=None)
    try:
        return Arrival(link, exploration.marked(link, corpus), wrong)
    except CorpuscopeError as error:
        return Arrival(link, with_marks(corpus, ()), wrong or error)


def _show_no_corpus(error: CorpuscopeError) -> None:
    build = join(
        [
            "Build one with ",
            element("code", "corpuscope build DIR --source FILE"),
            " and open it with ",
            element("code", "corpuscope serve DIR"),
            ".",
        ]
    )
    panel.show(summary_view.notice("error", "No corpus to show", str(error), build), key="error")
