"""Numbers found by 32-bit hashes: open addressing, the first free cell from the hash on; 0 is free."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled

Hashes = npt.NDArray[np.uint32]
Slots = npt.NDArray[np.int32]


def new_table(count: int) -> Slots:
    """An empty table that so many hashes fill by half at most."""
    return np.zeros(1 << int(np.ceil(np.log2(2 * count + 2))), np.int32)


@compiled
def fill(hashes: Hashes, table: Slots) -> None:
    """Put the number of each hash, plus one, into the table; equal hashes are all in it."""
    mask = len(table) - 1
    for k in range(len(hashes)):
        cell = int(hashes[k]) & mask
        while table[cell]:
            cell = (cell + 1) & mask
        table[cell] = k + 1
