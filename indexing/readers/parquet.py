"""Parquet files, read in batches of about one block."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from indexing.readers import contract
from indexing.readers.arrow_batches import batch_block, damage_block
from indexing.readers.contract import Block, Reader, SourceFile
from indexing.readers.seekable import seekable

MAGIC = b"PAR1"
_MOST_ROWS = 65_536


def cut_parquet(file: SourceFile) -> Iterator[Block]:
    """Read batch by batch; what stands before a damaged page is kept."""
    first = 1
    try:
        with seekable(file) as path, pq.ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=_batch_rows(table.metadata)):
                yield batch_block(file, first, batch)
                first += batch.num_rows
    except (pa.ArrowException, OSError, EOFError) as error:
        yield damage_block(file, first, error)


def _batch_rows(metadata: pq.FileMetaData) -> int:
    """Rows that make about one block, by the sizes that the file states."""
    size = sum(metadata.row_group(g).total_byte_size for g in range(metadata.num_row_groups))
    rows = contract.BLOCK_BYTES * max(metadata.num_rows, 1) // max(size, 1)
    return int(max(1, min(_MOST_ROWS, rows)))


PARQUET = Reader(name="Parquet", endings=(".parquet", ".pq"), cut=cut_parquet)
