"""`corpuscope annotate`: run annotators over all parts of a corpus."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.build import add_workers_argument, print_summary
from indexing.maintenance import annotate
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    parser.add_argument("names", metavar="NAME", nargs="+", help="an annotator, or default; see corpuscope annotators")
    parser.add_argument(
        "--tokenizer", metavar="NAME", help="count tokens exactly: tekken, a tokenizer.json or a hub id"
    )
    add_workers_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Annotate and say what the corpus holds now."""
    options = {"tokenizer": args.tokenizer} if args.tokenizer else {}
    manifest = annotate(args.folder, args.names, options, workers=args.workers, progress=ConsoleProgress())
    print_summary(args.folder, manifest)
    return 0
