"""`corpuscope build`: from files, a Hugging Face data set or the demo to a corpus."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from commands.info import reject_lines, skipped_lines
from corpuscope.known_corpora import remember
from corpuscope.manifest import Manifest
from corpuscope.wording import counted
from indexing.build import BuildOptions, build
from indexing.embedding import AUTO, NONE, choose
from indexing.progress import ConsoleProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the corpus folder to make")
    parser.add_argument(
        "--source",
        action="append",
        required=True,
        metavar="SRC",
        help="file, folder, glob, hf:org/name[:config[:split]] or demo",
    )
    add_reading_arguments(parser)
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N documents")
    parser.add_argument("--annotators", default="default", metavar="default|none|a,b", help="ratings to compute")
    parser.add_argument(
        "--embedder",
        default=NONE,
        metavar="E",
        help="vectors for search by meaning: minilm, static, auto (one of these), a hub id or a folder (default: none)",
    )
    parser.add_argument("--device", default="auto", metavar="D", help="of models: auto, cpu, cuda[:N]")
    parser.add_argument("--language", default="en", help="the analyzer of all documents (default: en)")
    parser.add_argument(
        "--tokenizer", metavar="NAME", help="count tokens exactly: tekken, a tokenizer.json or a hub id"
    )
    parser.add_argument("--part-size", type=int, default=BuildOptions.part_size, metavar="N", help="documents a part")
    parser.add_argument(
        "--on-duplicate", choices=("keep", "reject"), default="keep", help="what to do with a repeated id"
    )
    parser.add_argument("--force", action="store_true", help="start again, replacing what is there")
    add_workers_argument(parser)


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """How records become documents."""
    parser.add_argument("--text-field", metavar="F", help="the field that holds the text (default: found by name)")
    parser.add_argument("--id-field", metavar="F", help="the field that holds the id (default: found by name)")


def add_workers_argument(parser: argparse.ArgumentParser) -> None:
    """How many processes work at once."""
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: all cores)"
    )


def split_names(text: str) -> tuple[str, ...]:
    """Names parted by commas; `none` alone is no name."""
    names = tuple(n for n in (part.strip() for part in text.split(",")) if n)
    return () if names == ("none",) else names


def run(args: argparse.Namespace) -> int:
    """Build and say what was built."""
    options = BuildOptions(
        text_field=args.text_field,
        id_field=args.id_field,
        limit=args.limit,
        on_duplicate=args.on_duplicate,
        annotators=split_names(args.annotators),
        tokenizer=args.tokenizer,
        language=args.language,
        part_size=args.part_size,
        workers=args.workers,
        device=args.device,
        embedder=args.embedder,
    )
    manifest = build(args.folder, args.source, options, progress=ConsoleProgress(), force=args.force)
    remember(args.folder)
    print_summary(args.folder, manifest)
    if args.embedder == AUTO:
        print(choose(AUTO, manifest.rows, args.device)[1])
    return 0


def print_summary(folder: Path, manifest: Manifest) -> None:
    """What a corpus holds after a job, rejects included."""
    print(
        f"{manifest.name}@{manifest.version}: {counted(manifest.rows, 'document')} in "
        f"{counted(len(manifest.parts), 'part')}, in {folder}"
    )
    rejected, mended = reject_lines("rejected", manifest.rejected), reject_lines("mended", manifest.mended)
    for line in [*rejected, *mended, *skipped_lines(manifest)]:
        print(line)
