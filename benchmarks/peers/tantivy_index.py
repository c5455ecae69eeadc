"""tantivy over title and text of a corpus's documents, English stems: builds its index, then answers in rounds."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import tantivy

from benchmarks.rounds import K, answer_rounds

_HEAP_BYTES = 2 << 30


def main(corpus_folder: str, index_folder: str, queries_file: str) -> None:
    index = _open_or_build(Path(corpus_folder), Path(index_folder))
    searcher = index.searcher()

    def ask(text: str) -> list[tuple[float, tantivy.DocAddress]]:
        # Without the count of all matches, which would rule out skipping documents that cannot be among the best.
        return searcher.search(index.parse_query(text, ["contents"]), K, count=False).hits

    queries = json.loads(Path(queries_file).read_text(encoding="utf-8"))
    answer_rounds(ask, queries, {"documents": searcher.num_docs, "segments": searcher.num_segments})


def _open_or_build(corpus: Path, folder: Path) -> tantivy.Index:
    if folder.exists():
        return tantivy.Index.open(str(folder))
    unfinished = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _build(corpus, unfinished)
    unfinished.replace(folder)
    return tantivy.Index.open(str(folder))


def _build(corpus: Path, folder: Path) -> None:
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("contents", tokenizer_name="en_stem")
    index = tantivy.Index(fields.build(), path=str(folder))
    writer = index.writer(_HEAP_BYTES, num_threads=1)
    for path in sorted(corpus.glob("parts/*/documents.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(columns=["title", "text"]):
            for title, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                writer.add_document(tantivy.Document(contents=text if title is None else f"{title}\n{text}"))
    writer.commit()
    writer.wait_merging_threads()


if __name__ == "__main__":
    main(*sys.argv[1:])
