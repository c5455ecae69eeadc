"""Makes the file of word lists anew: python -m indexing.signals.make_word_lists STOP_WORDS.txt BAD_WORDS.txt.

Both files have an entry a line. The entries are kept as hashes, so that the lists' own texts are not in this project.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from indexing.signals.word_lists import FILE, cells_of


def main(stop_words: Path, bad_words: Path) -> None:
    """Write the file."""
    temporary = FILE.with_name(f".{FILE.name}.tmp.npz")
    np.savez_compressed(temporary, stop_words=cells_of(read(stop_words)), bad_words=cells_of(read(bad_words)))
    temporary.replace(FILE)


def read(file: Path) -> frozenset[str]:
    """The entries of a list."""
    with file.open(encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
