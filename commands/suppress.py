"""`corpuscope suppress`: take documents down."""

from __future__ import annotations

import argparse
from pathlib import Path

from indexing.maintenance import suppress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    parser.add_argument("ids", metavar="ID", nargs="+", help="ids of documents")


def run(args: argparse.Namespace) -> int:
    """Suppress and say what that means."""
    manifest, count = suppress(args.folder, args.ids)
    print(f"{count:,} documents suppressed: not shown, counted or exported from {manifest.name}@{manifest.version} on")
    print(f"Their text stays in the files until they are rewritten: corpuscope compact {args.folder}")
    return 0
