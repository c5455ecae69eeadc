"""The bytes of an Arrow string column as NumPy sees them, without a copy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def text_bytes(column: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The UTF-8 bytes of all rows and the rows' offsets into them (one more than rows); null is empty."""
    if column.null_count or not pa.types.is_large_string(column.type):
        column = column.cast(pa.large_string()).fill_null("")
    _, offsets_buffer, characters = column.buffers()
    if len(column) == 0 or characters is None:
        return np.zeros(0, np.uint8), np.zeros(len(column) + 1, np.int64)
    offsets = np.frombuffer(offsets_buffer, np.int64)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(characters, np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]
