"""Counting what was left out or mended, by reason, with the first examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpuscope.manifest import Reject
from indexing.readers.contract import Rejection

EXAMPLES = 5


class Tally:
    """Counts by reason; the examples are the first ones in the order of the corpus."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[dict[str, Any]]] = {}

    def add(self, rejections: Iterable[Rejection]) -> None:
        """Count single cases."""
        for case in rejections:
            detail = case.detail.encode("utf-8", "replace").decode()
            example = {"file": case.file, "line": case.line, "detail": detail}
            self.count(case.reason, 1, (example,))

    def count(self, reason: str, number: int, examples: Iterable[dict[str, Any]] = ()) -> None:
        """Count cases together; nothing is noted for none."""
        if number:
            self._counts[reason] = self._counts.get(reason, 0) + number
            held = self._examples.setdefault(reason, [])
            held += list(examples)[: EXAMPLES - len(held)]

    def merge(self, other: dict[str, Reject]) -> None:
        """Add counts that come later in the corpus."""
        for reason, reject in other.items():
            self.count(reason, reject.count, reject.examples)

    def result(self) -> dict[str, Reject]:
        """Counts and examples by reason, in alphabetical order."""
        return {reason: Reject(n, tuple(self._examples[reason])) for reason, n in sorted(self._counts.items())}


def to_json(rejects: dict[str, Reject]) -> dict[str, Any]:
    """Plain JSON of `Tally.result`."""
    return {reason: [reject.count, list(reject.examples)] for reason, reject in rejects.items()}


def from_json(data: dict[str, Any]) -> dict[str, Reject]:
    """What `to_json` wrote."""
    return {reason: Reject(count, tuple(examples)) for reason, (count, examples) in data.items()}
