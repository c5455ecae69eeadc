"""A tiny fastText classifier with random weights, written in the format of fastText 0.9.2."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def save_fasttext(
    path: Path,
    words: Sequence[str],
    labels: Sequence[str],
    *,
    longest: int = 2,
    buckets: int = 500,
    dimension: int = 8,
    loss: int = 3,
) -> Path:
    """A supervised model over words and n-grams of up to `longest` words; `words` have to have the end mark."""
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 1, (len(words) + buckets, dimension)).astype("<f4")
    outputs = rng.normal(0, 1, (len(labels), dimension)).astype("<f4")
    arguments = (dimension, 5, 5, 1, 5, longest, loss, 3, buckets, 0, 0, 100)
    entries = [(word, 0) for word in words] + [(f"__label__{label}", 1) for label in labels]
    with path.open("wb") as file:
        file.write(struct.pack("<2i12id", 793712314, 12, *arguments, 1e-4))
        file.write(struct.pack("<3i2q", len(entries), len(words), len(labels), 1000, -1))
        for text, kind in entries:
            file.write(text.encode() + b"\0" + struct.pack("<qb", 7, kind))
        for matrix in (rows, outputs):
            file.write(b"\0" + struct.pack("<2q", *matrix.shape) + matrix.tobytes())
    return path
