"""What is known of a document that is read, and of the documents beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpuscope.fields import Field
from corpuscope.personal_data import Span
from corpuscope.results import plain
from corpuscope.rules import Rule

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Matches:
    """What a query matched in `text[start:end]`: sorted, disjoint offsets into the whole text, as it came.

    `cut` says that there are more than are listed.
    """

    spans: Spans
    start: int
    end: int
    cut: bool = False


@dataclass(frozen=True)
class Mark:
    """What is marked in the text that is shown; `first` is the place, in `Matches.spans`, of the first match in it."""

    start: int
    end: int
    first: int


@dataclass(frozen=True)
class Standing:
    """Documents with a lower value, with the same one, and with any."""

    lower: int
    same: int
    of: int

    @property
    def percentile(self) -> float:
        """The share of documents below, in percent; of those with the same value half count as below."""
        return 100 * (self.lower + self.same / 2) / self.of


@dataclass(frozen=True)
class FieldValue:
    """A field of the document; `is_masked` says that personal data in the value is masked.

    `standing` is where a number stands among those of all documents.
    """

    field: Field
    value: Any
    is_masked: bool = False
    standing: Standing | None = None


@dataclass(frozen=True)
class Reason:
    """A rule that the document fails.

    `value` is the field that the rule judges, None where the corpus lacks it. `places` are so many places of the text
    that show it, None where the text is too long to count them.
    """

    rule: Rule
    value: FieldValue | None
    places: int | None

    @property
    def key(self) -> str:
        """How a link names the rule."""
        return f"{self.rule.system}:{self.rule.reason}"


@dataclass(frozen=True)
class Flag:
    """A field that lists places of the text as toxic: how many, and what they are said to be (scores or categories)."""

    field: Field
    places: int
    told: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A document and one page of its text.

    `start` and `end` are the page in the whole text as it came (`length` code points); `text` is the page as it is
    shown, masked unless the query says otherwise. `marks` and `personal` are offsets into `text`: what the query
    matched (or what shows that a rule fails), and the masks (or, unmasked, what would be masked). `matches` are offsets
    into the whole text. `reasons` are the rules that the document fails, `flags` the fields that
    list places of it as toxic.
    """

    id: str
    row: int
    title: str | None
    title_marks: Spans
    length: int
    start: int
    end: int
    text: str
    marks: list[Mark]
    personal: list[Span]
    matches: Matches
    fields: list[FieldValue]
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the page is all of the text."""
        return self.start == 0 and self.end == self.length

    @property
    def knows_all_matches(self) -> bool:
        """Whether `matches` are those of the whole text."""
        return not self.matches.cut and (self.matches.start, self.matches.end) == (0, self.length)

    def record(self) -> dict[str, Any]:
        """The document as plain JSON: id, title, every field that has a value, and the page of its text."""
        title = {} if self.title is None else {"title": self.title}
        fields = {f.field.name: plain(f.value) for f in self.fields if f.value is not None}
        return {"id": self.id, **title, **fields, "text": self.text}


@dataclass(frozen=True)
class Neighbour:
    """A hit of the query: its id and its place, counted from 1."""

    id: str
    at: int


@dataclass(frozen=True)
class Neighbours:
    """A document's place among the hits of a query (None when it is not found there), and the hits beside it."""

    at: int | None
    total: int
    previous: Neighbour | None = None
    next: Neighbour | None = None
