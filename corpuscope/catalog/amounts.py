"""Documents and a weight of them (their tokens) by label, over the rows that match and over all rows that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Column, Mask, TextColumn

#: Three rows: documents that match, documents shown at all, tokens of those that match. One column a label.
Amounts = npt.NDArray[np.int64]
Labels = npt.NDArray[Any]


@dataclass(frozen=True)
class Ranked:
    """A text column with its values ranked by size.

    `labels` holds for each row the rank of its value, len(words) for a value without a rank, one more for none.
    """

    labels: Labels
    words: list[str]
    distinct: int


class Rows:
    """Some rows of a corpus."""

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self._at = None if mask.all() else np.flatnonzero(mask)

    def __len__(self) -> int:
        return len(self.mask) if self._at is None else len(self._at)

    def of(self, values: Labels) -> Labels:
        """The values of these rows, out of one a row of the corpus."""
        return values if self._at is None else values[self._at]

    def entries(self, column: Column) -> Labels:
        """Where the flattened values of these rows stand, each value once a row."""
        return np.flatnonzero(column.entries_of(self.mask))


def weights(column: Column) -> Labels:
    """A number of each row, 0 for none, as `bincount` weighs: in floating point, which is exact up to 2**53."""
    return np.where(column.present, column.flat, 0).astype(np.float64)


class Counter:
    """Counts by label; `tokens` are the `weights` to sum up, None for no such sum."""

    def __init__(self, matches: Mask, shown: Mask, tokens: Labels | None) -> None:
        self._whole = Rows(shown)
        matching = Rows(matches)
        self._matching = self._whole if len(matching) == len(self._whole) else matching
        self._codes: dict[str, tuple[Amounts, Amounts]] = {}
        self._tokens = tokens
        self._weights = None if self._tokens is None else self._matching.of(self._tokens)
        counted = 0 if self._weights is None else int(self._weights.sum())
        self.total: Amounts = np.array([len(self._matching), len(self._whole), counted], dtype=np.int64)
        self.all_tokens = None if self._tokens is None else int(self._whole.of(self._tokens).sum())

    @property
    def has_tokens(self) -> bool:
        """Whether tokens are summed up; if not, their row is zero."""
        return self._tokens is not None

    def by_label(self, labels: Labels, size: int) -> Amounts:
        """Amounts by labels >= 0, of which each row of the corpus has one."""
        return self._count(self._matching.of(labels), self._weights, self._whole.of(labels), size)

    def of_rows(self, rows: Mask) -> Amounts:
        """Amounts of the marked rows."""
        return self.by_label(rows.astype(np.int8), 2)[:, 1]

    def by_code(self, column: TextColumn) -> tuple[Amounts, Amounts]:
        """Amounts by code, and of all rows with a value; a row counts once for each distinct value of a list."""
        name = column.field.name
        if name not in self._codes:
            self._codes[name] = self._count_codes(column)
        return self._codes[name]

    def with_any(self, column: TextColumn, codes: Labels) -> Amounts:
        """Amounts of the rows that have at least one of some codes."""
        wanted = np.zeros(len(column.dictionary) + 1, dtype=np.bool_)
        wanted[codes] = True
        return self.of_rows(column.any_row(wanted[column.codes]))  # code -1 takes the last one, which is not wanted

    def ranked(self, column: TextColumn, limit: int, by: int) -> Ranked:
        """The values of a column with one value a row, ranked by a row of their amounts."""
        amounts, _ = self.by_code(column)
        codes = largest(amounts[by], limit)
        ranks = np.full(len(column.dictionary) + 1, len(codes), dtype=np.int32)
        ranks[codes] = np.arange(len(codes))
        ranks[-1] = len(codes) + 1  # for code -1, which takes the last one
        words = [column.word(int(c)) for c in codes]
        return Ranked(ranks[column.codes], words, int(np.count_nonzero(amounts[0])))

    def _count_codes(self, column: TextColumn) -> tuple[Amounts, Amounts]:
        size = len(column.dictionary) + 1
        if column.offsets is None:
            amounts = self.by_label(column.codes + 1, size)[:, 1:]
            return amounts, amounts.sum(axis=1)
        entries = self._matching.entries(column)
        owners = np.searchsorted(column.offsets, entries, side="right") - 1
        weights = None if self._tokens is None else self._tokens[owners]
        whole = column.codes[self._whole.entries(column)]
        amounts = self._count(column.codes[entries] + 1, weights, whole + 1, size)[:, 1:]
        return amounts, self.of_rows(column.has_value)

    def _count(self, labels: Labels, weights: Labels | None, whole: Labels, size: int) -> Amounts:
        documents = np.bincount(labels, minlength=size)
        of = documents if self._whole is self._matching else np.bincount(whole, minlength=size)
        tokens = np.zeros(size) if weights is None else np.bincount(labels, weights, minlength=size)
        return np.stack([documents, of, tokens.astype(np.int64)])


def largest(sizes: npt.NDArray[np.int64], limit: int) -> npt.NDArray[np.int64]:
    """The labels with the largest sizes, ties by label; those of no size are left out."""
    labels = np.flatnonzero(sizes)
    if len(labels) > limit:
        threshold = np.partition(sizes[labels], len(labels) - limit)[len(labels) - limit]
        labels = labels[sizes[labels] >= threshold]
    ordered: npt.NDArray[np.int64] = labels[np.lexsort((labels, -sizes[labels]))]
    return ordered[:limit]
