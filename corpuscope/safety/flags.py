"""Flags by dimension and by the values of another field: how many documents of each group each dimension flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpuscope.portions import Portion
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import Dimension
from corpuscope.safety.population import Population, divided

Counts = npt.NDArray[np.int64]

#: Tables of one dimension each that stay known: some kilobytes.
_COLUMNS = 128


@dataclass(frozen=True)
class FlagsRow:
    """The documents of a group, and how many of them each dimension flags and has a score for."""

    portion: Portion
    flagged: tuple[int, ...]
    scored: tuple[int, ...]


@dataclass(frozen=True)
class FlagsTable:
    """Flags by group and dimension; `whole` are all documents, `cuts` say from where on each dimension flags."""

    by: str
    cuts: tuple[Cut, ...]
    rows: tuple[FlagsRow, ...]
    whole: FlagsRow
    distinct: int


def flags_table(
    documents: Population, known: Sequence[Dimension], by: str, thresholds: Mapping[str, str] | None = None
) -> FlagsTable:
    """Count the flags of some dimensions over all documents; `thresholds` by name stand for the usual ones."""
    cuts = tuple(Cut(d, (thresholds or {}).get(d.name)) for d in known)
    parts = divided(documents, by)
    counted = [_column(documents, cut, by) for cut in cuts]
    rows = tuple(
        FlagsRow(portion, tuple(int(c[label, 0]) for c in counted), tuple(int(c[label, 1]) for c in counted))
        for label, portion in parts.division.portions
    )
    sums = [c.sum(axis=0).tolist() for c in counted]
    total = len(documents)
    whole = FlagsRow(
        Portion(by, "all", total, total, documents.all.tokens, ()), tuple(s[0] for s in sums), tuple(s[1] for s in sums)
    )
    return FlagsTable(by, cuts, rows, whole, parts.division.distinct)


def _column(documents: Population, cut: Cut, by: str) -> Counts:
    """Flagged and scored documents by label."""
    return documents.remembering(_count_flags, _COLUMNS)(cut, by)


def _count_flags(documents: Population, cut: Cut, by: str) -> Counts:
    parts = divided(documents, by)
    flagged = documents.split(parts, documents.marked(cut.flag))[:, 1, 0]
    column = documents.corpus.catalog.column(cut.dimension.name)
    has_score = documents.of(column.has_value)
    if has_score.all():
        scored = np.bincount(parts.labels, minlength=parts.division.size)
    else:
        scored = documents.split(parts, np.array(has_score))[:, 1, 0]
    return np.stack([flagged, scored], axis=1)
