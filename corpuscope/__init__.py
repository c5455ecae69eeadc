"""Look into the text that language models are trained on.

>>> import corpuscope
>>> corpus = corpuscope.open("my-corpus")
>>> corpus.search(corpuscope.Query(text="climate policy", filters=("year>=2016",))).total
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpuscope.corpus import Corpus
    from corpuscope.corpus import open_corpus as open
    from corpuscope.errors import CorpuscopeError
    from corpuscope.filters import Filter, Range
    from corpuscope.query import FacetRequest, Query, Sort
    from corpuscope.results import SearchResult

__all__ = ["Corpus", "CorpuscopeError", "FacetRequest", "Filter", "Query", "Range", "SearchResult", "Sort", "open"]
__version__ = "0.1.0"

#: Where each public name lives. It is imported when first asked for: `--help` and worker processes need none of them.
_HOMES = {
    "Corpus": ("corpus", "Corpus"),
    "CorpuscopeError": ("errors", "CorpuscopeError"),
    "FacetRequest": ("query", "FacetRequest"),
    "Filter": ("filters", "Filter"),
    "Query": ("query", "Query"),
    "Range": ("filters", "Range"),
    "SearchResult": ("results", "SearchResult"),
    "Sort": ("query", "Sort"),
    "open": ("corpus", "open_corpus"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), attribute)
