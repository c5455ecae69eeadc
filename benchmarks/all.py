"""Runs the benchmarks, each in a process of its own, and rewrites RESULTS.md; what is not named keeps its figures."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, setting
from benchmarks.setting import ROOT, Setting
from corpuscope.manifest import load

#: In this order: the build leaves the corpus that the others ask.
NAMES = (
    "build",
    "signals",
    "toxicity",
    "domains",
    "ranked",
    "search",
    "ledger",
    "safety",
    "serving",
    "export",
    "embedding",
    "dense",
    "app",
)
_RESULTS = ROOT / "benchmarks" / "RESULTS.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)} (default: all)")
    setting.add_arguments(parser)
    args = parser.parse_args()
    if unknown := set(args.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}")
    told = setting.from_arguments(args)
    for name in args.names or NAMES:
        print(f"benchmarks.{name}", file=sys.stderr, flush=True)
        _section_file(told, name).write_text(_run(name, sys.argv[1:], args.names), encoding="utf-8")
    if told.limit is None:
        _RESULTS.write_text(_document(told), encoding="utf-8")


def _run(name: str, arguments: Sequence[str], names: Sequence[str]) -> str:
    """A benchmark's section, with the command and the moment under its title."""
    moment = machine.describe_moment()
    options = [a for a in arguments if a not in names]
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    title, _, rest = done.stdout.partition("\n\n")
    return f"{title}\n\n`python -m benchmarks.{name}`, {moment}\n\n{rest.strip()}\n"


def _section_file(told: Setting, name: str) -> Path:
    return told.folder("sections") / f"{name}.md"


def _document(told: Setting) -> str:
    sections = [file.read_text(encoding="utf-8") for n in NAMES if (file := _section_file(told, n)).exists()]
    corpus = load(told.folder("corpora") / "default")
    names = ", ".join(sorted(f.name.split(".")[0] for f in told.data.iterdir()))
    head = [
        "# Results",
        "Written by `python -m benchmarks.all`. Ratios are ours divided by the peer's: below 1 is faster.",
        f"{machine.describe_machine()}. {machine.describe_versions()}.",
        f"Data: {corpus.rows:,} documents ({names}) in {len(corpus.parts)} parts.",
    ]
    return "\n\n".join([*head, *sections])


if __name__ == "__main__":
    main()
