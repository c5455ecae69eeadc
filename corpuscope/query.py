"""The Query: the whole state of an exploration in one frozen, validated value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from corpuscope.errors import InvalidQuery, suggest
from corpuscope.filters import Filter

Mode = Literal["keyword", "phrase", "boolean", "exact", "regex", "semantic", "hybrid"]
MODES: tuple[str, ...] = get_args(Mode)
#: Modes that compare vectors, and so need a corpus with embeddings.
BY_MEANING = ("semantic", "hybrid")

#: BM25 parameters of Anserini's and Pyserini's baselines.
K1, B = 0.9, 0.4
FACET_VALUES = 20
#: The share of meaning in a hybrid ranking.
WEIGHT = 0.5
#: More than this is no page and no facet: whole results are exported.
MOST_HITS, MOST_VALUES = 100_000, 10_000


@dataclass(frozen=True)
class Sort:
    """Order by a field; documents without a value go last, ties go by row."""

    field: str
    descending: bool = False

    def __str__(self) -> str:
        ambiguous = self.field.endswith((":asc", ":desc"))
        return f"{self.field}:desc" if self.descending else f"{self.field}:asc" if ambiguous else self.field

    @classmethod
    def parse(cls, expression: str) -> Sort:
        """Read `FIELD`, `FIELD:asc` or `FIELD:desc`."""
        name, colon, direction = expression.rpartition(":")
        if colon and direction in ("asc", "desc"):
            return cls(name, direction == "desc")
        return cls(expression)


@dataclass(frozen=True)
class FacetRequest:
    """Count the values of a field: the `limit` most frequent ones, or bins for numbers and dates."""

    field: str
    limit: int = FACET_VALUES

    def __post_init__(self) -> None:
        _check_integer(f"the number of values of the facet {self.field!r}", self.limit, low=1, high=MOST_VALUES)

    def __str__(self) -> str:
        plain = self.limit == FACET_VALUES and not self.field.rpartition(":")[2].isdigit()
        return self.field if plain else f"{self.field}:{self.limit}"

    @classmethod
    def parse(cls, expression: str) -> FacetRequest:
        """Read `FIELD` or `FIELD:N`."""
        name, colon, count = expression.rpartition(":")
        if colon and re.fullmatch("-?[0-9]{1,18}", count):
            return cls(name, int(count))
        return cls(expression)


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked of a corpus. The same Query gives the same documents on every surface.

    `filters`, `sort` and `facets` also take their text forms. `sample` shows N of the matches, chosen
    by `seed`, instead of the best ones. `offset` and `k` page through the hits and change no count.

    The modes by meaning also take examples: ids of documents that the hits are to be `like` and `unlike`. `threshold`
    is the least similarity (cosine, -1 to 1) of what is found by meaning, None for the best thousand; `weight` is the
    share that meaning has in a hybrid ranking, 0 to 1; `embedder` names one of several, None for the corpus's last.
    """

    text: str = ""
    mode: Mode = "keyword"
    slop: int = 0
    k1: float = K1
    b: float = B
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    threshold: float | None = None
    weight: float = WEIGHT
    embedder: str | None = None
    filters: tuple[Filter, ...] = ()
    where: str | None = None
    sort: Sort | None = None
    sample: int | None = None
    seed: int = 0
    k: int = 10
    offset: int = 0
    facets: tuple[FacetRequest, ...] = ()
    mask: bool = True

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "filters", tuple(_each(self.filters, Filter, Filter.parse)))
        put(self, "facets", tuple(_each(self.facets, FacetRequest, FacetRequest.parse)))
        if isinstance(self.sort, str):
            put(self, "sort", Sort.parse(self.sort))
        if not isinstance(self.text, str):
            raise InvalidQuery(f"The query text must be text, not {self.text!r}.")
        if self.mode not in MODES:
            raise InvalidQuery(f"There is no mode {self.mode!r}. {suggest(str(self.mode), MODES)}")
        if self.sort is not None and self.sample is not None:
            raise InvalidQuery("A query is either sorted or sampled; give --sort or --sample, not both.")
        _check_integer("k", self.k, low=0, high=MOST_HITS)
        _check_integer("offset", self.offset, low=0)
        _check_integer("slop", self.slop, low=0)
        if self.sample is not None:
            _check_integer("sample", self.sample, low=1)
        _check_integer("seed", self.seed, low=0, high=2**63 - 1)
        _check_number("k1", self.k1, low=0, high=1000)
        _check_number("b", self.b, low=0, high=1)
        self._check_meaning()
        if not isinstance(self.where, str | None) or not isinstance(self.sort, Sort | None):
            raise InvalidQuery(f"where and sort must be text, not {self.where!r} and {self.sort!r}.")
        if self.where is not None and not self.where.strip():
            put(self, "where", None)

    def _check_meaning(self) -> None:
        for name in ("like", "unlike"):
            object.__setattr__(self, name, _ids(name, getattr(self, name)))
        if both := set(self.like) & set(self.unlike):
            raise InvalidQuery(f"The document {min(both)!r} cannot be an example of both what is like and unlike.")
        _check_number("weight", self.weight, low=0, high=1)
        if not isinstance(self.embedder, str | None):
            raise InvalidQuery(f"embedder must be the name of one, not {self.embedder!r}.")
        if self.threshold is not None:
            _check_number("threshold", self.threshold, low=-1, high=1)
        for name in ("like", "unlike", "threshold"):
            if getattr(self, name) not in ((), None) and not self.by_meaning:
                raise InvalidQuery(f"{name} is for the modes {' and '.join(BY_MEANING)}, not for {self.mode!r}.")

    @property
    def by_meaning(self) -> bool:
        """Whether its mode compares vectors."""
        return self.mode in BY_MEANING

    @property
    def looks_for_something(self) -> bool:
        """Whether there is a text, or an example, to look for."""
        return self.has_text or bool(self.like or self.unlike)

    @property
    def has_text(self) -> bool:
        """Whether there is something to look for; white space alone matches everything."""
        return bool(self.text.strip()) or (self.reads_texts and self.text != "")

    @property
    def reads_texts(self) -> bool:
        """Whether its mode looks through the texts themselves, for seconds."""
        return self.mode in ("exact", "regex")

    @property
    def uses_index(self) -> bool:
        """Whether words of the text are looked up in the Lucene index."""
        return self.has_text and not self.reads_texts and self.mode != "semantic"

    @property
    def asks_for_everything(self) -> bool:
        """Whether nothing is asked: no text, no condition, no sample."""
        return not (self.looks_for_something or self.filters or self.where or self.sample is not None)

    def in_words(self) -> str:
        """One line for people: what is looked for, how, and the conditions."""
        parts = [" ".join(self.text.split())] if self.has_text else []
        parts += [f"like {', '.join(self.like)}"] if self.like else []
        parts += [f"unlike {', '.join(self.unlike)}"] if self.unlike else []
        parts = parts or ["everything"]
        if self.looks_for_something and self.mode != "keyword":
            parts.append(self.mode)
        parts += [f"similarity of {self.threshold:g} and more"] if self.threshold is not None else []
        parts += [f.in_words() for f in self.filters]
        parts += [f"where {self.where}"] if self.where else []
        parts += [f"by {self.sort.field} {'↓' if self.sort.descending else '↑'}"] if self.sort else []
        parts += [f"{self.sample:,} at random (seed {self.seed})"] if self.sample is not None else []
        return " · ".join(parts)

    def without_paging(self) -> Query:
        """The same documents, none of the page."""
        return replace(self, k=Query.k, offset=0, facets=())

    def of_all_matches(self) -> Query:
        """What decides which documents match, without their order, page or sample."""
        return replace(self.without_paging(), sort=None, sample=None, seed=0)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON with the text forms of filters, sort and facets, without defaults."""
        out: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value == f.default and f.name not in ("text", "mode"):
                continue
            if isinstance(value, tuple):
                value = [str(v) for v in value]
            out[f.name] = str(value) if isinstance(value, Sort) else value
        return out

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Query:
        """The query that `to_json` wrote; raises InvalidQuery on a key it does not know."""
        known = {f.name for f in fields(cls)}
        for key in data:
            if key not in known:
                raise InvalidQuery(f"A query has no {key!r}. {suggest(key, known)}")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return cls(**values)


def _each(values: Any, kind: type, parse: Any) -> Iterable[Any]:
    values = (values,) if isinstance(values, str) else values
    if not isinstance(values, tuple | list) or not all(isinstance(v, kind | str) for v in values):
        raise InvalidQuery(f"{values!r} is no list of {kind.__name__} expressions.")
    return (parse(v) if isinstance(v, str) else v for v in values)


def _ids(name: str, values: Any) -> tuple[str, ...]:
    values = (values,) if isinstance(values, str) else values
    if not isinstance(values, tuple | list) or not all(isinstance(v, str) and v for v in values):
        raise InvalidQuery(f"{name} must be ids of documents, not {values!r}.")
    return tuple(dict.fromkeys(values))


def _check_integer(name: str, value: Any, *, low: int, high: int = 2**31 - 1) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidQuery(f"{name} is {value!r}; it must be a whole number from {low:,} to {high:,}.")


def _check_number(name: str, value: float, *, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InvalidQuery(f"{name} is {value!r}; it must be a number from {low:g} to {high:g}.")
