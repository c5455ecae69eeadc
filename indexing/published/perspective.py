"""Probabilities of toxic comments: the attributes of the Perspective API, and the columns of Jigsaw's data sets.

Names: developers.perspectiveapi.com, "Attributes & Languages"; the data sets "Toxic Comment Classification Challenge"
(toxic, severe_toxic, obscene, threat, insult, identity_hate) and "Unintended Bias in Toxicity Classification" (target,
severe_toxicity, obscene, identity_attack, insult, threat, sexual_explicit).
"""

from __future__ import annotations

import re

from corpuscope.fields import Field
from indexing.published.contract import Names, Rating, System
from indexing.published.values import numbers

_MEANINGS = {
    "toxicity": "rude, disrespectful or unreasonable, so that they leave the discussion",
    "severe_toxicity": "very hateful, aggressive or disrespectful",
    "identity_attack": "negative or hateful because of somebody's identity",
    "insult": "insulting or inflammatory towards somebody",
    "profanity": "full of swear words or other obscene language",
    "threat": "threatening to hurt somebody",
    "obscene": "obscene",
    "sexual_explicit": "sexually explicit",
}
#: Names in any case, and the one spelling that they get here.
ALIASES = {name: name for name in _MEANINGS} | {
    "target": "toxicity",
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
}
#: What only Jigsaw's data sets have.
_JIGSAW = frozenset({"target", "toxic", "severe_toxic", "identity_hate", "obscene", "sexual_explicit"})
_COLUMN = re.compile(
    r"(?P<prefix>perspective[._]|attributescores\.)?"
    rf"(?P<name>{'|'.join(sorted(ALIASES, key=len, reverse=True))})(\.summaryscore\.value)?",
    re.IGNORECASE,
)
_SOURCES = {
    "perspective": "Perspective API (Jigsaw).",
    "jigsaw": "Jigsaw's data sets of comments: share of annotators who said so, or 0 and 1.",
}
_CAVEAT = (
    "Made for comments, not for whole documents; known to rate texts that name minorities, or are in their dialects, "
    "too high."
)


def known_columns(names: Names) -> dict[str, str]:
    """The field of each column that is known; of several for one field the first."""
    fields: dict[str, str] = {}
    for name in names:
        found = _COLUMN.fullmatch(name)
        if found:
            fields.setdefault(ALIASES[found["name"].lower()], name)
    return {column: field for field, column in fields.items()}


def _origin(names: Names, path: str) -> str | None:
    """One column with a prefix is enough, of the bare names it has to be two: `target` alone may be anything."""
    columns = known_columns(names)
    prefixed = any(_COLUMN.fullmatch(column)["prefix"] for column in columns)  # type: ignore[index]  # it matched
    if not (prefixed or len(columns) > 1):
        return None
    return "jigsaw" if not prefixed and _JIGSAW & {column.lower() for column in columns} else "perspective"


def _plan(names: Names) -> list[Rating]:
    source = _SOURCES[_origin(names, "") or "perspective"]
    return [_rating(column, field, source) for column, field in known_columns(names).items()]


def _rating(column: str, name: str, source: str) -> Rating:
    field = Field(
        name=name,
        type="double",
        meaning=f"Probability that readers find the text {_MEANINGS[name]}; published as {column}.",
        source=source,
        caveat=_CAVEAT,
        range=(0.0, 1.0),
        bins=tuple(i / 20 for i in range(21)),
    )
    return Rating(columns=(column,), fields=(field,), convert=numbers)


PERSPECTIVE = System(name="perspective", title="Perspective and Jigsaw", origin=_origin, plan=_plan)
