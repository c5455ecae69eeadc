"""`corpuscope annotate`: run annotators over all parts of a corpus."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from commands.build import add_workers_argument, print_summary
from corpuscope.errors import UsageError
from corpuscope.wording import counted
from indexing.annotators import Given, select
from indexing.maintenance import annotate
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    parser.add_argument("names", metavar="NAME", nargs="+", help="an annotator, or default; see corpuscope annotators")
    parser.add_argument(
        "--tokenizer", metavar="NAME", help="count tokens exactly: tekken, a tokenizer.json or a hub id"
    )
    add_model_arguments(parser)
    add_workers_argument(parser)


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Which model rates, and where."""
    parser.add_argument("--model", metavar="M", help="a hub id, or a folder of the model (default: the published one)")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--batch-tokens", type=int, metavar="N", help="tokens of a batch (default: by the device)")


def given_to_models(args: argparse.Namespace, names: Sequence[str]) -> Given:
    """What the arguments give to models; a model is for one annotator, which has to take one."""
    if args.batch_tokens is not None and args.batch_tokens < 1:
        raise UsageError(f"--batch-tokens {args.batch_tokens} is no number of tokens; use 1 or more.")
    takes = [a.name for a in select(names) if a.open is not None]
    if args.model is not None and len(takes) != 1:
        which = ", ".join(takes) or "none of those named does"
        raise UsageError(f"--model {args.model!r} is for one annotator that takes a model: {which}.")
    return Given(args.model, args.device, args.batch_tokens)


def run(args: argparse.Namespace) -> int:
    """Annotate and say what the corpus holds now."""
    asked = {"tokenizer": args.tokenizer, "model": args.model}
    options = {name: value for name, value in asked.items() if value}
    given = given_to_models(args, args.names)
    progress = ConsoleProgress()
    manifest = annotate(args.folder, args.names, options, workers=args.workers, progress=progress, given=given)
    print_summary(args.folder, manifest)
    for name, read in manifest.history[-1].get("models", {}).items():
        print(_rate_line(name, read))
    return 0


def _rate_line(name: str, read: Mapping[str, Any]) -> str:
    """What a model read, and how fast."""
    seconds = max(read["seconds"], 1e-3)
    return (
        f"{name}: {counted(read['documents'], 'document')}, {counted(read['tokens'], 'token')} read; "
        f"{read['documents'] / seconds:,.1f} documents and {read['tokens'] / seconds:,.0f} tokens a second a worker"
    )
