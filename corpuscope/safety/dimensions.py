"""Which fields of a corpus say that a document may be toxic, on which scale, and from where on a document is flagged.

Another kind of field is one more line of KINDS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from corpuscope import toxicity
from corpuscope.fields import Field
from corpuscope.filters import Filter

#: How a field flags: from a threshold up, from it down, by having any value, by some of its values.
Way = Literal[">=", "<=", "?", "="]


@dataclass(frozen=True)
class Kind:
    """Fields that flag documents alike.

    `pattern` is what the whole name of such a field looks like, without the origin it may bear; the first kind that
    fits is the field's. `at` are the default threshold or the values that flag. `spans` is the column that says where
    in the text it shows.
    """

    pattern: str
    way: Way
    at: tuple[str, ...]
    scale: str
    source: str
    spans: str | None = None


_PERSPECTIVE = "severe_toxicity|identity_attack|identity_hate|insult|profanity|threat|obscene|sexual_explicit"
_JIGSAW = "Perspective API and Jigsaw's data sets: a probability; half is the cut of Jigsaw's own labels."
_CELADON = "Celadon (arXiv 2410.22587): 2 is clearly expressed, 3 overt hatred or a call to violence."
_TOTAL = "Celadon's rule (arXiv 2410.22587): from a total of 4 on a text is at least mildly toxic, from 7 on toxic."
_DOLMA = "Dolma's taggers: a probability; 0.4 is the cut that its web part was made with."
_HALF = str(toxicity.THRESHOLD)
_BUNDLED = "The toxicity annotator"
_NO_PART = r"(?!.*\.(?:mean|min|spans|characters)$)"

KINDS: tuple[Kind, ...] = (
    Kind(toxicity.SCORE, ">=", (_HALF,), "0 to 1", f"{_BUNDLED}: highest probability.", spans=toxicity.SPANS),
    Kind(toxicity.MEAN, ">=", (_HALF,), "0 to 1", f"{_BUNDLED}: mean probability.", spans=toxicity.SPANS),
    Kind(toxicity.SHARE, ">=", (_HALF,), "0 to 1", f"{_BUNDLED}: share of flagged pieces.", spans=toxicity.SPANS),
    Kind(toxicity.WORDS, ">=", ("1",), "a count", f"{_BUNDLED}: words of its lists.", spans=toxicity.WORD_SPANS),
    Kind(_PERSPECTIVE, ">=", (_HALF,), "0 to 1", _JIGSAW),
    Kind("celadon_(race_origin|gender_sex|religion|ability|violence)", ">=", ("2",), "0 to 3", _CELADON),
    Kind("celadon_total", ">=", ("4",), "0 to 15", _TOTAL),
    Kind("celadon_label", "=", ("Mild", "Toxic"), "a label", _TOTAL),
    Kind("rps_doc_ldnoobw_words", ">=", ("1",), "a count", "RedPajama-V2: entries of the LDNOOBW list of bad words."),
    Kind("rps_doc_ut1_blacklist", "?", (), "a category", "RedPajama-V2: the host is on a list of UT1 Capitole."),
    Kind(rf"{_NO_PART}(?:.*_)?hatespeech(?!.*non_toxic).*", ">=", ("0.4",), "0 to 1", _DOLMA),
    Kind(rf"{_NO_PART}(?:.*_)?nsfw(?!.*_sfw).*", ">=", ("0.4",), "0 to 1", _DOLMA),
    Kind(
        "(dataman_)?sensitivity",
        "<=",
        ("2",),
        "1 to 5",
        "DataMan (arXiv 2502.19363): low where sensitive matters go wrong.",
    ),
    Kind("toxic|is_toxic", ">=", (_HALF,), "0 or 1", "Labels of people, as data sets of toxic comments have them."),
)


@dataclass(frozen=True)
class Dimension:
    """A field that flags documents, and how its kind does."""

    field: Field
    kind: Kind

    @property
    def name(self) -> str:
        """The field's name."""
        return self.field.name

    @property
    def threshold(self) -> str | None:
        """The threshold that stands unless another is chosen; None where the field has none."""
        return self.kind.at[0] if self.has_threshold else None

    @property
    def has_threshold(self) -> bool:
        """Whether the field is compared with a number."""
        return self.kind.way in (">=", "<=") and self.field.is_number

    def flag(self, threshold: str | None = None) -> Filter:
        """The filter that selects the documents it flags, at a threshold (None: the usual one)."""
        if self.field.type == "bool":
            return Filter(self.name, "=", ("true",))
        if self.kind.way == "?":
            return Filter(self.name, "?")
        if self.kind.way == "=":
            return Filter(self.name, "=", self.kind.at)
        return Filter(self.name, self.kind.way, (self.kind.at[0] if threshold is None else threshold,))


def dimensions(fields: Iterable[Field]) -> tuple[Dimension, ...]:
    """The dimensions among some fields, in the order of KINDS."""
    found = [(kind_of(field), field) for field in fields]
    known = [Dimension(field, kind) for kind, field in found if kind is not None]
    return tuple(sorted(known, key=lambda d: KINDS.index(d.kind)))


def kind_of(field: Field) -> Kind | None:
    """How a field flags documents; None when it flags none."""
    if field.multi or field.type == "timestamp":
        return None
    fits = (kind for kind in KINDS if re.fullmatch(kind.pattern, field.column) and _suits(kind, field))
    return next(fits, None)


def _suits(kind: Kind, field: Field) -> bool:
    """Whether a field of its type can be asked in the way of a kind."""
    if kind.way == "?":
        return True
    return field.type == "text" if kind.way == "=" else field.is_number or field.type == "bool"
