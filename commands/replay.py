"""`corpuscope replay`: make an export again from its recipe."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.export import summary
from commands.query_arguments import open_and_remember
from corpuscope.export import recipe as recipes
from corpuscope.export.replay import find_corpus, replay
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, help="the recipe that an export wrote beside its file")
    parser.add_argument("--out", required=True, type=Path, help="where to write")
    parser.add_argument("--corpus", metavar="DIR", type=Path, help="the corpus, when it was never opened by this user")


def run(args: argparse.Namespace) -> int:
    """Replay and say what was written."""
    recipe = recipes.load(args.recipe)
    corpus = open_and_remember(args.corpus) if args.corpus else find_corpus(recipe)
    with ConsoleProgress().step("Replaying") as step:
        replayed = replay(recipe, corpus, args.out, advance=step.advance)
    print(summary(args.out, replayed.recipe))
    if replayed.suppressed:
        print(f"{replayed.suppressed:,} documents of the recipe have been suppressed since and were left out")
    return 0
