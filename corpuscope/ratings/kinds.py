"""Which fields of a corpus are ratings, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpuscope.fields import Field
from corpuscope.rules import failed_field
from corpuscope.sessions.marks import ORIGIN as SESSION

SOURCE = "source"
#: How long a document is says nothing of how good it is; the Overview shows it.
_LENGTHS = frozenset({"characters", "words", "tokens"})
#: The last word of the name of a number that counts, places or dates a document instead of rating it.
_NO_AMOUNTS = frozenset({"id", "index", "idx", "row", "line", "number", "offset", "year", "month", "day", "timestamp"})
_BETWEEN_WORDS = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True)
class RatingGroup:
    """Ratings that were made together: those of a system of rules, of an annotator, of an import, of the source."""

    name: str
    fields: tuple[Field, ...]


def rating_groups(fields: Iterable[Field]) -> tuple[RatingGroup, ...]:
    """The ratings among some fields: those with decisions first, those of the source last."""
    known = {f.name: f for f in fields}
    systems = [name for name, field in known.items() if is_decision(field, known)]
    groups: dict[str, list[Field]] = {}
    for field in known.values():
        if is_rating(field, known):
            groups.setdefault(_group(field, systems), []).append(field)
    ordered = sorted(groups, key=lambda name: (name == SOURCE, name not in systems))
    return tuple(RatingGroup(name, tuple(sorted(groups[name], key=lambda f: f.name != name))) for name in ordered)


def is_rating(field: Field, known: Iterable[str]) -> bool:
    """Whether a field rates documents: one number or yes/no each that is no id, date or length, or a decision."""
    if field.multi or field.origin == SESSION:  # labels and bookmarks are a reader's own
        return False
    if field.type == "bool" or is_decision(field, known):
        return True
    last_word = _BETWEEN_WORDS.split(field.name.lower())[-1]
    return field.is_number and not field.is_year and field.column not in _LENGTHS and last_word not in _NO_AMOUNTS


def is_decision(field: Field, known: Iterable[str]) -> bool:
    """Whether a text field holds `keep` or the reason against a document: another field lists all its reasons."""
    return field.type == "text" and not field.multi and failed_field(field.name) in known


def _group(field: Field, systems: Iterable[str]) -> str:
    """The system of rules whose decision or value it is, else what made the field."""
    own = (s for s in systems if field.name == s or field.name.startswith((f"{s}_", f"{s}.")))
    return max(own, key=len, default=field.origin)
