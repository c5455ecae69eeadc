"""Makes the file of word lists anew, from lists that have an entry a line; see `indexing.signals.word_lists`.

The entries are kept as hashes, so that the lists' own texts are not in this project.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from indexing.signals.word_lists import FILE, cells_of


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m indexing.signals.make_word_lists", description=__doc__)
    parser.add_argument("stop_words", type=Path, help="en.txt made of en.json of stopwords-json")
    parser.add_argument("bad_words", type=Path, help="the file en of LDNOOBW")
    args = parser.parse_args()
    temporary = FILE.with_name(f".{FILE.name}.tmp.npz")
    np.savez_compressed(temporary, stop_words=cells_of(read(args.stop_words)), bad_words=cells_of(read(args.bad_words)))
    temporary.replace(FILE)


def read(file: Path) -> frozenset[str]:
    """The entries of a list."""
    with file.open(encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


if __name__ == "__main__":
    main()
