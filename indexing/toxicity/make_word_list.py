"""Makes the file of the word list anew, from a file with a category, a tab and an entry a line; see `words`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from corpuscope.toxicity import WORD_CATEGORIES
from indexing.toxicity.words import FILE, hash_entry


def main() -> None:
    """Write the file; entries without a letter or digit are left out."""
    parser = argparse.ArgumentParser(prog="python -m indexing.toxicity.make_word_list", description=__doc__)
    parser.add_argument("entries", type=Path)
    lines = parser.parse_args().entries.read_text(encoding="utf-8").split("\n")
    names: tuple[str, ...] = WORD_CATEGORIES
    pairs = [
        (names.index(category), hash_entry(entry)) for category, entry in (line.split("\t") for line in lines if line)
    ]
    known = {entry: (category, first) for category, (entry, first) in reversed(pairs) if entry}
    hashes = sorted(known)
    temporary = FILE.with_name(f".{FILE.name}.tmp.npz")
    np.savez_compressed(
        temporary,
        hashes=np.array(hashes, np.uint64),
        categories=np.array([known[h][0] for h in hashes], np.uint8),
        firsts=np.array(sorted({known[h][1] for h in hashes}), np.uint16),
    )
    temporary.replace(FILE)


if __name__ == "__main__":
    main()
