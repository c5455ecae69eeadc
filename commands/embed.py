"""`corpuscope embed`: vectors for search by meaning."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from commands import terminal
from commands.build import add_workers_argument, print_summary
from corpuscope import manifest as manifests
from corpuscope.dense import embedders
from corpuscope.dense.about import index_in_words
from corpuscope.wording import counted
from indexing.embedding import AUTO, EmbedOptions, choose, foretell
from indexing.maintenance import embed
from indexing.progress import ConsoleProgress, format_seconds
from indexing.vectors import CUTS

#: Beyond so many documents it is told what each way of cutting long ones takes, before any is embedded.
TOLD_BEFOREHAND = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a corpus folder")
    parser.add_argument(
        "--embedder",
        default=AUTO,
        metavar="E",
        help="minilm, static, a hub id or a folder of sentence-transformers (default: by corpus size and device)",
    )
    parser.add_argument(
        "--long",
        default="first",
        metavar="WAY",
        help=f"documents longer than the model reads: {', '.join(CUTS)} (default: first, its first passage alone)",
    )
    parser.add_argument("--foretell", action="store_true", help="say what each way would take, and write nothing")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda or cuda:N (default: auto)")
    parser.add_argument("--batch-tokens", type=int, metavar="N", help="tokens of a batch (default: by the device)")
    add_workers_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Embed and say what the corpus holds now."""
    options = EmbedOptions(args.embedder, args.long, args.device, args.batch_tokens)
    if args.foretell:
        print("\n".join(_foretold(args.folder, options)))
        return 0
    if manifests.load(args.folder).rows > TOLD_BEFOREHAND:
        print("\n".join(_foretold(args.folder, options)), flush=True)
    manifest = embed(args.folder, options, workers=args.workers, progress=ConsoleProgress(), say=print)
    print_summary(args.folder, manifest)
    name = list(manifest.dense)[-1]
    print(f"{name}: {index_in_words(manifest.dense[name].index)}")
    done = manifest.history[-1]["models"][name]
    if done["documents"]:
        print(_rate_line(name, done))
    if done["longer"] and args.long == "first":
        print(
            f"{counted(done['longer'], 'document')} of {done['documents']:,} are longer than {name} reads: the rest of "
            "them is not embedded. For all of them: --long passages"
        )
    return 0


def _foretold(folder: Path, options: EmbedOptions) -> Iterator[str]:
    """What each way of cutting would take, reckoned from a timed sample."""
    manifest = manifests.load(folder)
    asked, why = choose(options.embedder, manifest.rows, options.device)
    name, identity = embedders.describe(asked)
    yield f"{name} for {counted(manifest.rows, 'document')}, {why}" if options.embedder != AUTO else why
    for way in foretell(folder, manifest, identity, options):
        yield f"  {way.cut:<9} {way.vectors:>14,} vectors {terminal.size(way.bytes):>10}  {format_seconds(way.seconds)}"


def _rate_line(name: str, done: Mapping[str, Any]) -> str:
    """What was embedded, and how fast."""
    used = f"; the device was {done['utilisation']:.0f}% in use" if "utilisation" in done else ""
    return (
        f"{name}: {counted(done['passages'], 'passage')} of {counted(done['documents'], 'document')}, "
        f"{counted(done['tokens'], 'token')}; {done['documents_a_second']:,.1f} documents and "
        f"{done['tokens_a_second']:,} tokens a second a worker, {done['busy']:.0f}% of it in the model{used}"
    )
