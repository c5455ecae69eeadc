"""`corpuscope peek`: what is in a source, before anything is built."""

from __future__ import annotations

import argparse
import json

from commands.build import add_reading_arguments
from commands.peek_text import render
from indexing.ingest import IngestOptions
from indexing.peek import peek


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("source", metavar="SRC", help="file, folder, glob, hf:org/name[:config[:split]] or demo")
    add_reading_arguments(parser)
    parser.add_argument("--json", action="store_true", help="everything as JSON")


def run(args: argparse.Namespace) -> int:
    """Look and print."""
    found = peek(args.source, IngestOptions(text_field=args.text_field, id_field=args.id_field))
    print(json.dumps(found.to_json(), ensure_ascii=False, indent=1) if args.json else render(found))
    return 0
