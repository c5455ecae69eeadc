"""`corpuscope compact`: rewrite parts without the suppressed documents."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.build import add_workers_argument, print_summary
from indexing.maintenance import compact
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    add_workers_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Compact and say what went."""
    manifest, gone = compact(args.folder, workers=args.workers, progress=ConsoleProgress())
    print(f"{gone:,} suppressed documents removed from the files")
    print_summary(args.folder, manifest)
    return 0
