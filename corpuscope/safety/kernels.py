"""Compiled loops of the safety counts: one pass over the documents, whole numbers all along."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled

Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@compiled
def count_labels(labels: npt.NDArray[np.int16], marked: Bools, tokens: Integers, out: Integers) -> None:
    """Documents and tokens by label and by whether they are marked: `out` is labels x 2 x 2."""
    for i in range(len(labels)):
        side = 1 if marked[i] else 0
        out[labels[i], side, 0] += 1
        out[labels[i], side, 1] += tokens[i]


@compiled
def count_codes(codes: npt.NDArray[np.int32], marked: Bools, out: Integers) -> None:
    """Documents by code and by whether they are marked: `out` is 2 x codes; a code below 0 is none."""
    for i in range(len(codes)):
        if codes[i] >= 0:
            out[1 if marked[i] else 0, codes[i]] += 1
