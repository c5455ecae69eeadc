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
        package = f"; package {annotator.requires}" if annotator.requires else ""
        reads = f"reads {', '.join(annotator.needs)}"
        print(f"{annotator.name} {annotator.version}{default}: {annotator.cost}; {reads}{package}")
        for field in annotator.fields:
            print(f"  {field.name:<18} {field.type:<10} {field.meaning}")
    return 0
