"""A SHA-256 over the rows of an export that depends on the rows alone: not on format, batches or machine."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.arrow_types import is_list, is_text


class RowDigest:
    """Feeds batches of rows, in order, into one digest a column.

    A text adds its UTF-8 length (int64, little-endian, -1 for null) to one stream and its bytes to another; a
    number, bool or date adds a byte for null or not and its 8 bytes (0 for null; dates are microseconds); a list
    adds its length (-1 for null), its values follow as above. The result covers names, types and streams.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._columns = [(f.name, _kind(f.type), hashlib.sha256(), hashlib.sha256()) for f in schema]
        self.rows = 0

    def update(self, table: pa.Table) -> None:
        """Add rows; the columns must be those of the schema, in its order."""
        self.rows += table.num_rows
        for (_, kind, sizes, values), column in zip(self._columns, table.columns, strict=True):
            for chunk in column.chunks:
                _feed(kind, chunk, sizes, values)

    def hexdigest(self) -> str:
        """The digest of all rows so far."""
        whole = hashlib.sha256()
        for name, kind, sizes, values in self._columns:
            whole.update(f"{len(name.encode())}:{name}:{kind}:".encode())
            whole.update(sizes.digest() + values.digest())
        return whole.hexdigest()


def _kind(type_: pa.DataType) -> str:
    if is_list(type_):
        return f"list of {_kind(type_.value_type)}"
    return "text" if is_text(type_) else "number" if not pa.types.is_floating(type_) else "double"


def _feed(kind: str, array: pa.Array, sizes: Any, values: Any) -> None:
    if kind.startswith("list of "):
        lengths = pc.fill_null(pc.list_value_length(array), -1).cast(pa.int64())
        sizes.update(lengths.to_numpy(zero_copy_only=False))
        _feed(kind.removeprefix("list of "), pc.list_flatten(array), sizes, values)
    elif kind == "text":
        texts = array.cast(pa.large_binary())
        sizes.update(pc.fill_null(pc.binary_length(texts), -1).cast(pa.int64()).to_numpy(zero_copy_only=False))
        values.update(_text_bytes(texts))
    else:
        sizes.update(array.is_valid().to_numpy(zero_copy_only=False).astype(np.uint8))
        values.update(_numbers(array))


def _text_bytes(texts: pa.Array) -> memoryview:
    """The bytes of all texts one after the other; a null has none."""
    if texts.null_count:
        texts = texts.drop_null()
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    return memoryview(data)[int(offsets[0]) : int(offsets[-1])] if data is not None and len(texts) else memoryview(b"")


def _numbers(array: pa.Array) -> Any:
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    target = pa.float64() if pa.types.is_floating(array.type) else pa.int64()
    return pc.fill_null(array.cast(target), 0).to_numpy(zero_copy_only=False)
