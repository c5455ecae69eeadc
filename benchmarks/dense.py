"""Search by meaning as a corpus grows, beside FAISS's own exact index on the same vectors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import setting
from benchmarks.corpora import draw_texts, get_corpus
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import SEED, WORKERS, Setting
from benchmarks.timing import Summary, milliseconds
from corpuscope.corpus import open_corpus
from corpuscope.dense import minilm
from corpuscope.dense.embedder import Embedder, encode_query
from corpuscope.dense.index import DenseIndex, import_faiss
from corpuscope.dense.static import StaticEmbedder, distil
from corpuscope.manifest import DenseEntry, FileEntry, Manifest, Part, VectorsEntry, file_entry
from indexing.dense import build_index, recall
from indexing.vectors import embed_documents, npy_path

_SIZES = (10_000, 30_000, 100_000, 300_000, 10_000_000)
_QUERIES, _CHARACTERS = 200, 120
_SHARES = (0.1, 0.01, 0.001)
_K = 10
_PROMISED_MS = 20.0
_NAME = "static-384"


@dataclass(frozen=True)
class _Measured:
    """Times of the ten nearest in milliseconds, and recall, where all and where few documents are allowed."""

    documents: int
    kind: str
    built: float
    times: Summary
    thousand: Summary
    peer: Summary | None
    recall: float
    filtered: list[tuple[Summary, float]]


def measure(told: Setting) -> Section:
    """The same queries over the first documents of the corpus, more and more of them."""
    corpus = get_corpus(told, "bare", "--annotators", "none")
    embedder = _embedder(told)
    vectors = _vectors(told, corpus, embedder)
    texts = [text[:_CHARACTERS] for text in draw_texts(corpus, 2 * _QUERIES, SEED + 1) if text.strip()][:_QUERIES]
    queries = [encode_query(embedder, text) for text in texts]
    sizes = sorted({min(size, len(vectors)) for size in _SIZES})
    measured = [_measure(told, vectors[:size], queries) for size in sizes]
    rows = [
        (
            f"{m.documents:,}",
            m.kind,
            number(m.built),
            *(number(x) for x in (m.times.median, m.times.p95, m.thousand.p95)),
            number(m.peer.p95) if m.peer else "",
            f"{m.recall:.3f}",
        )
        for m in measured
    ]
    filtered = [
        (f"{m.documents:,}", *(x for summary, share in m.filtered for x in (number(summary.p95), f"{share:.3f}")))
        for m in measured
    ]
    header = ("documents", "index", "built, s", "10: median, ms", "p95", "1,000: p95", "FAISS flat: p95", "recall@10")
    shares = tuple(x for share in _SHARES for x in (f"{share:.1%} allowed: p95, ms", "recall@10"))
    last = measured[-1]
    recalls = [last.recall, *(share for _, share in last.filtered)]
    promises = [
        Promise(f"ten nearest of {last.documents:,}, p95", last.times.p95, _PROMISED_MS, " ms"),
        Promise("1 - recall@10, all or few allowed", 1 - min(recalls), 0.05),
    ]
    notes = [
        f"{vectors.shape[1]} dimensions, float16, memory-mapped: the recipe of the static embedder with all axes of "
        "all-MiniLM-L6-v2 kept, so that vectors are as wide as MiniLM's and of real texts. "
        f"{len(queries)} queries, the first {_CHARACTERS} characters of documents drawn at random, after they were "
        f"encoded; {WORKERS} cores. The thousand nearest are what a search without a threshold finds. FAISS flat is "
        "IndexFlatIP on float32 in memory, one query at a time, all threads. Recall is against looking at every "
        "vector; allowed documents are drawn at random."
    ]
    tables = [Table(header, rows), Table(("documents", *shares), filtered)]
    return Section("Search by meaning", notes, tables, promises)


def _embedder(told: Setting) -> Embedder:
    path = told.folder("dense") / "table.npy"
    if not path.exists():
        np.save(path, distil(minilm.load(), dimensions=minilm.WIDTH))
    return StaticEmbedder(minilm.tokenizer(), np.load(path).astype(np.float32))


def _vectors(told: Setting, corpus: Path, embedder: Embedder) -> npt.NDArray[np.float16]:
    """All vectors of the corpus in one file."""
    whole = told.folder("dense") / "whole.npy"
    if not whole.exists():
        parts = []
        for part in open_corpus(corpus).manifest.parts:
            target = told.folder("dense") / part.name
            documents = corpus / part.documents.path
            embed_documents(documents, target, embedder, "first", rows_at_once=1024, advance=lambda rows: None)
            parts.append(np.load(npy_path(target)))
        np.save(whole, np.concatenate(parts))
    vectors: npt.NDArray[np.float16] = np.load(whole, mmap_mode="r")
    return vectors


def _measure(told: Setting, vectors: npt.NDArray[np.float16], queries: Sequence[npt.NDArray[np.float32]]) -> _Measured:
    folder = told.folder("dense") / str(len(vectors))
    manifest = _manifest(folder, vectors)
    begun = time.perf_counter()
    entry = build_index(folder, manifest, _NAME, lambda: queries[:50])
    built = time.perf_counter() - begun
    manifest = Manifest(**manifest.__dict__ | {"dense": {_NAME: entry}})
    index = DenseIndex.open(folder, manifest, _NAME)
    index.nearest(queries[0], _K, None)
    times = Summary.of(milliseconds(lambda q: index.nearest(q, _K, None), queries))
    thousand = Summary.of(milliseconds(lambda q: index.nearest(q, 1_000, None), queries))
    filtered = []
    for share in _SHARES:
        allowed = np.random.default_rng(SEED).random(len(vectors)) < share
        of_share = Summary.of(milliseconds(lambda q, a=allowed: index.nearest(q, _K, a), queries))  # type: ignore[misc]
        filtered.append((of_share, recall(index, queries, allowed)))
    peer = _peer(vectors, queries)
    kind = str(entry.index["kind"])
    return _Measured(len(vectors), kind, built, times, thousand, peer, recall(index, queries, None), filtered)


def _peer(vectors: npt.NDArray[np.float16], queries: Sequence[npt.NDArray[np.float32]]) -> Summary:
    faiss = import_faiss()
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(np.asarray(vectors, np.float32))
    flat.search(queries[0][None], _K)
    return Summary.of(milliseconds(lambda q: flat.search(q[None], _K), queries[:100]))


def _manifest(folder: Path, vectors: npt.NDArray[np.float16]) -> Manifest:
    """A corpus of nothing but vectors."""
    path = folder / "parts" / "00000" / "vectors" / f"{_NAME}.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    part = Part(
        "00000",
        len(vectors),
        FileEntry("none", 0, ""),
        vectors={_NAME: VectorsEntry(len(vectors), file_entry(folder, path))},
    )
    return Manifest(
        name="vectors",
        language="en",
        part_size=len(vectors),
        fields=(),
        parts=(part,),
        annotators={},
        sources=(),
        rejected={},
        mended={},
        options={},
        next_part=1,
        dense={_NAME: DenseEntry({"kind": _NAME}, "first")},
    )


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
