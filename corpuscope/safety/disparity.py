"""Who pays for a cut: how much of each group is kept beside the whole, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpuscope.cached import cached_property
from corpuscope.catalog.columns import Mask
from corpuscope.errors import InvalidQuery
from corpuscope.filters import Filter
from corpuscope.safety.cut import Cut
from corpuscope.safety.effect import shares
from corpuscope.safety.intervals import Interval, ratio_to_whole, wilson
from corpuscope.safety.population import Population

#: Of fewer documents nothing is said.
ENOUGH = 30
_LONGEST_NAME = 80


@dataclass(frozen=True)
class OwnGroup:
    """A group that a reader makes: all documents that pass some filters."""

    name: str
    filters: tuple[Filter, ...]

    def __str__(self) -> str:
        return "\n".join((self.name, *map(str, self.filters)))

    @classmethod
    def parse(cls, text: str) -> OwnGroup:
        """Read a name on the first line and a filter on each further one."""
        name, *rest = (line.strip() for line in text.strip().splitlines() or [""])
        filters = tuple(Filter.parse(line) for line in rest if line)
        if not name or len(name) > _LONGEST_NAME or not filters:
            raise InvalidQuery(
                f"A group needs a name of 1 to {_LONGEST_NAME} characters on the first line and a filter on each "
                f"further one, such as topic=Politics; this is {text[:120]!r}."
            )
        return cls(name, filters)


@dataclass(frozen=True)
class Paid:
    """What a cut keeps of a group. `by` is the field that makes the group, None for one of the reader's own.

    `share` is the interval of the kept share, `ratio` that of this share over the share kept of all; both 95%.
    `filters` select the group, None where they would tell what is masked.
    """

    by: str | None
    label: str
    filters: tuple[Filter, ...] | None
    documents: int
    kept: int
    of: int
    of_kept: int

    @cached_property
    def share(self) -> Interval:
        """Wilson's interval of the kept share."""
        return wilson(self.kept, self.documents)

    @property
    def ratio(self) -> float | None:
        """The kept share over that of all; None where nothing of all is kept, or the group is empty."""
        if not self.documents or not self.of_kept:
            return None
        return (self.kept / self.documents) / (self.of_kept / self.of)

    @cached_property
    def interval(self) -> Interval:
        """The interval of the ratio."""
        return ratio_to_whole(self.kept, self.documents, self.of_kept, self.of)

    @property
    def stands_out(self) -> bool:
        """Whether there are enough documents, and the interval of the ratio leaves out 1."""
        return self.documents >= ENOUGH and self.ratio is not None and self.interval.excludes(1.0)


@dataclass(frozen=True)
class Disparity:
    """Groups of the documents, and what is kept of all."""

    groups: tuple[Paid, ...]
    whole: Paid


def disparity(documents: Population, cut: Cut, by: Sequence[str], own: Sequence[OwnGroup] = ()) -> Disparity:
    """Compare what a cut keeps of each value of some fields, and of groups of one's own, with what it keeps of all."""
    kept = documents.kept(cut)
    total, total_kept = len(documents), int(np.count_nonzero(kept))
    whole = Paid(None, "all", (), total, total_kept, total, total_kept)
    groups = [
        replace(
            whole,
            by=name,
            label=share.portion.label,
            filters=share.portion.filters,
            documents=share.all.documents,
            kept=share.kept.documents,
        )
        for name in by
        for share in shares(documents, name, kept).shares
    ]
    return Disparity((*groups, *(_own(documents, kept, whole, group) for group in own)), whole)


def _own(documents: Population, kept: Mask, whole: Paid, group: OwnGroup) -> Paid:
    inside = documents.marked(group.filters[0])
    for condition in group.filters[1:]:
        inside &= documents.marked(condition)
    number, stay = int(np.count_nonzero(inside)), int(np.count_nonzero(inside & kept))
    return replace(whole, label=group.name, filters=group.filters, documents=number, kept=stay)
