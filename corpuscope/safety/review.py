"""How often a flag is right: people judge documents drawn at random, and the share that they agree with is estimated.

The draw puts all documents of a side in an order that hangs on nothing but the documents and a seed. Verdicts count as
far as that order is judged without a gap, so that they are always those of a simple random sample, whatever else was
judged before, at other thresholds or for other searches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpuscope.catalog.catalog import ID, sampled
from corpuscope.catalog.columns import Rows
from corpuscope.filters import Filter
from corpuscope.safety.cut import Cut
from corpuscope.safety.intervals import Interval, wilson
from corpuscope.safety.population import Population

#: Documents of a draw: as many as anybody judges by hand.
DRAWN = 1_000
_DRAWS = 16


@dataclass(frozen=True)
class Judged:
    """What somebody said of a document: whether it deserves the flag; None where it was skipped."""

    id: str
    deserves: bool | None


@dataclass(frozen=True)
class Draw:
    """Documents of one side of a cut in the order in which they are judged; `of` is how many the side has."""

    rows: Rows
    ids: tuple[str, ...]
    of: int


@dataclass(frozen=True)
class Estimate:
    """What the verdicts say so far. `deserving` of `judged` documents deserve the flag, `skipped` more were left out.

    Of flagged documents the share of these is the precision, of unflagged ones the miss rate. `next` is the place in
    the draw of the first document without a verdict, None when all are judged.
    """

    judged: int
    deserving: int
    skipped: int
    next: int | None

    @property
    def share(self) -> float | None:
        """The share that deserves the flag."""
        return self.deserving / self.judged if self.judged else None

    @property
    def interval(self) -> Interval:
        """Wilson's 95% interval of the share."""
        return wilson(self.deserving, self.judged)


def draw(documents: Population, cut: Cut, *, flagged: bool = True, seed: int = 0) -> Draw:
    """The flagged documents, or the others, in the order of a seed; DRAWN of them at most."""
    return documents.remembering(_draw, _DRAWS)(cut.flag if flagged else cut.unflagged, seed)


def _draw(documents: Population, side: Filter, seed: int) -> Draw:
    marked = documents.rows(documents.marked(side))
    rows = sampled(marked, DRAWN, seed)
    ids = documents.corpus.catalog.values(ID.name, rows)
    return Draw(rows, tuple(ids), int(marked.sum()))


def review_precision(drawn: Draw, judged: Mapping[str, Judged]) -> Estimate:
    """What the verdicts on the first documents of a draw say, up to the first one without."""
    met: list[Judged] = []
    for identifier in drawn.ids:
        if identifier not in judged:
            break
        met.append(judged[identifier])
    said = [j.deserves for j in met if j.deserves is not None]
    place = None if len(met) == len(drawn.ids) else len(met)
    return Estimate(len(said), sum(said), len(met) - len(said), place)
