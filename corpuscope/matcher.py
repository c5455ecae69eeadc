"""What a mode knows about what was asked: the contract between a query and what answers it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.results import Partial, Ranks, Similarity

if TYPE_CHECKING:
    from corpuscope.documents import Document

Scores = npt.NDArray[np.float32]
Spans = list[tuple[int, int]]


class Matcher(ABC):
    """One mode's answer to one query. What a mode does not know of is left as it is here.

    `takes_best` says that which rows match depends on which are allowed: the best of those.
    """

    takes_best = False

    @abstractmethod
    def matches(self, allowed: Mask | None) -> tuple[Mask, Partial | None]:
        """Rows that match, at least among the allowed ones."""

    def ranked(self, k: int, allowed: Mask | None) -> tuple[Rows, Scores] | None:  # noqa: ARG002
        """The best k of the allowed rows and their scores; None where the mode does not rank."""
        return None

    def spans(self, documents: Sequence[Document]) -> list[Spans]:
        """What matched in the text of each document, as code-point offsets."""
        return [[] for _ in documents]

    def passages(self, rows: Rows) -> list[tuple[int, int]] | None:  # noqa: ARG002
        """The passage of each row's text that it was found by (code points); None where the whole text counts."""
        return None

    def ranks(self, rows: Rows, allowed: Mask | None) -> list[Ranks] | None:  # noqa: ARG002
        """Each row's rank in the rankings that were joined; None where there is one alone."""
        return None

    def similarity(self) -> Similarity | None:
        """The least similarity of what was found by meaning; None where none was asked for."""
        return None

    @property
    def marking(self) -> Matcher:
        """The part of it that knows what to mark in a text."""
        return self
