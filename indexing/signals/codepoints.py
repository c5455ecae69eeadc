"""Texts as arrays of code points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.compiled import compiled
from indexing.annotators.buffers import text_bytes

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]


def code_points(column: pa.Array) -> tuple[Codes, Offsets]:
    """The code points of all rows and the rows' offsets into them (one more than rows); null is empty."""
    data, offsets = text_bytes(column)
    codes = np.empty(len(data), np.uint32)
    starts = np.empty(len(offsets), np.int64)
    count = decode(data, offsets, codes, starts)
    return codes[:count], starts


@compiled
def decode(data: Bytes, offsets: Offsets, codes: Codes, starts: Offsets) -> int:
    """Decode valid UTF-8 row by row into `codes`, write where rows start into `starts`; how many code points."""
    count = 0
    for row in range(len(offsets) - 1):
        starts[row] = count
        i = offsets[row]
        end = offsets[row + 1]
        while i < end:
            lead = np.uint32(data[i])
            if lead < 0x80:
                codes[count] = lead
                i += 1
            elif lead < 0xE0:
                codes[count] = (lead & 0x1F) << 6 | (data[i + 1] & 0x3F)
                i += 2
            elif lead < 0xF0:
                codes[count] = (lead & 0xF) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F)
                i += 3
            else:
                codes[count] = (
                    (lead & 0x7) << 18 | (data[i + 1] & 0x3F) << 12 | (data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F)
                )
                i += 4
            count += 1
    starts[len(offsets) - 1] = count
    return count
