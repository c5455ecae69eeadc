"""Features of training texts counted: one sparse matrix a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.bundled.layout import FIGURES, Figures, measure
from indexing.bundled.ngrams import ADDRESS, MORE, PER_CODE, emit, emit_address
from indexing.bundled.reading import Read
from indexing.bundled.tokenizing import Hashes, Places, Tokens, cut, new_tokens
from indexing.bundled.vectors import AXES, Floats, Words, words, write_vector
from indexing.bundled.wording import WORDING, measure_wording
from indexing.signals.codepoints import Codes, Offsets

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """How often each feature of a view occurs in each text: `matrix` has a row a text and a column a hash."""

    view: int
    hashes: Hashes
    matrix: Any

    def columns(self, chosen: Rows) -> Counted:
        """Only these features."""
        return Counted(self.view, self.hashes[chosen], self.matrix[:, chosen])


def count_view(view: int, texts: Read, training: Rows, least: int) -> Counted:
    """Count a view's features that occur in at least so many of the training texts."""
    from scipy.sparse import csr_matrix

    codes, offsets = texts
    longest = int(np.diff(offsets).max())
    room = np.empty(PER_CODE * longest + MORE, np.uint32)
    made = [
        _count_text(view, codes[start:end], new_tokens(end - start + 1), room)
        for start, end in zip(offsets[:-1], offsets[1:], strict=True)
    ]
    lengths = np.cumsum([0, *(len(hashes) for hashes, _ in made)])
    hashes, columns = np.unique(np.concatenate([h for h, _ in made]), return_inverse=True)
    counts = np.concatenate([c for _, c in made]).astype(np.float32)
    matrix = csr_matrix((counts, columns, lengths), shape=(len(made), len(hashes)))
    often = np.flatnonzero(np.bincount(matrix[training].indices, minlength=len(hashes)) >= least)
    return Counted(view, hashes[often], matrix[:, often])


def _count_text(view: int, codes: Codes, tokens: Tokens, room: Hashes) -> tuple[Hashes, npt.NDArray[np.int64]]:
    made = _emit_text(view, codes, tokens, room)
    return np.unique(room[:made], return_counts=True)


@compiled
def _emit_text(view: int, codes: Codes, tokens: Tokens, room: Hashes) -> int:
    count = cut(codes, 0, len(codes), tokens)
    if view == ADDRESS:
        return emit_address(codes, tokens, count, room) if count else 0
    return emit(view, codes, tokens, count, room)


def figures_of(texts: Read) -> Figures:
    """The figures of layout and wording, a row a text."""
    codes, offsets = texts
    longest = int(np.diff(offsets).max()) + 1
    out = np.empty((len(offsets) - 1, FIGURES + WORDING), np.float32)
    rarities, seen = np.empty(longest, np.float32), np.empty(longest, np.uint32)
    _measure_all(words(), codes, offsets, new_tokens(longest), rarities, seen, out)
    return out


@compiled
def _measure_all(
    known: Words, codes: Codes, offsets: Offsets, tokens: Tokens, rarities: Floats, seen: Hashes, out: Figures
) -> None:
    for row in range(len(out)):
        count = cut(codes, offsets[row], offsets[row + 1], tokens)
        measure(codes, tokens, count, seen, out[row, :FIGURES])
        measure_wording(known, codes, tokens, count, rarities, seen, out[row, FIGURES:])


def vectors_of(texts: Read) -> Floats:
    """The vectors of the texts, a row a text."""
    codes, offsets = texts
    out = np.empty((len(offsets) - 1, AXES), np.float32)
    _write_vectors(words(), codes, offsets, new_tokens(int(np.diff(offsets).max()) + 1), out)
    return out


@compiled
def _write_vectors(known: Words, codes: Codes, offsets: Offsets, tokens: Tokens, out: Floats) -> None:
    for row in range(len(out)):
        count = cut(codes, offsets[row], offsets[row + 1], tokens)
        write_vector(known, tokens, count, out[row])


def add_products(matrix: Any, kernel: Floats) -> None:
    """Add the products of each two rows of a sparse matrix to a symmetric one."""
    columns = matrix.tocsc()  # rows ascend within a column
    by_row, by_column = (SparseArrays(m.indptr, m.indices, m.data) for m in (matrix, columns))
    _add_products(by_row, by_column, kernel)


class SparseArrays(NamedTuple):
    """Where each line of a sparse matrix starts, the place of each number in its line, and the numbers."""

    starts: Places
    places: Places
    numbers: Floats


@compiled
def _add_products(by_row: SparseArrays, by_column: SparseArrays, kernel: Floats) -> None:
    for row in range(len(by_row.starts) - 1):
        line = kernel[row]
        for i in range(by_row.starts[row], by_row.starts[row + 1]):
            column, number = by_row.places[i], by_row.numbers[i]
            for k in range(by_column.starts[column], by_column.starts[column + 1]):
                if by_column.places[k] > row:
                    break
                line[by_column.places[k]] += number * by_column.numbers[k]
        kernel[: row + 1, row] = line[: row + 1]
