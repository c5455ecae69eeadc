"""Look into the text that language models are trained on.

>>> import corpuscope
>>> corpus = corpuscope.open("my-corpus")
>>> corpus.search(corpuscope.Query(text="climate policy", filters=("year>=2016",))).total
"""

from corpuscope.corpus import Corpus
from corpuscope.corpus import open_corpus as open  # noqa: A001  # corpuscope.open reads like the builtin, on purpose
from corpuscope.errors import CorpuscopeError
from corpuscope.filters import Filter, Range
from corpuscope.query import FacetRequest, Query, Sort
from corpuscope.results import SearchResult

__all__ = ["Corpus", "CorpuscopeError", "FacetRequest", "Filter", "Query", "Range", "SearchResult", "Sort", "open"]
__version__ = "0.1.0"
