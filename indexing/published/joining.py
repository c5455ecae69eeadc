"""Which row of the ratings each document has: by id, or by position once the order is verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.errors import ImportRefused
from corpuscope.masking import mask
from corpuscope.wording import counted
from indexing.published.collect import prefixes_of
from indexing.published.collected import Collected
from indexing.published.contract import Mask, System
from indexing.published.target import Target
from indexing.tally import EXAMPLES

Rows = npt.NDArray[np.int64]

ID, POSITION = "id", "position"
_NOTHING = "nothing was imported"
_REPEATED = r"#[1-9][0-9]*$"


@dataclass(frozen=True)
class Join:
    """For each document the row of its rating, -1 where it has none; and what was met on the way.

    `unknown` counts ratings of ids that the corpus does not have, the first of which are `examples`; `repeats` are
    rows that rate a document again, each with the row before it that does; `verified` says by what the order of a join
    by position was checked; `other_texts` counts rows whose text begins otherwise than the document's.
    """

    how: str
    rows: Rows
    unknown: int = 0
    examples: tuple[str, ...] = ()
    repeats: tuple[Rows, Rows] | None = None
    verified: str = ""
    other_texts: int = 0

    @property
    def matched(self) -> int:
        """Documents that have a rating."""
        return int(np.count_nonzero(self.rows >= 0))


def join(system: System, found: Collected, target: Target, on: str | None) -> Join:
    """Match rows with documents, or raise ImportRefused."""
    files = said(found.files)
    if not found.rows:
        raise ImportRefused(f"{files} holds no rows; {_NOTHING}.")
    ids = found.ids()
    if ids is None and (on == ID or system.lists):
        raise ImportRefused(f"{files} has no ids to join by; {_NOTHING}. Rows in the corpus's order: --on position.")
    if ids is not None and (on != POSITION or system.lists):
        found.tally.count("missing_id", ids.null_count)
        joined = _by_id(ids, target)
        if joined.matched:
            return joined
        if on == ID or system.lists or not target.has_made_ids:
            raise ImportRefused(_no_match(files, ids, target))
    return _by_position(system, found, target, None if target.has_made_ids else ids)


def said(files: Sequence[str] | dict[str, int]) -> str:
    """The files by name: the only one, or the first and how many more."""
    first, *rest = files
    return first if not rest else f"{first} (and {counted(len(rest), 'more file')})"


def _by_id(ids: pa.Array, target: Target) -> Join:
    places = pc.fill_null(pc.index_in(ids, target.ids), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    hits = np.flatnonzero(places >= 0)
    rows = np.full(target.rows, -1, np.int64)
    rows[places[hits][::-1]] = hits[::-1]  # of several rows the first stays
    firsts = rows[places[hits]]
    again = firsts != hits
    strange = np.flatnonzero((places < 0) & ids.is_valid().to_numpy(zero_copy_only=False))
    return Join(
        ID,
        rows,
        unknown=len(strange),
        examples=tuple(map(mask, ids.take(pa.array(strange[:EXAMPLES])).to_pylist())),
        repeats=(firsts[again], hits[again]) if again.any() else None,
    )


def _no_match(files: str, ids: pa.Array, target: Target) -> str:
    first = ids.drop_null()
    named = f"the first is {_value(first[0])}, " if len(first) else ""
    return (
        f"None of the {counted(len(first), 'id')} of {files} is in the corpus ({named}the corpus's first is "
        f"{_value(target.ids[0])}); {_NOTHING}."
    )


def _by_position(system: System, found: Collected, target: Target, ids: pa.Array | None) -> Join:
    _refuse_gaps(found, target)
    rows = np.arange(target.rows, dtype=np.int64)
    if ids is not None:
        _refuse_other_order(found, ids, target)
        return Join(POSITION, rows, verified="ids")
    checked: list[str] = []
    other = 0
    if (lengths := found.lengths()) is not None and not system.cuts_text:
        _refuse_other_lengths(found, lengths, target)
        checked.append("lengths of the texts")
    if (prefixes := found.prefixes()) is not None:
        other = _other_texts(found, prefixes, target, cut=system.cuts_text)
        checked.append("beginnings of the texts")
    return Join(POSITION, rows, verified=" and ".join(checked), other_texts=other)


def _refuse_gaps(found: Collected, target: Target) -> None:
    """Rows and documents must be as many, and no row may be missing from the count."""
    if found.unreadable is not None:
        case = found.unreadable
        raise ImportRefused(
            f"{case.file} row {case.line:,} cannot be read ({case.reason}), so rows cannot be counted off; {_NOTHING}."
        )
    if found.rows != target.rows:
        left_out = f" ({counted(target.left_out, 'record')} of its sources were left out)" if target.left_out else ""
        raise ImportRefused(
            f"{said(found.files)} has {counted(found.rows, 'row')} where the corpus has "
            f"{counted(target.rows, 'document')}{left_out}; {_NOTHING}."
        )


def _refuse_other_order(found: Collected, ids: pa.Array, target: Target) -> None:
    """The ids must stand in the corpus's order; a document that a build renamed goes by its published id."""
    published = pc.replace_substring_regex(target.ids, _REPEATED, "")
    same = pc.or_(pc.equal(ids, target.ids), pc.equal(ids, published))
    _refuse_where(found, _false(same), ids, target.ids, "id", "ids")


def _refuse_other_lengths(found: Collected, lengths: pa.Array, target: Target) -> None:
    there = pa.array(target.lengths)
    _refuse_where(found, _false(pc.equal(lengths, there)), lengths, there, "a text of length", "lengths")


def _other_texts(found: Collected, prefixes: pa.Array, target: Target, *, cut: bool) -> int:
    """Rows whose text begins otherwise; refused, unless texts were cut and most begin as they should."""
    there = target.prefixes(prefixes_of)
    other = _false(pc.equal(prefixes, there))
    count = int(other.sum())
    if not cut or 2 * count > found.rows:
        _refuse_where(found, other, prefixes, there, "a text that begins with", "texts")
    return count


def _false(same: pa.Array) -> Mask:
    """Where values are known and differ."""
    mask: Mask = pc.fill_null(pc.invert(same), False).to_numpy(zero_copy_only=False)  # noqa: FBT003
    return mask


def _refuse_where(found: Collected, other: Mask, here: pa.Array, there: pa.Array, what: str, many: str) -> None:
    if other.any():
        row = int(np.argmax(other))
        raise ImportRefused(
            f"{found.place(row)} has {what} {_value(here[row])} where the corpus has {_value(there[row])} "
            f"({np.count_nonzero(other):,} of {found.rows:,} {many} differ in this order); {_NOTHING}."
        )


def _value(scalar: pa.Scalar) -> str:
    value = scalar.as_py()
    return f"{value:,.0f}" if isinstance(value, float | int) else mask(repr(value))
