"""Texts as a sparse matrix of hashed features, for fitting the first stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from indexing.signals.codepoints import code_points
from indexing.toxicity.linear import BITS, features, normal_form
from indexing.toxicity.windows import Windows, cut


def windows_of(texts: Sequence[str]) -> tuple[Any, Windows]:
    """The code points of all texts, and their windows."""
    codes, offsets = code_points(pa.array(texts, pa.large_string()))
    return codes, cut(codes, offsets)


def matrix(codes: Any, windows: Windows) -> Any:
    """One row a window: how often it has each feature, over the root of how many it has; SciPy's CSR."""
    from scipy.sparse import csr_matrix

    hashes, offsets = features(codes, windows)
    counts = np.diff(offsets)
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    made = csr_matrix((values.astype(np.float32), hashes, offsets), (len(counts), 1 << BITS))
    made.sum_duplicates()
    return made


def normal_forms(codes: Any, windows: Windows) -> list[str]:
    """The normal form of each window."""
    return [normal_form(codes, start, end) for start, end in zip(windows.starts, windows.ends, strict=True)]
