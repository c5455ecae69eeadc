"""A place in the app as a readable URL and back: a link opens the page it was copied from.

./?corpus=demo&q=climate+policy&mode=phrase&filter=year%3E%3D2016&sort=date%3Adesc
document?corpus=demo&q=climate+policy&doc=c4-17&at=3
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qs, urlencode

from corpuscope.errors import InvalidQuery, suggest
from corpuscope.query import Query

#: URL parameter -> attribute of Query, in the order in which a link names them.
_NAMES = {
    "q": "text",
    "mode": "mode",
    "slop": "slop",
    "filter": "filters",
    "where": "where",
    "sort": "sort",
    "sample": "sample",
    "seed": "seed",
    "k1": "k1",
    "b": "b",
    "like": "like",
    "unlike": "unlike",
    "similarity": "threshold",
    "weight": "weight",
    "embedder": "embedder",
    "facet": "facets",
    "mask": "mask",
    "k": "k",
    "offset": "offset",
}
#: URL parameter -> attribute of Link.
_PLACE = {
    "corpus": "corpus",
    "session": "session",
    "doc": "document",
    "at": "at",
    "from": "start",
    "show": "show",
    "by": "by",
    "area": "area",
    "rule": "rules",
    "part": "part",
    "open": "open",
    "rating": "rating",
    "compare": "compare",
    "why": "why",
    "dimension": "dimension",
    "threshold": "threshold",
    "keep": "keep",
    "group": "groups",
    "review": "review",
}
#: Parameters that mean something on the Document page alone.
PLACES_OF_A_DOCUMENT = frozenset({"doc", "at", "from", "why"})
_REPEATED = frozenset({"filter", "facet", "like", "unlike"})
_REPEATED_PLACES = frozenset({"show", "by", "rule", "open", "compare", "group"})
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PART = re.compile(r"(only|shared|kept)-[1-9]\d{0,2}")
_DEFAULTS = {f.name: f.default for f in fields(Query)}


#: Pages by the first part of their address; the Search page is the root.
SEARCH, DOCUMENT, OVERVIEW, QUALITY, LEDGER = "", "document", "overview", "quality", "ledger"
SAFETY, CORPUS, SESSIONS, EXPORT = "safety", "corpus", "sessions", "export"
PAGES = (SEARCH, DOCUMENT, OVERVIEW, QUALITY, LEDGER, SAFETY, CORPUS, SESSIONS, EXPORT)


@dataclass(frozen=True)
class Link:
    """What a URL says: a page, a query, and the corpus that is asked (None: the first one).

    `session` is the exploration that the reader is in. `document` is the id of the one that is read, `at` its place
    among the hits of the query, counted from 1, `start` the place in its text (code points) to begin at. `show` are
    the fields under each hit (None: the usual ones). `by` are the one or two fields by which the Overview divides the
    documents (None: the usual ones), `area` what its areas are ("tokens", or None for documents).

    On the Quality page `open` are the groups of ratings that are unfolded, `compare` the ratings that are correlated,
    `rating` the one that is told by the first field of `by` (None: the usual ones). `rules` are those of the ledger
    (None: there is none), `part` is the part of one of them whose documents are shown there: "only-1", "shared-2",
    "kept-3".

    On the Safety page `dimension` is the field that flags, `threshold` where it does (None: the usual ones), `keep` is
    "flagged" where nothing else is kept; the first field of `by` divides the documents, `compare` are the ratings of
    what goes and what stays, `groups` the reader's own (a name and filters, a line each), and `review` is "unflagged"
    where those are reviewed. `why` is the rule whose evidence is marked in a document, as `system:reason`, or the
    field whose flagged places are, as `flags:field`, instead of what the query matches.
    """

    query: Query
    corpus: str | None = None
    page: str = SEARCH
    session: str | None = None
    document: str | None = None
    at: int | None = None
    start: int | None = None
    show: tuple[str, ...] | None = None
    by: tuple[str, ...] | None = None
    area: str | None = None
    rules: tuple[str, ...] | None = None
    part: str | None = None
    open: tuple[str, ...] | None = None
    rating: str | None = None
    compare: tuple[str, ...] | None = None
    why: str | None = None
    dimension: str | None = None
    threshold: str | None = None
    keep: str | None = None
    groups: tuple[str, ...] | None = None
    review: str | None = None

    def to(self, page: str, query: Query | None = None) -> Link:
        """Another page in the same corpus and session, with the same query unless another is given."""
        query = self.query if query is None else query
        return Link(query, self.corpus, page, self.session, show=self.show)


def to_params(link: Link) -> dict[str, list[str]]:
    """The parameters of a link; what is at its default is left out."""
    out = {name: _write_place(getattr(link, attribute)) for name, attribute in _PLACE.items()}
    out = {name: values for name, values in out.items() if values}
    for name, attribute in _NAMES.items():
        value = getattr(link.query, attribute)
        if value == _DEFAULTS[attribute]:
            continue
        out[name] = [str(v) for v in value] if name in _REPEATED else [_write(value)]
    return out


def from_params(params: Mapping[str, Iterable[str]], page: str = SEARCH) -> Link:
    """The link that `to_params` wrote; raises InvalidQuery on a parameter or value that makes no sense."""
    place: dict[str, Any] = {}
    known: dict[str, Any] = {}
    for name, given in params.items():
        values = list(given)
        if name in _REPEATED_PLACES:
            place[_PLACE[name]] = tuple(v for v in values if v)
        elif name in _PLACE:
            place[_PLACE[name]] = _read(name, _only(name, values))
        elif name in _REPEATED:
            known[_NAMES[name]] = tuple(values)
        elif name in _NAMES:
            known[_NAMES[name]] = _read(name, _only(name, values))
        else:
            raise InvalidQuery(f"A link has no parameter {name!r}. {suggest(name, [*_PLACE, *_NAMES])}")
    return Link(Query(**known), page=page, **place)


def to_url(link: Link) -> str:
    """The address of a link, relative to the app's root."""
    return f"{link.page or './'}?{urlencode(to_params(link), doseq=True)}"


def from_url(url: str) -> Link:
    """The link that `to_url` wrote."""
    page, _, parameters = url.partition("?")
    page = page.removeprefix("./")
    if page not in PAGES:
        raise InvalidQuery(f"There is no page {page!r}. {suggest(page, PAGES[1:])}")
    return from_params(parse_qs(parameters, keep_blank_values=True), page)


def is_session_id(text: str) -> bool:
    """Whether a session can have this id."""
    return _SESSION.fullmatch(text) is not None


def _write_place(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, tuple):
        return list(value) or [""]  # none of the fields, unlike the usual ones
    return [str(value)]


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _only(name: str, values: list[str]) -> str:
    if len(values) != 1:
        raise InvalidQuery(f"The link gives {name!r} {len(values)} times; give it once.")
    return values[0]


def _read(name: str, value: str) -> Any:
    read = _READERS.get(name, str)
    try:
        return read(value)
    except (ValueError, KeyError):
        raise InvalidQuery(f"The link says {name}={value!r}; it must be {_WANTED[read]}.") from None


def _session(value: str) -> str:
    if not is_session_id(value):
        raise ValueError(value)
    return value


def _part(value: str) -> str:
    if not _PART.fullmatch(value):
        raise ValueError(value)
    return value


def _number(value: str) -> str:
    if not math.isfinite(float(value)):
        raise ValueError(value)
    return value


def _flagged(value: str) -> str:
    return {"flagged": value}[value]


def _unflagged(value: str) -> str:
    return {"unflagged": value}[value]


def _yes_or_no(value: str) -> bool:
    return {"yes": True, "no": False}[value]


_READERS: dict[str, Callable[[str], Any]] = {
    "slop": int,
    "sample": int,
    "seed": int,
    "k1": float,
    "b": float,
    "similarity": float,
    "weight": float,
    "mask": _yes_or_no,
    "k": int,
    "offset": int,
    "at": int,
    "from": int,
    "session": _session,
    "part": _part,
    "threshold": _number,
    "keep": _flagged,
    "review": _unflagged,
}
_WANTED: dict[Callable[[str], Any], str] = {
    int: "a whole number",
    float: "a number",
    _yes_or_no: "yes or no",
    _number: "a number",
    _flagged: "flagged, or left out",
    _unflagged: "unflagged, or left out",
    _part: "only, shared or kept, and the number of a rule, such as only-1",
    _session: "1 to 64 letters, digits, - and _",
}
