"""The documents that a query selects, as arrays that every count of the Safety page goes through once.

What does not hang on the threshold is remembered with the corpus: a moved threshold only counts anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from corpuscope.cached import cached_property
from corpuscope.catalog.columns import Mask, Rows
from corpuscope.corpus import Corpus
from corpuscope.filters import Filter
from corpuscope.ledger.counts import Amount
from corpuscope.ledger.tally import rule_mask
from corpuscope.query import Query
from corpuscope.ratings.groups import Division, divide
from corpuscope.safety import kernels
from corpuscope.safety.cut import Cut
from corpuscope.selection import Selection, select

T = TypeVar("T")

#: Each holds some tens of bytes a document.
_POPULATIONS, _DIVISIONS = 3, 16


@dataclass(frozen=True)
class Divided:
    """A division of the documents by a field, with the label of each in 16 bits."""

    division: Division
    labels: npt.NDArray[np.int16]


class Population:
    """All documents that a query selects; arrays have an entry for each, in row order."""

    def __init__(self, corpus: Corpus, selection: Selection) -> None:
        #: Where its counts are remembered.
        self.corpus = corpus
        self.selection = selection
        self._known: dict[str, Any] = {}
        matches = selection.matches
        self._rows: Rows | None = None if matches.all() else np.flatnonzero(matches)

    def __len__(self) -> int:
        return self.corpus.catalog.rows if self._rows is None else len(self._rows)

    def remembering(self, answer: Callable[..., T], most: int) -> Callable[..., T]:
        """A function of these documents that remembers its latest answers."""
        name = f"{answer.__module__}.{answer.__qualname__}"
        if name not in self._known:
            self._known.setdefault(name, lru_cache(most)(partial(answer, self)))
        remembered: Callable[..., T] = self._known[name]
        return remembered

    def of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The entries of these documents, out of one a row of the corpus."""
        return values if self._rows is None else values[self._rows]

    def rows(self, marked: Mask) -> Mask:
        """The rows of the corpus of the marked documents."""
        if self._rows is None:
            return marked
        out = np.zeros(self.corpus.catalog.rows, dtype=np.bool_)
        out[self._rows[marked]] = True
        return out

    @property
    def has_tokens(self) -> bool:
        """Whether the corpus counts tokens."""
        return self.corpus.token_field is not None

    @cached_property
    def tokens(self) -> npt.NDArray[np.int64]:
        """Tokens of each document; zeros where the corpus has no token counts."""
        field = self.corpus.token_field
        if field is None:
            return np.zeros(len(self), dtype=np.int64)
        column = self.corpus.catalog.column(field.name)
        # A copy always: loops are compiled once more for arrays that may not be written.
        return np.where(self.of(column.present), self.of(column.flat), np.int64(0))

    @cached_property
    def all(self) -> Amount:
        """All of them."""
        return self.amount(len(self), self.tokens.sum())

    def amount(self, documents: Any, tokens: Any) -> Amount:
        """Counts as plain numbers."""
        return Amount(int(documents), int(tokens) if self.has_tokens else None)

    def marked(self, condition: Filter) -> Mask:
        """Which documents a filter keeps."""
        return np.array(self.of(rule_mask(self.corpus, condition)))

    def kept(self, cut: Cut) -> Mask:
        """Which documents a cut keeps."""
        flagged = self.marked(cut.flag)
        return flagged if cut.inverse else ~flagged

    def split(self, divided: Divided, marked: Mask) -> npt.NDArray[np.int64]:
        """Documents and tokens by label and by whether they are marked: labels x 2 x 2."""
        out = np.zeros((divided.division.size, 2, 2), dtype=np.int64)
        kernels.count_labels(divided.labels, marked, self.tokens, out)
        return out


def population(corpus: Corpus, query: Query, others: frozenset[str] = frozenset()) -> Population:
    """The documents of a query; `others` are fields that will be asked of them, of a session perhaps.

    Raises InvalidQuery or UnknownField.
    """
    query = query.of_all_matches()
    home = corpus.home(select(corpus, query).fields_used | others)
    return home.remembering(_population, _POPULATIONS)(query)


def divided(documents: Population, by: str) -> Divided:
    """The documents by the values of a field: text with one value each, yes/no, or years."""
    return documents.remembering(_divided, _DIVISIONS)(by)


def _population(corpus: Corpus, query: Query) -> Population:
    return Population(corpus, select(corpus, query))


def _divided(documents: Population, by: str) -> Divided:
    division = divide(documents.corpus, documents.selection, by)
    return Divided(division, np.array(documents.of(division.labels), dtype=np.int16))
