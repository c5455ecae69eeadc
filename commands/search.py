"""`corpuscope search`: a page of hits, exact totals and facets, for people or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from commands import terminal
from commands.query_arguments import add_query_arguments, make_query, open_for_query, split_folders
from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.results import BinFacet, Hit, SearchResult, ValueFacet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("words", nargs="+", metavar="DIR [QUERY]", help="corpus folders, and what to look for")
    add_query_arguments(parser)
    parser.add_argument("--k", type=int, default=10, help="hits to show (default: 10)")
    parser.add_argument("--offset", type=int, default=0, help="hits to pass over")
    parser.add_argument("--facet", action="append", default=[], metavar="FIELD[:N]", help="count the values of a field")
    parser.add_argument("--json", action="store_true", help="the whole answer as JSON")


def run(args: argparse.Namespace) -> int:
    """Search and print."""
    folders, text = split_folders(args.words)
    query = make_query(args, text)
    result = _search([open_for_query(args, folder) for folder in folders], query)
    if args.json:
        print(json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(_lines(result, label_hits=len(folders) > 1)))
    return 0


def _search(corpora: list[Corpus], query: Query) -> SearchResult:
    if len(corpora) == 1:
        return corpora[0].search(query)
    from corpuscope import federation

    return federation.search(corpora, query)


def _lines(result: SearchResult, *, label_hits: bool) -> Iterator[str]:
    yield counts_line(result)
    yield from result.notes
    for hit in result.hits:
        yield from _hit_lines(hit, label=f"{hit.corpus}: " if label_hits else "")
    for name, facet in result.facets.items():
        yield ""
        yield f"{terminal.printable(name)}  ({facet.missing:,} without a value)"
        yield from _value_lines(facet) if isinstance(facet, ValueFacet) else _bin_lines(facet)


def counts_line(result: SearchResult) -> str:
    """One honest line: how much matches, of how much, how exactly, in what."""
    parts = [f"{result.total:,} of {result.documents:,} documents"]
    if result.tokens is not None:
        parts.append(f"{result.tokens.count:,} tokens{' (estimated)' if result.tokens.estimated else ''}")
    if result.partial is not None:
        parts.append(f"partial ({result.partial.reason}): {result.partial.scanned:,} documents looked at")
    else:
        parts.append("exact")
    parts.append(f"{result.parts[0]} of {result.parts[1]} parts")
    if result.suppressed:
        parts.append(f"{result.suppressed:,} suppressed")
    if result.similarity is not None:
        known = result.similarity
        parts.append(f"{known.percentile:.1f}% of the corpus is below a similarity of {known.threshold:g}")
    return " · ".join([*parts, result.corpus, f"{result.took_ms:.0f} ms"])


def _hit_lines(hit: Hit, *, label: str) -> Iterator[str]:
    score = "" if hit.score is None else f"  {hit.score:.4f}"
    yield ""
    yield f"{hit.rank}. {terminal.printable(hit.title or hit.id)}{score}  [{terminal.printable(label + hit.id)}]"
    if hit.ranks is not None:
        yield f"   by words {_rank(hit.ranks.words)}, by meaning {_rank(hit.ranks.meaning)}"
    yield f"   {terminal.marked(hit.snippet, hit.highlights)}"
    shown = {k: v for k, v in hit.fields.items() if v is not None and len(str(v)) <= 60}
    yield "   " + " · ".join(terminal.printable(f"{k} {v}") for k, v in list(shown.items())[:8])


def _rank(rank: int | None) -> str:
    return "unranked" if rank is None else f"rank {rank:,}"


def _value_lines(facet: ValueFacet) -> Iterator[str]:
    for value in facet.values:
        yield f"  {value.count:>10,} of {value.of:,}  {terminal.printable(str(value.value))}"
    if facet.other:
        yield f"  {facet.other:>10,} with other values"


def _bin_lines(facet: BinFacet) -> Iterator[str]:
    for bin_ in facet.bins:
        if bin_.count:
            one = isinstance(bin_.low, int) and bin_.high == bin_.low + 1
            yield f"  {bin_.count:>10,} of {bin_.of:,}  {bin_.low if one else f'{bin_.low} to {bin_.high}'}"
