"""`corpuscope annotators`: the ratings this program can compute, their cost and needs, and the time for a corpus."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.annotate import add_model_arguments, given_to_models
from commands.build import add_workers_argument
from corpuscope import manifest as manifests
from corpuscope.wording import counted
from indexing.annotators import ANNOTATORS, DEFAULT, select
from indexing.foretelling import Foretold, foretell
from indexing.progress import format_seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", help="foretell the time for this corpus")
    parser.add_argument("names", metavar="NAME", nargs="*", help="which (default: all that evaluate no model)")
    parser.add_argument("--tokenizer", metavar="NAME", help="as for annotate")
    add_model_arguments(parser)
    add_workers_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the list, or what the annotators would take for a corpus."""
    if args.folder is None:
        _print_list()
    else:
        _foretell(args)
    return 0


def _foretell(args: argparse.Namespace) -> None:
    manifests.load(args.folder)  # a folder that is no corpus is said before anything is timed
    light = [annotator.name for annotator in ANNOTATORS if annotator.open is None]
    names = [annotator.name for annotator in select(args.names)] if args.names else light
    given = given_to_models(args, names)
    asked = {"tokenizer": args.tokenizer, "model": args.model}
    options = {name: value for name, value in asked.items() if value}
    for name in names:
        print(_line(foretell(args.folder, name, options, given, workers=args.workers)), flush=True)
    if not args.names:
        print("Annotators that evaluate a model are foretold when they are named.")


def _line(found: Foretold) -> str:
    """An estimate, of how much, and how it was made."""
    corpus, sample = counted(found.corpus_documents, "document"), counted(found.documents, "document")
    by_characters = "" if found.by_characters is None else f", {format_seconds(found.by_characters)} by characters"
    characters = f" of {counted(found.characters, 'character')}" if found.characters else ""
    return (
        f"{found.annotator}: about {format_seconds(found.by_documents)} by documents{by_characters}, for {corpus} and "
        f"{counted(found.processes, 'worker')}; an estimate from {sample}{characters}, timed for "
        f"{format_seconds(found.seconds)}"
    )


def _print_list() -> None:
    for annotator in ANNOTATORS:
        default = " (default)" if annotator.name in DEFAULT else ""
        package = f"; package {annotator.requires}" if annotator.requires else ""
        reads = f"reads {', '.join(annotator.needs)}"
        print(f"{annotator.name} {annotator.version}{default}: {annotator.cost}; {reads}{package}")
        for field in annotator.fields:
            print(f"  {field.name:<18} {field.type:<10} {field.meaning}")
