"""What a session holds: its steps, notes, marks, exports and events, as values that never change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.ledger.ledger import Ledger
from corpuscope.query import Query
from corpuscope.results import TokenCount
from corpuscope.sessions.snapshot import Snapshot

MarkKind = Literal["label", "bookmark", "review"]
#: What a review says of a flag, or of there being none.
Verdict = Literal["agree", "disagree", "skip"]
#: Longer names would fill the screen wherever a label is shown.
LONGEST_NAME = 100


class SessionsUnusable(CorpuscopeError):
    """The file of sessions cannot be read or written."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One exploration, and how much it holds.

    `corpus` is the name of the corpus that was asked last, `snapshot` what that corpus was like then. `steps`,
    `exports` and `labels` (names in force) are counts; so is `bookmarks` (documents; where all that matched a query
    were bookmarked, as many as matched then). `summary` are its latest queries in one line.
    """

    id: str
    name: str | None
    corpus: str
    created: datetime
    changed: datetime
    deleted: datetime | None
    steps: int
    bookmarks: int
    labels: int
    exports: int
    summary: str
    snapshot: Snapshot


@dataclass(frozen=True, kw_only=True)
class Step:
    """One query and what it counted; `number` counts from 1, `partial` is why the counts are not of everything.

    The last `rules` filters of the query are the rules of a ledger, whose kept documents were counted.
    """

    number: int
    at: datetime
    query: Query
    corpus: str
    corpus_version: str
    total: int
    documents: int
    tokens: TokenCount | None
    partial: str | None
    rules: int = 0

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that the step was; None for a search."""
        if not self.rules:
            return None
        filters = self.query.filters
        start = replace(self.query, filters=filters[: -self.rules])
        return Ledger(start=start, rules=filters[-self.rules :])


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that the reader wrote down."""

    id: int
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Export:
    """An export that was made, with the JSON of its recipe."""

    id: int
    at: datetime
    recipe: dict[str, Any]
    file_name: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a document, such as "reveal": personal data in it was shown."""

    at: datetime
    kind: str
    document: str


@dataclass(frozen=True)
class Reviewed:
    """What was put before a reviewer: that a field flags a document at a threshold (None: it has none), or does not."""

    dimension: str
    threshold: str | None
    flagged: bool

    def deserves(self, verdict: str) -> bool | None:
        """Whether the document deserves the flag, by a verdict; None where the reviewer passed it over."""
        return None if verdict == "skip" else (verdict == "agree") == self.flagged

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"dimension": self.dimension, "threshold": self.threshold, "flagged": self.flagged}

    @classmethod
    def from_json(cls, data: Any) -> Reviewed:
        """What `to_json` wrote; raises UsageError for anything else."""
        known = data if isinstance(data, dict) else {}
        dimension, threshold, flagged = (known.get(key) for key in ("dimension", "threshold", "flagged"))
        if not (isinstance(dimension, str) and isinstance(threshold, str | None) and isinstance(flagged, bool)):
            raise UsageError(f"{str(data)[:200]} does not say what was reviewed.")
        return cls(dimension, threshold, flagged)


@dataclass(frozen=True, kw_only=True)
class Marking:
    """Documents get a label, a bookmark or a review, or lose it (`add` is False).

    Either `ids` name the documents, or `query` does: every document that it matches, whatever page or sample of them
    was shown. A bookmark has no name; that of a review is its verdict, and `about` is what the verdict is on. `corpus`
    is the name of the corpus that is spoken of, None for any.
    """

    kind: MarkKind
    name: str = ""
    add: bool = True
    ids: tuple[str, ...] | None = None
    query: Query | None = None
    corpus: str | None = None
    about: Reviewed | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(MarkKind):
            raise UsageError(
                f"Documents cannot be given a {self.kind!r}; they can be given a label, a bookmark or a review."
            )
        if (self.kind == "review") != (self.about is not None):
            raise UsageError("A review says what it is about, and nothing else does.")
        if self.kind == "review" and (self.name not in get_args(Verdict) or self.ids is None):
            raise UsageError(f"A review says agree, disagree or skip of documents by their ids, not {self.name!r}.")
        if self.kind == "bookmark" and self.name:
            raise UsageError(f"A bookmark has no name, but {self.name!r} was given; a label has one.")
        if self.kind == "label" and not (self.name.strip() == self.name and 0 < len(self.name) <= LONGEST_NAME):
            raise UsageError(
                f"A label is 1 to {LONGEST_NAME} characters without space around them, not {self.name[:120]!r}."
            )
        if (self.ids is None) == (self.query is None):
            raise UsageError("Documents are marked by their ids or by a query; give one of the two.")
        _check_texts((self.name, *(self.ids or ())))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of what is marked and how."""
        out: dict[str, Any] = {"kind": self.kind, "add": self.add}
        if self.name:
            out["name"] = self.name
        if self.about is not None:
            out["about"] = self.about.to_json()
        if self.query is not None:
            return out | {"query": self.query.to_json()}
        return out | {"ids": list(self.ids or ())}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Marking:
        """The marking that `to_json` wrote; raises UsageError for anything else."""
        kind, name, add, ids, query = (data.get(key) for key in ("kind", "name", "add", "ids", "query"))
        is_sound = isinstance(name, str | None) and isinstance(add, bool)
        is_sound = is_sound and isinstance(ids, list | None) and isinstance(query, dict | None)
        if not is_sound or not all(isinstance(i, str) for i in ids or ()):
            raise UsageError(f"{str(data)[:200]} is no label, bookmark or review.")
        return cls(
            kind=kind,  # type: ignore[arg-type]  # checked by the class
            name=name or "",
            add=bool(add),
            ids=None if ids is None else tuple(ids),
            query=None if query is None else Query.from_json(query),
            about=None if data.get("about") is None else Reviewed.from_json(data["about"]),
        )


@dataclass(frozen=True, kw_only=True)
class Mark(Marking):
    """A marking in a session's log: when, of which version of the corpus, and of how many documents then."""

    id: int
    at: datetime
    count: int
    corpus_version: str


def labels_in_force(marks: Iterable[Marking]) -> tuple[str, ...]:
    """Names of the labels that marks may have left on a document, sorted."""
    return tuple(sorted({m.name for m in marks if m.kind == "label" and m.add}))


def _check_texts(texts: Iterable[Any]) -> None:
    for text in texts:
        try:
            str(text).encode()
        except UnicodeEncodeError:
            raise UsageError(f"{text!r} holds half a character (a lone surrogate).") from None
