"""A cut through the documents at a threshold of a dimension: what is flagged is dropped, or alone is kept."""

from __future__ import annotations

from dataclasses import dataclass

from corpuscope.filters import Filter
from corpuscope.ledger.ledger import negated
from corpuscope.safety.dimensions import Dimension


@dataclass(frozen=True)
class Cut:
    """Drops what a dimension flags at a threshold (None: the usual one), or with `inverse` keeps nothing else.

    Documents without a score are not flagged. What is kept and what is dropped are all documents, each once.
    """

    dimension: Dimension
    threshold: str | None = None
    inverse: bool = False

    @property
    def at(self) -> str | None:
        """The threshold in force; None for a dimension without one."""
        if not self.dimension.has_threshold:
            return None
        return self.dimension.threshold if self.threshold is None else self.threshold

    @property
    def flag(self) -> Filter:
        """The filter that selects what is flagged."""
        return self.dimension.flag(self.threshold)

    @property
    def unflagged(self) -> Filter:
        """The filter that selects everything else."""
        opposite = negated(self.flag)
        assert opposite is not None  # flags are made of >=, <=, = and ?
        return opposite

    @property
    def unflagged_in_words(self) -> str:
        """What is not flagged, for people: `toxicity < 0.5 or none`."""
        flag = self.flag
        if flag.op in (">=", "<="):
            sign = "<" if flag.op == ">=" else ">"
            return f"{flag.field} {sign} {flag.values[0]} or none"
        return self.unflagged.in_words()

    @property
    def kept(self) -> Filter:
        """The filter that selects what is kept."""
        return self.flag if self.inverse else self.unflagged

    @property
    def dropped(self) -> Filter:
        """The filter that selects what is dropped."""
        return self.unflagged if self.inverse else self.flag
