"""What kind of values an Arrow type holds."""

from __future__ import annotations

import pyarrow as pa


def is_list(type_: pa.DataType) -> bool:
    """Whether the values are lists."""
    return bool(pa.types.is_list(type_) or pa.types.is_large_list(type_))


def is_text(type_: pa.DataType) -> bool:
    """Whether the values are strings."""
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))
