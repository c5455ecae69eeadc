"""Compiled loops over vectors of float16 as they lie on disk: no copy of them is made as float32.

A processor turns eight or sixteen halves into floats at once (F16C, AVX-512), which LLVM knows and NumPy does not use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from corpuscope.compiled import compiled_sums

#: float16 as the two bytes that it is: numba has no such type.
Halves = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@intrinsic  # numba gives the first argument
def _as_float(typing_context: Any, half: Any) -> Any:
    """The float32 of a float16's bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fpext(builder.bitcast(arguments[0], ir.HalfType()), ir.FloatType())

    return types.float32(types.uint16), generate


@compiled_sums
def products(vectors: Halves, query: Floats, out: Floats, start: int, stop: int) -> None:
    """Dot products of the query with the vectors from `start` to `stop`, into the same places of `out`."""
    width = len(query)
    for i in range(start, stop):
        total = np.float32(0)
        for j in range(width):
            total += _as_float(vectors[i, j]) * query[j]  # type: ignore[call-arg]
        out[i] = total


@compiled_sums
def products_of(vectors: Halves, rows: Rows, query: Floats, out: Floats, start: int, stop: int) -> None:
    """Dot products of the query with some of the vectors: those of rows[start:stop], into out[start:stop]."""
    width = len(query)
    for i in range(start, stop):
        row = rows[i]
        total = np.float32(0)
        for j in range(width):
            total += _as_float(vectors[row, j]) * query[j]  # type: ignore[call-arg]
        out[i] = total


@compiled_sums
def sum_pieces(table: Floats, ids: Rows, offsets: Rows, out: Floats) -> None:
    """For each piece of `ids`, ids[offsets[i]:offsets[i + 1]], the sum of their lines of the table into out[i]."""
    width = table.shape[1]
    for i in range(len(offsets) - 1):
        for at in range(offsets[i], offsets[i + 1]):
            line = ids[at]
            for j in range(width):
                out[i, j] += table[line, j]
