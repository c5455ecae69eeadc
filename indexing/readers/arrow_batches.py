"""Arrow batches as blocks: what Parquet files, Arrow files and hub data sets have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from indexing.readers import contract
from indexing.readers.contract import Block, Records, SourceFile, records_of
from indexing.readers.flattening import flatten


@dataclass(frozen=True, kw_only=True)
class BatchBlock(Block):
    """One record batch, as the bytes of an Arrow stream; `first` is the number of its first row."""

    data: bytes

    def decode(self) -> Records:
        """Flat columns of the batch."""
        if not self.data:
            return records_of(self, {}, np.empty(0, np.int64), rejections=self.rejections)
        with pa.ipc.open_stream(self.data) as stream:
            batch = stream.read_next_batch()
        lines = np.arange(self.first, self.first + batch.num_rows, dtype=np.int64)
        columns = flatten(dict(zip(batch.schema.names, batch.columns, strict=True)))
        return records_of(self, columns, lines, rejections=self.rejections)

    @property
    def size(self) -> int:
        """Bytes of the batch in memory."""
        return len(self.data)

    def head(self) -> Block:
        """The first rows."""
        if not self.data:
            return self
        with pa.ipc.open_stream(self.data) as stream:
            batch = stream.read_next_batch()
        return batch_block(self.file, self.first, batch.slice(0, contract.HEAD_ROWS))


def batch_block(file: SourceFile, first: int, batch: pa.RecordBatch) -> BatchBlock:
    """Pack a batch (and only its own rows, where it is a slice)."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return BatchBlock(file=file, first=first, data=sink.getvalue().to_pybytes())


def damage_block(file: SourceFile, first: int, error: Exception) -> BatchBlock:
    """A block that only says what went wrong when row `first` was to be read."""
    rejection = contract.Rejection(_reason(error), file.path, first, str(error).partition("\n")[0])
    return BatchBlock(file=file, first=first, data=b"", rejections=(rejection,))


def _reason(error: Exception) -> str:
    if isinstance(error, pa.ArrowNotImplementedError):
        return "unsupported_type"
    # Arrow raises OSError for damage too; only the system's own errors have a number.
    return "unreadable_file" if isinstance(error, OSError) and error.errno else "truncated_archive"
