"""Arrow files and Arrow streams (the `.arrow` files of `datasets` are streams)."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from indexing.readers import contract
from indexing.readers.arrow_batches import batch_block, damage_block
from indexing.readers.contract import Block, Reader, SourceFile
from indexing.readers.seekable import seekable

FILE_MAGIC = b"ARROW1"
STREAM_MAGIC = b"\xff\xff\xff\xff"


def cut_arrow(file: SourceFile) -> Iterator[Block]:
    """Read batch by batch, large batches in slices; what stands before the damage is kept."""
    first = 1
    try:
        with seekable(file) as path, pa.memory_map(str(path)) as source:
            for batch in _batches(source):
                rows = max(1, contract.BLOCK_BYTES * batch.num_rows // max(batch.nbytes, 1))
                for start in range(0, batch.num_rows, rows):
                    piece = batch.slice(start, rows)
                    yield batch_block(file, first, piece)
                    first += piece.num_rows
    except (pa.ArrowException, OSError, EOFError) as error:
        yield damage_block(file, first, error)


def _batches(source: pa.MemoryMappedFile) -> Iterator[pa.RecordBatch]:
    if source.read(len(FILE_MAGIC)) == FILE_MAGIC:
        with pa.ipc.open_file(source) as file:
            yield from (file.get_batch(i) for i in range(file.num_record_batches))
    else:
        source.seek(0)
        with pa.ipc.open_stream(source) as stream:
            yield from stream


ARROW = Reader(name="Arrow", endings=(".arrow", ".feather"), cut=cut_arrow)
