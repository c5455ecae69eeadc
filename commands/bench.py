"""`corpuscope bench`: how fast this corpus answers on this machine."""

from __future__ import annotations

import argparse

from commands.query_arguments import open_and_remember
from corpuscope.errors import UsageError
from corpuscope.timing import draw_queries, time_search


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", help="a corpus folder")
    parser.add_argument("--queries", type=int, default=100, metavar="N", help="queries of each kind (default: 100)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which queries are drawn (default: 0)")


def run(args: argparse.Namespace) -> int:
    """Time each kind of query and print the figures."""
    if args.queries < 1:
        raise UsageError(f"--queries is {args.queries}; it must be 1 or more")
    corpus = open_and_remember(args.folder)
    texts = draw_queries(corpus, args.queries, args.seed)
    few = texts[: max(1, len(texts) // 10)]
    print(f"{corpus.label}: {corpus.manifest.rows:,} documents; ten hits, exact total and facets, milliseconds")
    for what, chosen, options in (
        ("keyword", texts, {}),
        ("phrase", texts, {"mode": "phrase"}),
        ("boolean", [" AND ".join(t.lower().split()) for t in texts], {"mode": "boolean"}),
        ("exact", few, {"mode": "exact"}),
        ("sorted", texts, {"sort": "id"}),
    ):
        timing = time_search(corpus, what, chosen, **options)
        print(f"  {what:<10} median {timing.median_ms:8.1f}   p95 {timing.p95_ms:8.1f}   of {timing.queries} queries")
    return 0
