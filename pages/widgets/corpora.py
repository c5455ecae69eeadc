"""The corpora that this server shows: each opened once for all sessions, in its newest version."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import streamlit as st

from corpuscope.corpus import Corpus, open_corpus
from corpuscope.errors import CorpuscopeError, CorpusNotFound, suggest
from corpuscope.filters import Filter
from corpuscope.ledger.ledger import Ledger
from corpuscope.manifest import FILE_NAME
from corpuscope.query import Query
from pages.environment import served
from pages.widgets.facet_view import default_facets


class Shelf:
    """One corpus folder. Readers that hold an older version go on with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._corpus: Corpus | None = None

    def corpus(self) -> Corpus:
        """The newest version; the manifest is read again only when its file has changed."""
        with self._lock:
            seen = self._signature()
            if self._corpus is None or seen != self._seen:
                opened = open_corpus(self.folder)
                if self._corpus is None or opened.version != self._corpus.version:
                    self._corpus = opened
                self._seen = seen
            return self._corpus

    def _signature(self) -> tuple[int, int, int] | None:
        try:
            found = (self.folder / FILE_NAME).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def find(key: str | None) -> tuple[str, Corpus]:
    """The corpus with a key (None: the first one) and its key; raises CorpusNotFound."""
    known = served()
    if not known:
        raise CorpusNotFound("No corpus is open here. Start the app with: corpuscope serve DIR")
    if key is None:
        key = next(iter(known))
    if key not in known:
        raise CorpusNotFound(f"No corpus {key!r} is open here. {suggest(key, known)}")
    return key, _shelf(str(known[key])).corpus()


def key_of(name: str) -> str | None:
    """The key in links of the corpus of that name, None when it is not open here."""
    for key in served():
        with suppress(CorpuscopeError):
            if find(key)[1].name == name:
                return key
    return None


def warm_up(ending: threading.Event) -> None:
    """Open every corpus and its index before the first reader asks; what fails is said on the page."""
    from corpuscope.ledger.tally import Tally  # its compiler is slow to import, and not needed for the first page

    for key in served():
        if ending.is_set():
            return
        with suppress(CorpuscopeError):
            _, corpus = find(key)
            corpus.search(Query(text="a", k=0, facets=default_facets(corpus.fields)))
            corpus.catalog.text_column("id")  # documents are opened, labelled and bookmarked by their id
            Tally(corpus, Ledger(rules=(Filter("id", "?"),)))  # its loops are compiled, or read from the disk


@st.cache_resource(show_spinner=False)
def _shelf(folder: str) -> Shelf:
    return Shelf(Path(folder))
