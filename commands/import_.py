"""`corpuscope import`: add ratings that somebody published."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.build import print_summary
from commands.info import import_lines
from corpuscope.known_corpora import remember
from indexing.importing import import_ratings
from indexing.progress import ConsoleProgress

_EPILOG = """Known by their columns and paths: RedPajama-V2 signals and duplicates, Dolma attributes, QuRating, DataMan,
FineWeb (-Edu, -2), DCLM, Essential-Web, WebOrganizer arrays, NeMo Curator, datatrove. Any other table is taken
column by column. Importing the same system again replaces it. A file that does not fit changes nothing."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="ratings: .parquet .jsonl .json .csv .tsv .arrow (also .gz, .zst) or .npy; a folder or a glob in quotes; "
        "several in the order of their documents",
    )
    parser.add_argument(
        "--on",
        choices=("id", "position"),
        help="join by the documents' ids, or row by row in the corpus's order, which ids or texts in the files then "
        "verify (default: id where the files have ids)",
    )


def run(args: argparse.Namespace) -> int:
    """Import and say what came of it."""
    manifest, origins = import_ratings(args.folder, args.files, on=args.on, progress=ConsoleProgress())
    remember(args.folder)
    print_summary(args.folder, manifest)
    print("\n".join(line for origin in origins for line in import_lines(manifest, origin)))
    return 0
