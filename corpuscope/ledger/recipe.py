"""A ledger as a file: plain JSON with its query, its rules and what they counted, to be counted again and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from corpuscope import __version__, plain_json
from corpuscope.corpus import Corpus
from corpuscope.errors import UsageError
from corpuscope.ledger.counts import LedgerCounts
from corpuscope.ledger.ledger import Ledger
from corpuscope.manifest import write_atomically
from corpuscope.query import Query
from corpuscope.sessions.marks import basis_of
from corpuscope.sessions.records import Marking
from corpuscope.sessions.snapshot import Snapshot, changes
from corpuscope.wording import counted

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class LedgerRecipe:
    """A ledger, what it counted, and what the corpus was like then; nothing of the machine.

    `marks` are the labels and bookmarks that the fields of a session came from; None where no such field was used.
    """

    program: str
    corpus: str
    query: dict[str, Any]
    rules: tuple[str, ...]
    counts: dict[str, Any]
    snapshot: dict[str, Any]
    marks: tuple[dict[str, Any], ...] | None = None

    @property
    def ledger(self) -> Ledger:
        """The ledger itself; raises a UsageError for one that cannot be."""
        return Ledger(start=Query.from_json(self.query), rules=self.rules)  # type: ignore[arg-type]  # parsed there

    @property
    def markings(self) -> tuple[Marking, ...]:
        """The marks as they were put."""
        return tuple(Marking.from_json(m) for m in self.marks or ())

    def write(self, path: Path) -> None:
        """Write the file, all of it or nothing."""
        data = {"ledger": FORMAT} | {f.name: getattr(self, f.name) for f in fields(self)}
        if self.marks is None:
            del data["marks"]
        if not path.parent.is_dir():
            raise UsageError(f"There is no folder {path.parent} to write {path.name} into; make it first.")
        write_atomically(path, plain_json.to_bytes(data))


def recipe_of(corpus: Corpus, counts: LedgerCounts) -> LedgerRecipe:
    """The recipe of a ledger that was counted."""
    kept = counts.ledger.kept
    basis = basis_of(corpus, {f.field for f in kept.filters})
    return LedgerRecipe(
        program=f"corpuscope {__version__}",
        corpus=counts.corpus,
        query=corpus.pinned(counts.ledger.start).to_json(),
        rules=tuple(map(str, counts.ledger.rules)),
        counts=_counts(counts),
        snapshot=Snapshot.of(corpus).to_json(),
        marks=None if basis is None else tuple(m.to_json() for m in basis.marks),
    )


def load(path: Path) -> LedgerRecipe:
    """Read a ledger's file; raises a CorpuscopeError that says what is wrong with it."""
    data = plain_json.load(path, "ledger", f"one is written by: corpuscope ledger DIR --rule E --out {path}")
    try:
        return _from_json(plain_json.check_kind(data, str(path), "ledger", FORMAT))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path} is a damaged ledger: {error}.") from None


def differences(then: LedgerRecipe, corpus: Corpus, now: LedgerCounts) -> list[str]:
    """What has changed since a ledger was written, one sentence each: of the corpus, then of the counts."""
    told = [] if now.corpus == then.corpus else [f"The corpus is {now.corpus} now and was {then.corpus}."]
    told += changes(Snapshot.from_json(then.snapshot), Snapshot.of(corpus))
    return [*told, *_changed_counts(then.counts, _counts(now))]


def _from_json(data: dict[str, Any]) -> LedgerRecipe:
    """The recipe with this JSON; all of it is tried, so that a damaged one is found before anything is counted."""
    marks = data.get("marks")
    given = {f.name: data[f.name] for f in fields(LedgerRecipe) if f.name != "marks"}
    recipe = LedgerRecipe(**given | {"rules": tuple(data["rules"])}, marks=None if marks is None else tuple(marks))
    if not isinstance(recipe.corpus, str) or not isinstance(recipe.program, str):
        raise TypeError("its corpus and its program are no names")
    Snapshot.from_json(recipe.snapshot)
    list(_changed_counts(recipe.counts, recipe.counts))
    _ = recipe.ledger, recipe.markings
    return recipe


def _counts(counts: LedgerCounts) -> dict[str, Any]:
    """What was counted, without the moment it took."""
    left_out = ("query", "corpus", "took_ms")
    return {name: value for name, value in counts.to_json().items() if name not in left_out}


def _changed_counts(then: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for name, words in (("start", "The ledger starts from"), ("kept", "It keeps")):
        if now[name] != then[name]:
            yield f"{words} {_amount(now[name])} now and {_amount(then[name])} then."
    for i, (after, before) in enumerate(zip(now["rules"], then["rules"], strict=True), 1):
        for name, words in _PARTS.items():
            if after[name] != before[name]:
                yield f"Rule {i}, {after['rule']}, {words} {_amount(after[name])} now and {_amount(before[name])} then."


_PARTS = {
    "removed": "removes in the chain",
    "alone": "removes by itself",
    "only": "is the only one to remove",
    "without_value": "finds without a value",
}


def _amount(amount: dict[str, Any]) -> str:
    """Documents and tokens in words."""
    documents = counted(amount["documents"], "document")
    return documents if amount["tokens"] is None else f"{documents} ({amount['tokens']:,} tokens)"
