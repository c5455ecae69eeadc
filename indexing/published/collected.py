"""What ratings files hold, as columns over all of their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from indexing.published.contract import Rating
from indexing.readers.contract import Rejection
from indexing.tally import EXAMPLES, Tally
from indexing.typed_columns import Column, conform, resolve

#: What a block makes of one rating: arrays, or a column whose type is known when all blocks are.
Made: TypeAlias = "list[pa.Array] | Column"


@dataclass(frozen=True)
class _Block:
    path: str
    lines: npt.NDArray[np.int64]
    made: Mapping[Rating, Made]
    ids: pa.Array | None
    prefixes: pa.Array | None
    lengths: pa.Array | None


@dataclass
class Collected:
    """The rows of all files in order, and the values of their ratings; `left_out` names columns that are none.

    `unreadable` is the first record that could not be read.
    """

    tally: Tally = field(default_factory=Tally)
    files: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, None] = field(default_factory=dict)
    unreadable: Rejection | None = None
    _blocks: list[_Block] = field(default_factory=list)

    def begin(self, path: str, left_out: Iterable[str]) -> None:
        """Note a file before its blocks."""
        self.files.setdefault(path, 0)
        self.left_out |= dict.fromkeys(left_out)

    def add(self, path: str, lines: npt.NDArray[np.int64], made: Mapping[Rating, Made], *,
            ids: pa.Array | None, prefixes: pa.Array | None, lengths: pa.Array | None) -> None:  # fmt: skip
        """Take in one block of a file."""
        self.files[path] += len(lines)
        self._blocks.append(_Block(path, lines, made, ids, prefixes, lengths))

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(self.files.values())

    def ids(self) -> pa.Array | None:
        """The id of each row, null where it has none; None where no row has one."""
        ids = _joined([b.ids for b in self._blocks], self._sizes)
        return None if ids is None or ids.null_count == len(ids) else ids

    def prefixes(self) -> pa.Array | None:
        """How each text begins; None where no file holds texts."""
        return _joined([b.prefixes for b in self._blocks], self._sizes)

    def lengths(self) -> pa.Array | None:
        """Code points of each rated text; None where nothing tells."""
        return _joined([b.lengths for b in self._blocks], self._sizes)

    def place(self, row: int) -> str:
        """Where a row stands: `file row n`."""
        for block in self._blocks:
            if row < len(block.lines):
                return f"{block.path} row {int(block.lines[row]):,}"
            row -= len(block.lines)
        raise IndexError(row)

    def ratings(self) -> Iterator[tuple[Rating, list[pa.Array]]]:
        """Every rating in turn, its type settled, with its values over all rows."""
        for rating in dict.fromkeys(rating for block in self._blocks for rating in block.made):
            made = [block.made.get(rating) for block in self._blocks]
            yield self._settled(rating, made) if rating.convert is None else self._whole(rating, made)

    def _whole(self, rating: Rating, made: list[Made | None]) -> tuple[Rating, list[pa.Array]]:
        blocks = [arrays if isinstance(arrays, list) else None for arrays in made]
        width = next(len(arrays) for arrays in blocks if arrays is not None)
        return rating, [_joined([a[i] if a else None for a in blocks], self._sizes) for i in range(width)]

    def _settled(self, rating: Rating, made: list[Made | None]) -> tuple[Rating, list[pa.Array]]:
        """A column under the one type that holds all its values."""
        columns = [m for m in made if isinstance(m, Column)]
        multi = any(column.multi for column in columns)
        kind, multi = resolve((k for column in columns for k in column.counts), multi=multi)
        known = replace(rating.fields[0], type=kind, multi=multi)
        pieces = [conform(m, kind, multi=multi)[0] if isinstance(m, Column) else None for m in made]
        if kind == "double" and not multi:
            pieces = [self._finite(rating.columns[0], b, p) for b, p in zip(self._blocks, pieces, strict=True)]
        return replace(rating, fields=(known,)), [_joined(pieces, self._sizes)]

    def _finite(self, name: str, block: _Block, values: pa.Array | None) -> pa.Array | None:
        """Null for what is no finite number, counted."""
        if values is None:
            return None
        strange = pc.fill_null(pc.invert(pc.is_finite(values)), False)  # noqa: FBT003
        rows = np.flatnonzero(strange.to_numpy(zero_copy_only=False))
        examples = ({"file": block.path, "line": int(block.lines[row]), "detail": name} for row in rows[:EXAMPLES])
        self.tally.count("not_a_finite_number", len(rows), examples)
        return pc.if_else(strange, pa.scalar(None, values.type), values)

    @property
    def _sizes(self) -> list[int]:
        return [len(block.lines) for block in self._blocks]


def _joined(pieces: list[pa.Array | None], sizes: list[int]) -> pa.Array | None:
    type_ = next((piece.type for piece in pieces if piece is not None), None)
    if type_ is None:
        return None
    return pa.concat_arrays([pa.nulls(n, type_) if p is None else p for p, n in zip(pieces, sizes, strict=True)])
