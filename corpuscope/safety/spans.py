"""Where in a text a document was flagged, out of fields that hold "start-end what": code points, the end exclusive."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SPAN = re.compile(r"(\d{1,18})-(\d{1,18}) (.+)", re.DOTALL)


@dataclass(frozen=True)
class FlaggedSpan:
    """`text[start:end]` was flagged; `what` is a probability or a category, as the field has it."""

    start: int
    end: int
    what: str


def flagged_spans(values: object, length: int) -> tuple[FlaggedSpan, ...]:
    """The spans that a field lists for a text of some length, in reading order; what is no such span is left out."""
    found = (_SPAN.fullmatch(v) for v in _texts(values))
    spans = (FlaggedSpan(int(m[1]), int(m[2]), m[3]) for m in found if m)
    return tuple(sorted((s for s in spans if s.start < s.end <= length), key=lambda s: (s.start, s.end)))


def _texts(values: object) -> Iterable[str]:
    if isinstance(values, str):
        return (values,)
    return (v for v in values if isinstance(v, str)) if isinstance(values, Iterable) else ()
