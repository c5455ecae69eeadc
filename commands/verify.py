"""`corpuscope verify`: check every file of a corpus against its manifest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from corpuscope.manifest import FileEntry
from indexing.maintenance import verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")


def run(args: argparse.Namespace) -> int:
    """Name every damaged or missing file; exit code 1 when there is one."""
    sound = damaged = 0
    for found in verify(args.folder):
        if isinstance(found, FileEntry):
            sound += 1
        else:
            damaged += 1
            print(f"corpuscope: {args.folder / found.path} {found.what}", file=sys.stderr)
    if damaged:
        print(
            f"corpuscope: {damaged} of {sound + damaged} files are damaged; build again with --force", file=sys.stderr
        )
        return 1
    print(f"all {sound} files are as they were written")
    return 0
