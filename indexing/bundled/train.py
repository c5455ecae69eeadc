"""Trains the classifiers that come with the program: python -m indexing.bundled.train --data DIR [NAME ...].

DIR is the folder with `labels/`. The training takes minutes; the same data gives the same weights but for the last bits
of the linear algebra. It says how good each classifier is on five folds of the training texts, and on those held out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from indexing.bundled import train_pages, train_readability, train_vectors

#: In this order: the classifiers read the word vectors.
NAMES = ("vectors", "topic", "format", "readability")


def main() -> None:
    """Train and tell how good the result is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--data", type=Path, required=True, help="the folder with labels/")
    parser.add_argument("--minilm", type=Path, help="the folder of all-MiniLM-L6-v2, for the word vectors")
    args = parser.parse_args()
    if unknown := set(args.names) - set(NAMES):
        parser.error(f"there is no classifier {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}")
    for name in args.names or NAMES:
        print(_train(name, args.data, args.minilm), flush=True)


def _train(name: str, data: Path, minilm: Path | None) -> str:
    if name == "readability":
        return train_readability.train(data)
    if name != "vectors":
        return train_pages.train(name, data)
    if minilm is None:
        raise SystemExit("The word vectors are made by all-MiniLM-L6-v2: say where it is with --minilm FOLDER.")
    return train_vectors.train(data, minilm)


if __name__ == "__main__":
    main()
