"""Labels, bookmarks and reviews as fields of a corpus: they filter, count, sort and export like any other.

The log of marks is worked through in order, each query with the marks before it in force. What that gives is kept with
the corpus, so that one mark more costs one mark.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.catalog.catalog import ID
from corpuscope.catalog.columns import Column, NumberColumn, Rows, TextColumn
from corpuscope.corpus import Corpus, WidenedCorpus
from corpuscope.errors import UsageError
from corpuscope.fields import Field
from corpuscope.selection import select
from corpuscope.sessions.records import Marking, MarkKind, Verdict

ORIGIN = "session"
_KINDS: tuple[MarkKind, ...] = get_args(MarkKind)
_KEPT = "marks"
#: Logs whose columns, and whose states, stay in memory with a corpus: a column takes some bytes a document.
_CORPORA, _STATES = 8, 32
#: Up to so many values are each searched for in the sorted ones, which is quicker than to look at all of those.
_FEW = 1_000
_NO_ROWS: Rows = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Basis:
    """What some marks rest on: the fields that their queries read, whether they use the index, and whose vectors."""

    marks: tuple[Marking, ...]
    fields: frozenset[str]
    uses_index: bool
    embedders: frozenset[str]


@dataclass(frozen=True)
class Lost:
    """Ids that the corpus does not hold (any longer), and why queries of marks could not be asked."""

    ids: int = 0
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Read:
    """What a query in the log has read."""

    kind: MarkKind
    fields: frozenset[str]
    uses_index: bool
    embedder: str | None


@dataclass(frozen=True)
class _State:
    """Which rows carry what after some marks: rows ascend without repeats, by name where there are names."""

    labels: Mapping[str, Rows]
    bookmarked: Rows
    lost: Lost
    reviews: Mapping[str, Rows]
    read: tuple[_Read, ...]


class MarkedCorpus(WidenedCorpus):
    """A corpus with the fields of a session: `label`, `bookmark` and `review`.

    `marks` are those that speak of this corpus; `names` are the fields' names by kind: `session.label` where the
    corpus has a field `label` of its own.
    """

    def __init__(self, base: Corpus, marks: tuple[Marking, ...], state: _State) -> None:
        self.names = _names(base)
        super().__init__(base, _columns(base, self.names, state))
        self.marks = marks
        self.lost = state.lost
        self._read = state.read

    def basis(self, fields: frozenset[str]) -> Basis | None:
        """The marks that decide what is in `fields`, and what these rest on; None where no field is of the session."""
        kinds = self._kinds_of(fields)
        if not kinds:
            return None
        # A query may read the field of the other kind, and so on.
        while more := {k for read in self._read if read.kind in kinds for k in self._kinds_of(read.fields)} - kinds:
            kinds |= more
        used = [read for read in self._read if read.kind in kinds]
        return Basis(
            tuple(m for m in self.marks if m.kind in kinds),
            frozenset().union(*(read.fields for read in used)) - set(self.names.values()),
            any(read.uses_index for read in used),
            frozenset(read.embedder for read in used if read.embedder is not None),
        )

    def _kinds_of(self, fields: frozenset[str]) -> set[MarkKind]:
        return {kind for kind, name in self.names.items() if name in fields}


def with_marks(corpus: Corpus, marks: Sequence[Marking]) -> MarkedCorpus:
    """The corpus with the fields of a session as some marks leave them; marks of other corpora are left out.

    Ids that are not in the corpus, and queries that it cannot answer, are passed over and told of in `lost`.
    """
    base = corpus.base if isinstance(corpus, MarkedCorpus) else corpus
    if _KEPT not in base.kept:
        base.kept.setdefault(_KEPT, _Evaluations(base))
    evaluations: _Evaluations = base.kept[_KEPT]
    return evaluations.marked(tuple(m for m in marks if m.corpus in (None, base.name)))


def basis_of(corpus: Corpus, fields: Iterable[str]) -> Basis | None:
    """What decides what is in some fields of a corpus, as far as they are fields of a session; None if none is."""
    return corpus.basis(frozenset(fields)) if isinstance(corpus, MarkedCorpus) else None


class _Evaluations:
    """What logs of marks mean in one version of a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._states: OrderedDict[bytes, _State] = OrderedDict()
        self._lock = threading.Lock()
        self.marked = lru_cache(_CORPORA)(self._marked)

    def _marked(self, marks: tuple[Marking, ...]) -> MarkedCorpus:
        return MarkedCorpus(self._corpus, marks, self._state(marks))

    def _state(self, marks: tuple[Marking, ...]) -> _State:
        """The state after some marks, from the longest beginning of them that is known already."""
        keys = list(_keys(marks))
        done, state = self._known(keys)
        rows = _find_rows(self._corpus, {id_ for m in marks[done:] for id_ in m.ids or ()})
        for mark, key in zip(marks[done:], keys[done + 1 :], strict=True):
            state = _after(self._corpus, state, mark, rows)
            if mark.query is not None or key == keys[-1]:
                self._keep(key, state)
        return state

    def _known(self, keys: Sequence[bytes]) -> tuple[int, _State]:
        with self._lock:
            for done in range(len(keys) - 1, 0, -1):
                if keys[done] in self._states:
                    self._states.move_to_end(keys[done])
                    return done, self._states[keys[done]]
        return 0, _State({}, _NO_ROWS, Lost(), {}, ())

    def _keep(self, key: bytes, state: _State) -> None:
        with self._lock:
            self._states[key] = state
            if len(self._states) > _STATES:
                self._states.popitem(last=False)


def _keys(marks: Iterable[Marking]) -> Iterator[bytes]:
    """A key for no mark, for the first one, the first two ..."""
    key = b""
    yield key
    for mark in marks:
        key = hashlib.sha256(key + json.dumps(mark.to_json(), sort_keys=True).encode()).digest()
        yield key


def _after(corpus: Corpus, state: _State, mark: Marking, rows_of: Mapping[str, int]) -> _State:
    """The state with one mark more."""
    if mark.query is not None:
        rows, state = _query_rows(corpus, state, mark)
    else:
        ids = dict.fromkeys(mark.ids or ())
        rows = np.array(sorted(rows_of[id_] for id_ in ids if id_ in rows_of), dtype=np.int64)
        state = replace(state, lost=replace(state.lost, ids=state.lost.ids + len(ids) - len(rows)))
    change = np.union1d if mark.add else np.setdiff1d
    if mark.kind == "bookmark":
        return replace(state, bookmarked=change(state.bookmarked, rows))
    if mark.kind == "review":
        return replace(state, reviews=_reviewed(state.reviews, mark, rows))
    labelled = change(state.labels.get(mark.name, _NO_ROWS), rows)
    others = {name: its_rows for name, its_rows in state.labels.items() if name != mark.name}
    return replace(state, labels=others | {mark.name: labelled} if len(labelled) else others)


def _reviewed(before: Mapping[str, Rows], mark: Marking, rows: Rows) -> dict[str, Rows]:
    """Verdicts with one more: a document has one on each dimension, the latest; what was passed over has none."""
    assert mark.about is not None
    values = {verdict: f"{mark.about.dimension}: {verdict}" for verdict in get_args(Verdict)}
    out = dict(before)
    for value in values.values():
        out[value] = np.setdiff1d(out.get(value, _NO_ROWS), rows)
    if mark.add and mark.name != "skip":
        out[values[mark.name]] = np.union1d(out[values[mark.name]], rows)
    return {value: its_rows for value, its_rows in out.items() if len(its_rows)}


def _query_rows(corpus: Corpus, state: _State, mark: Marking) -> tuple[Rows, _State]:
    """Rows that the query of a mark selects, and the state that knows what it has read."""
    assert mark.query is not None
    marked = corpus.with_columns(_columns(corpus, _names(corpus), state))
    try:
        selection = select(marked, mark.query, scan_budget_s=None)
        rows = np.flatnonzero(selection.matches)
    except UsageError as error:  # a field that the corpus had is gone, or holds something else now
        return _NO_ROWS, replace(state, lost=replace(state.lost, errors=(*state.lost.errors, str(error))))
    read = _Read(mark.kind, selection.fields_used, mark.query.uses_index, mark.query.embedder)
    return rows, replace(state, read=(*state.read, read))


def _find_rows(corpus: Corpus, ids: Iterable[str]) -> dict[str, int]:
    """The rows of those ids that the corpus holds."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    column = corpus.catalog.text_column(ID.name)
    of_row = _places(column, wanted)[column.codes]
    rows = np.flatnonzero(of_row >= 0)
    return {wanted[place]: row for place, row in zip(of_row[rows].tolist(), rows.tolist(), strict=True)}


def _places(column: TextColumn, wanted: Sequence[str]) -> npt.NDArray[np.int32]:
    """For each value of a column its place among the wanted ones, -1 where it is none of them."""
    if len(wanted) > _FEW:
        found = pc.index_in(column.dictionary, value_set=pa.array(wanted, pa.large_string()))
        every: npt.NDArray[np.int32] = pc.fill_null(found, -1).to_numpy(zero_copy_only=False)
        return every
    places = np.full(len(column.dictionary), -1, dtype=np.int32)
    for place, value in enumerate(wanted):
        code = column.code(value)
        if code is not None:
            places[code] = place
    return places


def _names(corpus: Corpus) -> dict[MarkKind, str]:
    return {kind: f"{ORIGIN}.{kind}" if kind in corpus.fields else kind for kind in _KINDS}


def _columns(corpus: Corpus, names: Mapping[MarkKind, str], state: _State) -> list[Column]:
    rows = corpus.manifest.rows
    return [
        _label_column(_label_field(names["label"]), rows, state.labels),
        _bookmark_column(_bookmark_field(names["bookmark"]), rows, state.bookmarked),
        _label_column(_review_field(names["review"]), rows, state.reviews),
    ]


def _label_field(name: str) -> Field:
    return Field(
        name=name, type="text", multi=True, origin=ORIGIN, meaning="Labels that documents were given in this session."
    )


def _bookmark_field(name: str) -> Field:
    return Field(name=name, type="bool", origin=ORIGIN, meaning="Whether the document is bookmarked in this session.")


def _review_field(name: str) -> Field:
    about = "What was said of a document's flags in this session, such as “toxicity: agree”: the flag is right."
    return Field(name=name, type="text", multi=True, origin=ORIGIN, meaning=about)


def _label_column(field: Field, rows: int, labels: Mapping[str, Rows]) -> TextColumn:
    names = sorted(labels)  # by code point, as codes are to be
    owners = np.concatenate([_NO_ROWS, *(labels[name] for name in names)])
    sizes = np.array([len(labels[name]) for name in names], dtype=np.int64)
    codes = np.repeat(np.arange(len(names), dtype=np.int32), sizes)
    offsets = np.zeros(rows + 1, dtype=np.int64)
    if len(owners):
        np.cumsum(np.bincount(owners, minlength=rows), out=offsets[1:])
    codes = codes[np.argsort(owners, kind="stable")]
    first = np.ones(len(codes), dtype=np.bool_)  # no row has a label twice
    return TextColumn(field, rows, offsets, first, codes, pa.array(names, pa.large_string()))


def _bookmark_column(field: Field, rows: int, bookmarked: Rows) -> NumberColumn:
    valid = np.zeros(rows, dtype=np.bool_)
    valid[bookmarked] = True
    return NumberColumn(field, rows, None, None, valid.astype(np.int8), valid)
