"""Files of formats that need to seek, decompressed to a temporary file where they are compressed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexing.readers.compression import Damaged, is_compressed, stream
from indexing.readers.contract import SourceFile


@contextmanager
def seekable(file: SourceFile) -> Iterator[Path]:
    """The file itself, or a decompressed copy that goes when the block ends."""
    path = Path(file.path)
    if not is_compressed(path):
        yield path
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            for chunk in stream(path):
                copy.write(chunk)
        except Damaged as error:
            raise EOFError(str(error)) from None
        copy.flush()
        yield Path(copy.name)
