"""Places in a text as values of a field: "start-end label", code points, end exclusive, as `pii_spans` has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_FORM = re.compile(r"(\d{1,18})-(\d{1,18}) (\S.*)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, order=True)
class LabelledSpan:
    """A stretch of a text and what is said of it: a kind, or a number."""

    start: int
    end: int
    label: str

    def __str__(self) -> str:
        return f"{self.start}-{self.end} {self.label}"


def parse_spans(values: object, length: int | None = None) -> list[LabelledSpan]:
    """The spans of a field's value, one text or several, in order; what is none or passes `length` is left out."""
    found = (_FORM.fullmatch(value) for value in _texts(values))
    spans = [LabelledSpan(int(match[1]), int(match[2]), match[3]) for match in found if match]
    return [s for s in spans if s.start < s.end and (length is None or s.end <= length)]


def _texts(values: object) -> Iterable[str]:
    if isinstance(values, str):
        return (values,)
    return (v for v in values if isinstance(v, str)) if isinstance(values, Iterable) else ()
