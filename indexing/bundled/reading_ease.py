"""The estimate of readability, as the program uses it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from indexing.bundled.linear import Classifier
    from indexing.signals.codepoints import Codes, Offsets

#: What estimates are kept to. The excerpts for training lie from -3.67 to 1.66.
RANGE = (-5.0, 3.0)

Floats = npt.NDArray[np.float32]


def model_path() -> Path:
    """Where the weights lie."""
    return Path(__file__).parent / "readability.npz"


def estimate(texts: tuple[Codes, Offsets], model: Classifier | None = None) -> Floats:
    """The mean over each text's windows of the estimated easiness, NaN where nothing is known."""
    from indexing.bundled.windows import windows_of

    windows = windows_of(texts)
    empty = np.zeros(0, np.uint32), np.zeros(len(windows.offsets), np.int64)
    each = (model or _loaded()).scores((windows.codes, windows.offsets), empty)[:, 0].astype(np.float64)
    known = ~np.isnan(each)
    sums = np.add.reduceat(np.where(known, each, 0), windows.firsts[:-1]) if len(each) else each
    numbers = np.add.reduceat(known, windows.firsts[:-1], dtype=np.int64) if len(each) else each
    mean = np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)
    return np.clip(mean, *RANGE).astype(np.float32)


@functools.cache
def _loaded() -> Classifier:
    from indexing.bundled.linear import load

    return load(model_path())
