"""Where the reader of the Safety page is: the dimension, its threshold, what is kept, and how documents are told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corpuscope.errors import InvalidQuery, suggest
from corpuscope.links import Link
from corpuscope.query import Query
from corpuscope.ratings.groups import grouping_fields, telling_field
from corpuscope.ratings.kinds import rating_groups
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import Dimension
from corpuscope.safety.disparity import OwnGroup
from corpuscope.safety.population import Population, population
from corpuscope.sessions.marks import MarkedCorpus

#: Fields that tell domains, and fields whose groups may pay for a filter.
_DOMAINS, _PEOPLE = ("topic", "domain", "category", "format", "source", "url_host"), ("language", "script")
_MOST_DOMAINS = 4
#: A filter may take the long documents or the short ones; the first of these that is known is compared like a rating.
_LENGTHS = ("words", "tokens", "characters")
#: Ratings that are compared of a reader who has chosen none.
_RATINGS = 6


@dataclass(frozen=True)
class Place:
    """The state of the page: what its address says, with what it leaves open filled in."""

    link: Link
    corpus: MarkedCorpus
    dimensions: tuple[Dimension, ...]
    cut: Cut
    by: str
    groupings: tuple[str, ...]
    own: tuple[OwnGroup, ...]
    ratings: tuple[str, ...]
    rated: tuple[str, ...]
    domains: tuple[str, ...]
    people: tuple[str, ...]

    @property
    def flagged(self) -> bool:
        """Whether flagged documents are reviewed; others are otherwise."""
        return self.link.review is None

    def population(self) -> Population:
        """The documents that everything here is counted over."""
        fields = {self.by, *self.domains, *self.people} | {f.field for g in self.own for f in g.filters}
        return population(self.corpus, self.link.query, frozenset(fields))

    def at(self, threshold: str | None) -> Link:
        """The page at another threshold."""
        return replace(self.link, query=replace(self.link.query, seed=0), threshold=threshold)

    def of_kept(self) -> Query:
        """The query that selects what is kept."""
        return replace(self.link.query, filters=(*self.link.query.filters, self.cut.kept), seed=0)


def place_of(link: Link, corpus: MarkedCorpus, known: tuple[Dimension, ...]) -> Place:
    """The place that an address names; raises InvalidQuery for a dimension or a group that is none."""
    names = [d.name for d in known]
    if link.dimension is not None and link.dimension not in names:
        raise InvalidQuery(f"No field {link.dimension!r} flags documents here. {suggest(link.dimension, names)}")
    chosen = known[0] if link.dimension is None else known[names.index(link.dimension)]
    fields = corpus.fields
    groupings = grouping_fields(fields)
    by = link.by[0] if link.by else telling_field(corpus, groupings)
    if by is None:
        raise InvalidQuery("No field of this corpus makes groups: none is text, yes/no or years.")
    lengths = [name for name in _LENGTHS if name in fields and fields[name].is_number and not fields[name].multi]
    rated = [f.name for g in rating_groups(fields.values()) for f in g.fields if f.is_number and f.name not in names]
    ratings = link.compare or (*lengths[:1], *_first_ratings(corpus, frozenset(rated)))
    return Place(
        link=link,
        corpus=corpus,
        dimensions=known,
        cut=Cut(chosen, link.threshold, link.keep is not None),
        by=by,
        groupings=tuple(groupings),
        own=tuple(OwnGroup.parse(text) for text in link.groups or ()),
        ratings=ratings,
        rated=(*lengths, *rated),
        domains=tuple(name for name in _DOMAINS if name in groupings)[:_MOST_DOMAINS],
        people=tuple(name for name in _PEOPLE if name in groupings),
    )


def _first_ratings(corpus: MarkedCorpus, rated: frozenset[str]) -> list[str]:
    """Some ratings of several kinds: the first ones of each group in turn, measures before counts."""
    groups = [
        sorted((f for f in g.fields if f.name in rated), key=lambda f: f.type == "int")
        for g in rating_groups(corpus.fields.values())
    ]
    longest = max(map(len, groups), default=0)
    return [fields[i].name for i in range(longest) for fields in groups if i < len(fields)][:_RATINGS]
