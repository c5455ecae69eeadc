"""The exploration that a browser window is in: a session that saves itself as the reader goes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from corpuscope.corpus import Corpus
from corpuscope.errors import CorpuscopeError
from corpuscope.links import Link
from corpuscope.results import SearchResult
from corpuscope.sessions import verdicts
from corpuscope.sessions.marks import MarkedCorpus, with_marks
from corpuscope.sessions.records import Mark, Reviewed, Verdict, labels_in_force
from corpuscope.sessions.snapshot import Snapshot, changes
from corpuscope.sessions.store import SessionStore, new_id

_OWN = "exploration_own"
_SAVED = "exploration_saved"
_DRIFT = "exploration_drift"
_MET = "exploration_met"


@st.cache_resource(show_spinner=False)
def store() -> SessionStore:
    """The sessions of the user who runs this server."""
    return SessionStore()


def id_of(link: Link) -> str:
    """The session that the URL names, else the window's own."""
    if link.session is not None:
        st.session_state[_OWN] = link.session
    elif _OWN not in st.session_state:
        st.session_state[_OWN] = new_id()
    own: str = st.session_state[_OWN]
    return own


def saved_id() -> str | None:
    """The window's session once something of it is kept, so that the address can name it."""
    own = st.session_state.get(_OWN)
    return own if own is not None and st.session_state.get(_SAVED) == own else None


def marked(link: Link, corpus: Corpus) -> MarkedCorpus:
    """The corpus with the session's labels and bookmarks as fields."""
    return with_marks(corpus, store().marks(id_of(link)))


def record(link: Link, corpus: Corpus, result: SearchResult, *, rules: int = 0) -> str | None:
    """Keep a step, a search or a ledger of some rules; what is wrong when that cannot be done."""
    # Facets that nobody chose are left to the page that opens the step again.
    query = replace(result.query, facets=link.query.facets)
    try:
        _note_drift(link, corpus)
        store().record_step(id_of(link), corpus, replace(result, query=query), rules=rules)
    except CorpuscopeError as error:
        return f"This step is not saved: {error}"
    if not query.asks_for_everything:
        keep(link)
    return None


def drift(link: Link) -> list[str]:
    """What has changed in the corpus since the session was last worked in, as sentences."""
    session, told = st.session_state.get(_DRIFT, (None, []))
    sentences: list[str] = told if session == id_of(link) else []
    return sentences


def forget_drift() -> None:
    """Say no longer what has changed."""
    st.session_state.pop(_DRIFT, None)


def _note_drift(link: Link, corpus: Corpus) -> None:
    """Compare the corpus with what the session's last step saw, the first time that this window meets both."""
    met = (id_of(link), corpus.name, corpus.version)
    if st.session_state.get(_MET) == met:
        return
    st.session_state[_MET] = met
    before = store().find(id_of(link))
    if before is not None and before.corpus == corpus.name:
        st.session_state[_DRIFT] = (id_of(link), changes(before.snapshot, Snapshot.of(corpus)))


def leave() -> None:
    """Begin another exploration in this window: the one it was in is gone."""
    st.session_state.pop(_OWN, None)
    st.session_state.pop(_SAVED, None)


def bookmark(link: Link, corpus: Corpus, identifier: str, *, add: bool) -> int:
    """Bookmark a document, or no longer; the mark's number."""
    return _saved(link, store().mark(id_of(link), corpus, "bookmark", add=add, ids=(identifier,)))


def label(link: Link, corpus: Corpus, name: str, identifier: str, *, add: bool) -> int:
    """Give a document a label, or take it away; the mark's number."""
    return _saved(link, store().mark(id_of(link), corpus, "label", name=name, add=add, ids=(identifier,)))


def review(link: Link, corpus: Corpus, identifier: str, verdict: Verdict, about: Reviewed) -> int:
    """Keep what was said of a document's flag; the mark's number."""
    return _saved(link, store().mark(id_of(link), corpus, "review", name=verdict, ids=(identifier,), about=about))


def reviews(link: Link, corpus: Corpus, dimension: str) -> list[tuple[str, Mark]]:
    """Documents of the corpus, by id, with what was said of them on a dimension in this session."""
    found = verdicts.reviews(store().marks(id_of(link)))
    return [(i, m) for i, m in found if m.corpus == corpus.name and m.about and m.about.dimension == dimension]


def label_matches(link: Link, corpus: Corpus, name: str, result: SearchResult, *, add: bool) -> int:
    """Give every document that matched a label, or take it away; the mark's number."""
    mark = store().mark(id_of(link), corpus, "label", name=name, add=add, query=result.query, count=result.total)
    return _saved(link, mark)


def undo(link: Link, mark: int) -> None:
    """Take a mark back."""
    store().undo(id_of(link), mark)


def label_names(link: Link) -> list[str]:
    """The labels of the session, in alphabetical order."""
    return list(labels_in_force(store().marks(id_of(link))))


def keep(link: Link) -> None:
    """Let the address name the session: something of it is kept, or will be."""
    st.session_state[_SAVED] = id_of(link)


def _saved(link: Link, number: int) -> int:
    keep(link)
    return number
