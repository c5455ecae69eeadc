"""Boolean queries: Lucene's classic syntax over the text, with `field:value` leaves that are row masks.

Without such a leaf the Lucene query runs as it is. With one, the tree is algebra over masks, and the score
is that of the tree without its field leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from corpuscope.catalog.columns import Mask
from corpuscope.errors import InvalidQuery
from corpuscope.filters import Filter, Range
from corpuscope.lexical.analysis import CONTENTS
from corpuscope.lexical.jvm import java

_SEARCH = "org.apache.lucene.search."
_PLACE = re.compile(r"at line 1, column (\d+)")
_UNCLOSED = re.compile(r'Encountered: <EOF> after prefix "\\?(.)')
_NEAR = 12
#: Groups in groups, well within the stacks of Python and Java, which both walk the tree by recursion.
_MAX_DEPTH = 100
#: Lucene builds an automaton of every word with a wildcard; of a very long one it takes minutes, or all memory.
_MAX_PATTERN = 1_000
_PATTERN_SIGNS = re.compile(r"[*?~/]")
_ADVICE = 'Quote what is meant as text ("C++", "http://x") or use mode keyword.'


def parse(text: str, analyzer: Any) -> Any:
    """The Lucene query of a boolean expression; raises InvalidQuery with the place of an error."""
    _check_patterns(text)
    try:
        query = _parser(analyzer).parse(text)
    except java("org.apache.lucene.queryparser.classic.ParseException") as error:
        raise InvalidQuery(_explain(text, str(error.getMessage()))) from None
    except java("org.apache.lucene.util.automaton.TooComplexToDeterminizeException"):
        raise InvalidQuery(
            "A pattern of the boolean query is too complex; use fewer wildcards or repetitions, or mode regex."
        ) from None
    except java("java.lang.IllegalArgumentException") as error:
        raise InvalidQuery(f"A pattern of the boolean query cannot be read ({error.getMessage()}). {_ADVICE}") from None
    except java("java.lang.StackOverflowError"):
        raise _too_deep() from None
    # No group without a parenthesis, so that most queries need no walk.
    if text.count("(") > _MAX_DEPTH and _is_deeper(query, _MAX_DEPTH):
        raise _too_deep()
    return query


def needs_masks(query: Any) -> bool:
    """Whether some leaf is on a field, or some part only excludes (which Lucene itself takes for nothing)."""
    if _is(query, "BoostQuery"):
        return needs_masks(query.getQuery())
    if _is(query, "BooleanQuery"):
        clauses = list(query.clauses())
        only_excludes = bool(clauses) and all(c.isProhibited() for c in clauses)
        return only_excludes or any(needs_masks(c.getQuery()) for c in clauses)
    return _field(query) not in (CONTENTS, None)


def tree_mask(query: Any, rows: int, text_mask: Callable[[Any], Mask], field_mask: Callable[[Filter], Mask]) -> Mask:
    """Every row that the query matches: `text_mask` knows Lucene queries, `field_mask` knows fields."""
    if not needs_masks(query):
        return text_mask(query)
    if _is(query, "BoostQuery"):
        return tree_mask(query.getQuery(), rows, text_mask, field_mask)
    if not _is(query, "BooleanQuery"):
        return _field_leaf(query, field_mask)
    required: Mask | None = None
    optional: Mask | None = None
    excluded: Mask | None = None
    for clause in query.clauses():
        mask = tree_mask(clause.getQuery(), rows, text_mask, field_mask)
        if clause.isProhibited():
            excluded = mask if excluded is None else excluded | mask
        elif clause.isRequired():
            required = mask if required is None else required & mask
        else:
            optional = mask if optional is None else optional | mask
    found = required if required is not None else optional
    if found is None:
        found = np.ones(rows, dtype=np.bool_)
    return found if excluded is None else found & ~excluded


def is_empty(query: Any) -> bool:
    """Whether analysis left nothing of a query."""
    if _is(query, "BooleanQuery"):
        return bool(query.clauses().isEmpty())
    return _is(query, "MatchNoDocsQuery")


def scoring_query(query: Any) -> Any:
    """The tree without its field leaves: a clause scores only where the text lets it match."""
    text, _ = _text_part(query)
    return any_of([]) if text is None else text


def text_leaves(query: Any) -> Iterator[Any]:
    """The leaves on the text that are not negated, with their boosts."""
    if _is(query, "BoostQuery"):
        for leaf in text_leaves(query.getQuery()):
            yield java(_SEARCH + "BoostQuery")(leaf, query.getBoost())
    elif _is(query, "BooleanQuery"):
        for clause in query.clauses():
            if not clause.isProhibited():
                yield from text_leaves(clause.getQuery())
    elif _field(query) == CONTENTS:
        yield query


def any_of(queries: Iterable[Any]) -> Any:
    """One Lucene query that matches where any of them does and adds up their scores."""
    builder = java(_SEARCH + "BooleanQuery$Builder")()
    should = java(_SEARCH + "BooleanClause$Occur").SHOULD
    for query in queries:
        builder.add(query, should)
    return builder.build()


def _text_part(query: Any) -> tuple[Any | None, bool]:
    """What a tree asks of the text (None: nothing), and whether every row that the tree matches fulfils it."""
    if not needs_masks(query):
        return query, True
    if _is(query, "BoostQuery"):
        text, is_necessary = _text_part(query.getQuery())
        return (None if text is None else java(_SEARCH + "BoostQuery")(text, query.getBoost())), is_necessary
    return _group_text_part(query.clauses()) if _is(query, "BooleanQuery") else (None, False)


def _group_text_part(clauses: Iterable[Any]) -> tuple[Any | None, bool]:
    builder, occur = java(_SEARCH + "BooleanQuery$Builder")(), java(_SEARCH + "BooleanClause$Occur")
    scores, needed, optional, has_required = False, False, [], False
    for clause in clauses:
        if clause.isProhibited():
            if not needs_masks(clause.getQuery()):
                builder.add(clause.getQuery(), occur.MUST_NOT)
            continue
        text, is_necessary = _text_part(clause.getQuery())
        if clause.isRequired():
            has_required = True
            needed |= is_necessary
        else:
            optional.append(is_necessary)
        if text is not None:
            scores = True
            builder.add(text, occur.MUST if clause.isRequired() and is_necessary else occur.SHOULD)
    return (builder.build() if scores else None), needed or (not has_required and bool(optional) and all(optional))


def _parser(analyzer: Any) -> Any:
    """A parser for one query: values of fields are taken as they are written, the text is analysed."""
    by_field = java("java.util.Map").of(CONTENTS, analyzer)
    keyword = java("org.apache.lucene.analysis.core.KeywordAnalyzer")()
    wrapper = java("org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper")(keyword, by_field)
    parser = java("org.apache.lucene.queryparser.classic.QueryParser")(CONTENTS, wrapper)
    parser.setAllowLeadingWildcard(True)
    # Else the words of field:(a b) are one value, with a blank in it, for a field that is not analysed.
    parser.setSplitOnWhitespace(True)
    parser.setAutoGeneratePhraseQueries(False)
    # Range ends that look like dates in the machine's language would be rewritten as numbers.
    parser.setLocale(java("java.util.Locale").US)
    return parser


def _is(query: Any, name: str) -> bool:
    return isinstance(query, java(_SEARCH + name))


def _field(query: Any) -> str | None:
    """The field of a leaf; None for one that is on no field (everything, nothing)."""
    if _is(query, "TermQuery"):
        return str(query.getTerm().field())
    if _is(query, "MultiPhraseQuery"):
        return CONTENTS
    return str(query.getField()) if hasattr(query, "getField") else None


def _field_leaf(query: Any, field_mask: Callable[[Filter], Mask]) -> Mask:
    name = _field(query) or ""
    if _is(query, "TermQuery"):
        return field_mask(Filter(name, "=", (str(query.getTerm().text()),)))
    if _is(query, "TermRangeQuery"):
        return _range_leaf(query, name, field_mask)
    if _is(query, "WildcardQuery") and str(query.getTerm().text()) == "*":
        return field_mask(Filter(name, "?"))
    raise InvalidQuery(
        f"The boolean query asks for {query.toString()!s}: on a field only {name}:value, "
        f"{name}:[a TO b] and {name}:* work. {_ADVICE}"
    )


def _range_leaf(query: Any, name: str, field_mask: Callable[[Filter], Mask]) -> Mask:
    low, high = (
        None if end is None else str(end.utf8ToString()) for end in (query.getLowerTerm(), query.getUpperTerm())
    )
    if low is None and high is None:
        return field_mask(Filter(name, "?"))
    # One condition: a list must have one value within both ends, not one within each.
    above = low is not None and not query.includesLower()
    below = high is not None and not query.includesUpper()
    return field_mask(Filter(name, "=", (Range(low, high, above=above, below=below),)))


def _check_patterns(text: str) -> None:
    longest = max((len(word) for word in text.split() if _PATTERN_SIGNS.search(word)), default=0)
    if longest > _MAX_PATTERN:
        raise InvalidQuery(
            f"The boolean query has a word with a wildcard of {longest:,} characters; "
            f"at most {_MAX_PATTERN:,} work. {_ADVICE}"
        )


def _is_deeper(query: Any, depth: int) -> bool:
    """Whether groups stand in each other more than `depth` times; looks at one level after the other."""
    level = [query]
    for _ in range(depth):
        level = [child for q in level for child in _children(q)]
    return bool(level)


def _children(query: Any) -> list[Any]:
    if _is(query, "BoostQuery"):
        return [query.getQuery()]
    return [c.getQuery() for c in query.clauses()] if _is(query, "BooleanQuery") else []


def _too_deep() -> InvalidQuery:
    return InvalidQuery("The boolean query is nested too deeply; use fewer parentheses.")


def _explain(text: str, message: str) -> str:
    """What a user can do about a parser's message."""
    if "too many boolean clauses" in message:
        return "The boolean query has too many words; ask with fewer."
    place = _place(text, message)
    if place is None:
        return f"The boolean query cannot be read ({message.rpartition(': ')[2]}). {_ADVICE}"
    if place >= len(text):
        return f"The boolean query ends too early, after {text[-_NEAR:]!r}. {_ADVICE}"
    near = text[place : place + _NEAR]
    return f"The boolean query makes no sense from character {place + 1} on, near {near!r}. {_ADVICE}"


def _place(text: str, message: str) -> int | None:
    """Where in the text the parser stopped, None when it does not say."""
    unclosed = _UNCLOSED.search(message)
    if unclosed is not None:
        return text.rfind(unclosed[1])
    found = _PLACE.search(message)
    if found is None:
        return None
    # The tokenizer counts from 1, the parser from 0, both in UTF-16 units.
    units = int(found[1]) - message.count(": Lexical error")
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore"))
