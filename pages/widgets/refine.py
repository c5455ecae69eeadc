"""Steps from one Query to the next: what a click on a facet value, a pill or a page number asks for.

Every step that changes which documents match goes back to the first page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpuscope.fields import Field
from corpuscope.filters import Filter, Range
from corpuscope.query import BY_MEANING, FacetRequest, Mode, Query
from corpuscope.results import Bin

_COMPARISONS = frozenset({"=", ">", ">=", "<", "<="})


def toggle_value(query: Query, field: str, value: str) -> Query:
    """Ask for a value as well (any of those asked for), or no longer."""
    return _toggle(query, Filter(field, "=", (value,)), Filter(field, "!=", (value,)))


def toggle_exclusion(query: Query, field: str, value: str) -> Query:
    """Exclude a value, or no longer."""
    return _toggle(query, Filter(field, "!=", (value,)), Filter(field, "=", (value,)))


def has_value(query: Query, field: str, value: str, *, excluded: bool = False) -> bool:
    """Whether a value is asked for (or excluded) by name."""
    op = "!=" if excluded else "="
    return any(f.field == field and f.op == op and value in f.values for f in query.filters)


def toggle_range(query: Query, wanted: tuple[Filter, ...]) -> Query:
    """Ask for a range of a field instead of the range asked for so far, or no longer."""
    field = wanted[0].field
    others = tuple(f for f in query.filters if f.field != field or f.op not in _COMPARISONS)
    return _filtered(query, others if has_range(query, wanted) else others + wanted)


def has_range(query: Query, wanted: tuple[Filter, ...]) -> bool:
    """Whether exactly this range of its field is asked for."""
    asked = tuple(f for f in query.filters if f.field == wanted[0].field and f.op in _COMPARISONS)
    return asked == wanted


def range_ends(query: Query, field: str) -> tuple[str, str]:
    """The ends of the range of a field that is asked for; empty where it is open or there is none."""
    low = high = ""
    for f in query.filters:
        if f.field == field and f.op == "=" and len(f.values) == 1:
            value = f.values[0]
            low, high = (value.low or "", value.high or "") if isinstance(value, Range) else (value, value)
        elif f.field == field and f.op in (">", ">="):
            low = str(f.values[0])
        elif f.field == field and f.op in ("<", "<="):
            high = str(f.values[0])
    return low, high


def range_of(field: Field, bin_: Bin, *, last: bool) -> tuple[Filter, ...]:
    """The filters that keep what lies in a histogram bin: half-open, the last one closed."""
    if field.type == "timestamp":
        return (_dates(field.name, str(bin_.low), str(bin_.high)),)
    if field.type == "int":
        low, high = int(bin_.low), int(bin_.high)
        end = high if last and high - low > 1 else high - 1
        return (Filter(field.name, "=", (str(low) if end <= low else Range(str(low), str(end)),)),)
    if last:
        return (Filter(field.name, "=", (Range(str(bin_.low), str(bin_.high)),)),)
    return Filter(field.name, ">=", (str(bin_.low),)), Filter(field.name, "<", (str(bin_.high),))


def typed_range(query: Query, field: str, low: str, high: str) -> Query:
    """Ask for what lies between two typed ends (inclusive, either may be open) instead of the range so far."""
    low, high = low.strip(), high.strip()
    others = tuple(f for f in query.filters if f.field != field or f.op not in _COMPARISONS)
    wanted = (Filter(field, "=", (Range(low or None, high or None),)),) if low or high else ()
    return _filtered(query, others + wanted)


def add_filter(query: Query, wanted: Filter) -> Query:
    """One more condition; one that stands already is not repeated."""
    return query if wanted in query.filters else _filtered(query, (*query.filters, wanted))


def without_filter(query: Query, index: int) -> Query:
    """The query without one of its filters."""
    return _filtered(query, query.filters[:index] + query.filters[index + 1 :])


def without_filters(query: Query) -> Query:
    """The query without filters and without its `where`."""
    return replace(query, filters=(), where=None, offset=0)


def in_mode(query: Query, mode: Mode, text: str) -> Query:
    """Another text in another mode; examples and a least similarity go where the mode knows nothing of meaning."""
    if mode in BY_MEANING:
        return replace(query, text=text, mode=mode, offset=0)
    return replace(query, text=text, mode=mode, like=(), unlike=(), threshold=None, offset=0)


def like(query: Query, identifier: str) -> Query:
    """One more document that the hits are to be like."""
    others = without_example(query, identifier)
    return replace(others, like=(*others.like, identifier), mode=_by_meaning(query))


def unlike(query: Query, identifier: str) -> Query:
    """One more document that the hits are to be unlike."""
    others = without_example(query, identifier)
    return replace(others, unlike=(*others.unlike, identifier), mode=_by_meaning(query))


def without_example(query: Query, identifier: str) -> Query:
    """The query without an example of what is like or unlike."""
    like, unlike = (tuple(i for i in ids if i != identifier) for ids in (query.like, query.unlike))
    return replace(query, like=like, unlike=unlike, offset=0)


def _by_meaning(query: Query) -> Mode:
    """The mode for examples: what was asked by words stays asked by words too."""
    if query.by_meaning:
        return query.mode
    return "hybrid" if query.has_text and query.mode == "keyword" else "semantic"


def without_conditions(query: Query) -> Query:
    """The query without all that narrows it down: filters, `where`, examples and a least similarity."""
    return replace(without_filters(query), like=(), unlike=(), threshold=None)


def without_sample(query: Query) -> Query:
    """The query for all that match instead of some drawn by a seed."""
    return replace(query, sample=None, seed=0, offset=0)


def narrowed(query: Query, filters: Iterable[Filter]) -> Query:
    """The query for all that match and pass further filters."""
    query = without_sample(query)
    for condition in filters:
        query = add_filter(query, condition)
    return query


def at_page(query: Query, page: int) -> Query:
    """The query at a page, counted from 1."""
    return replace(query, offset=(page - 1) * query.k)


def with_facet(query: Query, shown: tuple[FacetRequest, ...], wanted: FacetRequest) -> Query:
    """One more facet beside those shown, or another number of values of one of them."""
    if any(f.field == wanted.field for f in shown):
        return replace(query, facets=tuple(wanted if f.field == wanted.field else f for f in shown))
    return replace(query, facets=(*shown, wanted))


def without_facet(query: Query, shown: tuple[FacetRequest, ...], field: str) -> Query:
    """The facets shown, but one."""
    return replace(query, facets=tuple(f for f in shown if f.field != field))


def _toggle(query: Query, wanted: Filter, opposite: Filter) -> Query:
    """Add the one value of `wanted` to the filter of its kind, or take it out; take out its opposite too."""
    out: list[Filter] = []
    done = False
    for f in query.filters:
        if f.field == wanted.field and f.op == opposite.op:
            f = replace(f, values=tuple(v for v in f.values if v not in opposite.values))
        elif f.field == wanted.field and f.op == wanted.op and not done:
            done = True
            (value,) = wanted.values
            kept = tuple(v for v in f.values if v != value)
            f = replace(f, values=kept if value in f.values else (*kept, value))
        if f.values or f.op in ("?", "!?"):
            out.append(f)
    return _filtered(query, tuple(out) if done else (*out, wanted))


def _filtered(query: Query, filters: tuple[Filter, ...]) -> Query:
    return replace(query, filters=filters, offset=0)


def _dates(field: str, low: str, high: str) -> Filter:
    """Half-open dates as the whole years, months or days they cover: 2016-01-01 to 2018-01-01 -> 2016..2017."""
    if low.endswith("-01-01") and high.endswith("-01-01"):
        first, last = low[:4], f"{int(high[: high.index('-')]) - 1:04}"
    elif low.endswith("-01") and high.endswith("-01"):
        first, last = low[:7], _month_before(high)
    else:
        first, last = low[:10], low[:10]
    return Filter(field, "=", (first if first == last else Range(first, last),))


def _month_before(date: str) -> str:
    year, month = int(date[:4]), int(date[5:7])
    return f"{year - 1:04}-12" if month == 1 else f"{year:04}-{month - 1:02}"
