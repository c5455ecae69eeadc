"""The Lucene index of one part: document number = row number, as stock Pyserini opens it.

Fields are those of Anserini's DefaultLuceneDocumentGenerator: `id` (stored, and as doc values, by which
Anserini orders ties) and `contents` (title, newline, text; positions and norms, not stored).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.errors import CorpuscopeError, CorpusDamaged
from corpuscope.lexical import jvm
from corpuscope.lexical.analysis import get_analyzer
from corpuscope.lexical.jvm import java
from indexing.adder import Adder

#: Postings of a part gather in this buffer, so that an ordinary part is written as one segment, with no merge.
RAM_BUFFER_MB = 512
HEAP_MB = 2048

#: Length of the checksum at the end of every Lucene file.
_FOOTER_BYTES = 16
_BATCH_ROWS = 2_000
_BATCH_BYTES = 16 << 20


@dataclass(frozen=True)
class BuiltIndex:
    """How many documents an index holds, and the digest of what it says about them."""

    documents: int
    digest: str


def build_index(documents: Path, target: Path, *, language: str, advance: Callable[[int], None]) -> BuiltIndex:
    """Index a documents.parquet into the folder `target`; `advance` is told of every batch that is done."""
    jvm.start(HEAP_MB)
    analyzer = get_analyzer(language)
    unfinished = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    rows = _write(documents, unfinished, analyzer, advance)
    _check_documents(unfinished, rows)
    (unfinished / "write.lock").unlink(missing_ok=True)
    digest = compute_digest(unfinished)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.replace(target)
    return BuiltIndex(rows, digest)


def compute_digest(index: Path) -> str:
    """SHA-256 of an index's terms, postings, positions, lengths and ids.

    Those lie in files whose bytes depend on nothing else, but for a random segment id in the header and a
    checksum over it in the footer (Lucene's CodecUtil), which are left out. Stored fields are left out too:
    their compression depends on how the index was written, and the ids in them are in the doc values.
    """
    digest = hashlib.sha256()
    for suffix in (".doc", ".pos", ".tim", ".tip", ".nvd", ".dvd"):
        for path in sorted(index.glob(f"*{suffix}")):
            digest.update(suffix.encode())
            _digest_body(path, digest)
    return digest.hexdigest()


def _digest_body(path: Path, digest: Any) -> None:
    """Feed a Lucene file to the digest without its header and footer."""
    left = path.stat().st_size - _FOOTER_BYTES
    with path.open("rb") as file:
        name_length = file.read(5)[4]
        file.seek(name_length + 4 + 16, 1)
        file.seek(file.read(1)[0], 1)
        left -= file.tell()
        while left > 0:
            block = file.read(min(left, 1 << 20))
            digest.update(block)
            left -= len(block)


def _write(documents: Path, target: Path, analyzer: Any, advance: Callable[[int], None]) -> int:
    """Write the index; return the number of rows read."""
    directory = java("org.apache.lucene.store.FSDirectory").open(java("java.nio.file.Paths").get(str(target)))
    writer = java("org.apache.lucene.index.IndexWriter")(directory, _writer_config(analyzer))
    rows = 0
    try:
        adder = Adder(writer)
        for batch in _batches(documents):
            adder.add(batch)
            rows += batch.num_rows
            advance(batch.num_rows)
        writer.forceMerge(1)
        writer.commit()
        writer.close()
    except java("java.io.IOException") as error:
        raise CorpuscopeError(f"The Lucene index {target} cannot be written: {error.getMessage()}.") from None
    finally:
        writer.rollback()
        directory.close()
    return rows


def _writer_config(analyzer: Any) -> Any:
    config = java("org.apache.lucene.index.IndexWriterConfig")(analyzer)
    config.setRAMBufferSizeMB(float(RAM_BUFFER_MB))
    config.setUseCompoundFile(False)
    # Merges neighbours only, in this thread: documents keep their order.
    config.setMergePolicy(java("org.apache.lucene.index.LogDocMergePolicy")())
    config.setMergeScheduler(java("org.apache.lucene.index.SerialMergeScheduler")())
    return config


def _batches(documents: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file in batches that stay below a size, single huge documents aside."""
    try:
        with pq.ParquetFile(documents, memory_map=True) as file:
            columns = [c for c in ("id", "title", "text") if c in file.schema_arrow.names]
            for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
                pieces = max(1, -(-batch.nbytes // _BATCH_BYTES))
                step = max(1, batch.num_rows // pieces)
                for start in range(0, batch.num_rows, step):
                    yield batch.slice(start, step)
    except (OSError, pa.ArrowException) as error:
        raise CorpusDamaged(f"{documents} cannot be read ({error}).") from None


def _check_documents(index: Path, rows: int) -> None:
    """Make sure that row numbers are document numbers."""
    directory = java("org.apache.lucene.store.FSDirectory").open(java("java.nio.file.Paths").get(str(index)))
    reader = java("org.apache.lucene.index.DirectoryReader").open(directory)
    try:
        if (reader.maxDoc(), reader.numDocs()) != (rows, rows):
            raise CorpusDamaged(f"The index {index} holds {reader.numDocs()} of {rows} documents.")
    finally:
        reader.close()
        directory.close()
