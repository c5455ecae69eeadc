"""`corpuscope export`: the whole selected subset in a file, with the recipe beside."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands import terminal
from commands.query_arguments import add_query_arguments, make_query, open_for_query, split_folders
from corpuscope.errors import UsageError
from corpuscope.export.export import ExportOptions, export
from corpuscope.export.formats import FORMATS
from corpuscope.export.recipe import SUFFIX, Recipe
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("words", nargs="+", metavar="DIR [QUERY]", help="a corpus folder, and what to select")
    parser.add_argument("--out", required=True, type=Path, help=f"{', '.join(FORMATS)}, or a folder for datasets")
    parser.add_argument("--fields", metavar="a,b", help="fields beside id and text (default: all)")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N by rank, sort or seed")
    add_query_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Export and say what was written."""
    folders, text = split_folders(args.words)
    if len(folders) > 1:
        raise UsageError("an export is made from one corpus; name one folder")
    if args.limit is not None and args.limit < 1:
        raise UsageError(f"--limit is {args.limit}; it must be 1 or more")
    names = None if args.fields is None else tuple(n for n in (f.strip() for f in args.fields.split(",")) if n)
    query = make_query(args, text)
    corpus = open_for_query(args, folders[0])
    with ConsoleProgress().step("Exporting") as step:
        recipe = export(corpus, query, args.out, ExportOptions(names, args.limit), advance=step.advance)
    print(summary(args.out, recipe))
    return 0


def summary(out: Path, recipe: Recipe) -> str:
    """What an export wrote, in one line."""
    files = [out] if out.is_file() else [p for p in out.rglob("*") if p.is_file()]
    masked = f", {recipe.masked_spans:,} spans of personal data masked" if recipe.masked else ", nothing masked"
    size = terminal.size(sum(f.stat().st_size for f in files))
    return f"{recipe.documents_written:,} documents in {out} ({size}{masked}); recipe in {out.name}{SUFFIX}"
