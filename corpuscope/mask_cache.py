"""The matches of the latest queries, kept in little memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


class MaskCache:
    """The masks of the latest queries, a bit a row, up to a number of bytes. Safe to use from many threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._masks: OrderedDict[Hashable, tuple[int, npt.NDArray[np.uint8]]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Mask | None:
        """The mask that was put under a key, if it is still kept; it is the caller's own."""
        with self._lock:
            found = self._masks.get(key)
            if found is None:
                return None
            self._masks.move_to_end(key)
        rows, packed = found
        return np.unpackbits(packed, count=rows, bitorder="little").view(np.bool_)

    def put(self, key: Hashable, mask: Mask) -> None:
        """Keep a mask; those that were not asked for the longest go."""
        packed = np.packbits(mask, bitorder="little")
        with self._lock:
            if key not in self._masks:
                self._masks[key] = len(mask), packed
                self._size += packed.nbytes
            while self._size > self._capacity:
                self._size -= self._masks.popitem(last=False)[1][1].nbytes
