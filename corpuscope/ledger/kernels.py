"""Compiled loops of the ledger: one pass over the documents, whole numbers all along."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled

Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
#: What is counted of each rule, in this order.
REMOVED, ALONE, ONLY = 0, 1, 2


@compiled
def count_failures(failed: Bools, tokens: Integers, failures: npt.NDArray[np.uint8], out: Integers) -> None:
    """Count what each rule removes; `failed` has a line for each rule, `out` documents and tokens by rule and kind."""
    rules, documents = failed.shape
    for i in range(documents):
        first, fails = 0, 0
        for rule in range(rules):
            if failed[rule, i]:
                if fails == 0:
                    first = rule
                fails += 1
                out[rule, ALONE, 0] += 1
                out[rule, ALONE, 1] += tokens[i]
        failures[i] = fails
        if fails > 0:
            out[first, REMOVED, 0] += 1
            out[first, REMOVED, 1] += tokens[i]
        if fails == 1:
            out[first, ONLY, 0] += 1
            out[first, ONLY, 1] += tokens[i]


@compiled
def amount(marked: Bools, tokens: Integers) -> tuple[int, int]:
    """Documents that are marked, and their tokens."""
    documents, weight = 0, 0
    for i in range(len(marked)):
        if marked[i]:
            documents += 1
            weight += tokens[i]
    return documents, weight


@compiled
def count_places(
    places: npt.NDArray[np.uint8], failures: npt.NDArray[np.uint8], failed: Bools, tokens: Integers, out: Integers
) -> None:
    """Documents and tokens by place, of those that fail no rule but the one that `failed` speaks of."""
    for i in range(len(places)):
        if failures[i] == failed[i]:
            out[places[i], 0] += 1
            out[places[i], 1] += tokens[i]
