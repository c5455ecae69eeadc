"""Some of the documents, and the filters that, added to a query, select exactly them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpuscope import masking
from corpuscope.catalog.amounts import Amounts
from corpuscope.filters import Filter

Measure = Literal["documents", "tokens"]


@dataclass(frozen=True)
class Portion:
    """Some of the documents: those with a value or in a range, all with other values, or those without one.

    `of` counts such documents in the whole corpus. `filters` is None where the label is masked: a filter would tell.
    """

    field: str
    label: str
    documents: int
    of: int
    tokens: int | None
    filters: tuple[Filter, ...] | None
    kind: Literal["value", "others", "missing"] = "value"
    parts: tuple[Portion, ...] = ()

    def size(self, measure: Measure) -> int:
        """How large it is."""
        return self.documents if measure == "documents" else self.tokens or 0


class Portions:
    """Makes portions out of amounts; `mask` hides personal data in labels."""

    def __init__(self, *, mask: bool, has_tokens: bool) -> None:
        self._mask = mask
        self._has_tokens = has_tokens

    def value(self, name: str, word: str, amounts: Amounts) -> Portion:
        """The documents with a value."""
        label = self._label(word)
        return self.ranged(name, label, amounts, (Filter(name, "=", (word,)),) if label == word else None)

    def others(self, name: str, words: Sequence[str], amounts: Amounts) -> Portion | None:
        """The documents with any value but those that are listed."""
        if not amounts[0]:
            return None
        is_telling = any(self._label(w) != w for w in words)
        unlisted = (Filter(name, "!=", tuple(words)),) if words else ()
        filters = None if is_telling else (Filter(name, "?"), *unlisted)
        return replace(self.ranged(name, "other values", amounts, filters), kind="others")

    def missing(self, name: str, amounts: Amounts) -> Portion | None:
        """The documents without a value."""
        if not amounts[0]:
            return None
        return replace(self.ranged(name, "no value", amounts, (Filter(name, "!?"),)), kind="missing")

    def ranged(self, name: str, label: str, amounts: Amounts, filters: tuple[Filter, ...] | None) -> Portion:
        """The documents that some filters select."""
        documents, of, tokens = amounts.tolist()
        return Portion(name, label, documents, of, tokens if self._has_tokens else None, filters)

    def _label(self, word: str) -> str:
        return masking.mask(word) if self._mask else word
