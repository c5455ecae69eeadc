"""A Query as readable URL parameters and back: a link opens the page it was copied from.

?corpus=demo&q=climate+policy&mode=phrase&filter=year%3E%3D2016&sort=date%3Adesc
"""

from __future__ import annotations

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
    "facet": "facets",
    "mask": "mask",
    "k": "k",
    "offset": "offset",
}
_CORPUS = "corpus"
_REPEATED = frozenset({"filter", "facet"})
_DEFAULTS = {f.name: f.default for f in fields(Query)}


@dataclass(frozen=True)
class Link:
    """What a URL of the Search page says: a query, and the corpus that is asked (None: the first one)."""

    query: Query
    corpus: str | None = None


def to_params(link: Link) -> dict[str, list[str]]:
    """The parameters of a link; what is at its default is left out."""
    out = {} if link.corpus is None else {_CORPUS: [link.corpus]}
    for name, attribute in _NAMES.items():
        value = getattr(link.query, attribute)
        if value == _DEFAULTS[attribute]:
            continue
        out[name] = [str(v) for v in value] if name in _REPEATED else [_write(value)]
    return out


def from_params(params: Mapping[str, Iterable[str]]) -> Link:
    """The link that `to_params` wrote; raises InvalidQuery on a parameter or value that makes no sense."""
    corpus: str | None = None
    known: dict[str, Any] = {}
    for name, given in params.items():
        values = list(given)
        if name == _CORPUS:
            corpus = _only(name, values)
        elif name in _REPEATED:
            known[_NAMES[name]] = tuple(values)
        elif name in _NAMES:
            known[_NAMES[name]] = _read(name, _only(name, values))
        else:
            raise InvalidQuery(f"A link has no parameter {name!r}. {suggest(name, [_CORPUS, *_NAMES])}")
    return Link(Query(**known), corpus)


def to_url(link: Link) -> str:
    """The query string of a link, with its question mark."""
    return "?" + urlencode(to_params(link), doseq=True)


def from_url(url: str) -> Link:
    """The link that `to_url` wrote."""
    return from_params(parse_qs(url.removeprefix("?"), keep_blank_values=True))


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


def _yes_or_no(value: str) -> bool:
    return {"yes": True, "no": False}[value]


_READERS: dict[str, Callable[[str], Any]] = {
    "slop": int,
    "sample": int,
    "seed": int,
    "k1": float,
    "b": float,
    "mask": _yes_or_no,
    "k": int,
    "offset": int,
}
_WANTED: dict[Callable[[str], Any], str] = {int: "a whole number", float: "a number", _yes_or_no: "yes or no"}
