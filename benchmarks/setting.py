"""What every benchmark is told: where the data is, where it may work, how much it shall take."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEED = 2024
#: Workers and threads of everything that builds, ours and the peers'.
WORKERS = 2


@dataclass(frozen=True)
class Setting:
    """The data, a folder to work in, and the number of documents to take (None: all)."""

    data: Path
    work: Path
    limit: int | None

    def folder(self, name: str) -> Path:
        """A folder to work in; made when it is not there."""
        path = self.work / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every benchmark takes."""
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "bench", metavar="DIR")
    parser.add_argument("--work", type=Path, default=ROOT / "benchmarks" / "scratch", metavar="DIR")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N documents, to try a benchmark out")


def from_arguments(args: argparse.Namespace) -> Setting:
    """The setting that was asked for."""
    if not args.data.is_dir():
        sys.exit(f"There is no folder {args.data}; name the folder of JSON lines to measure with --data.")
    work = args.work if args.limit is None else args.work / f"first-{args.limit}"
    return Setting(args.data.resolve(), work.resolve(), args.limit)


def parse(description: str | None) -> Setting:
    """Read the command line of one benchmark."""
    parser = argparse.ArgumentParser(description=description)
    add_arguments(parser)
    return from_arguments(parser.parse_args())
