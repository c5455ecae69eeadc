"""`corpuscope annotators`: the ratings this program can compute, their cost and needs."""

from __future__ import annotations

import argparse

from indexing.annotators import ANNOTATORS, DEFAULT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments: none."""


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    del args
    for annotator in ANNOTATORS:
        default = " (default)" if annotator.name in DEFAULT else ""
        print(f"{annotator.name} {annotator.version}{default}: {annotator.cost}; reads {', '.join(annotator.needs)}")
        for field in annotator.fields:
            print(f"  {field.name:<18} {field.type:<10} {field.meaning}")
    return 0
