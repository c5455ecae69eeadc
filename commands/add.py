"""`corpuscope add`: append new parts to a corpus."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.build import add_workers_argument, print_summary
from corpuscope.known_corpora import remember
from indexing.build import add
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    parser.add_argument("--source", action="append", required=True, metavar="SRC", help="what to append, as for build")
    add_workers_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Append and say what the corpus holds now."""
    manifest = add(args.folder, args.source, workers=args.workers, progress=ConsoleProgress())
    remember(args.folder)
    print_summary(args.folder, manifest)
    return 0
