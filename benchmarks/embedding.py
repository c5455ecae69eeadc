"""Embedding on a processor, beside plain SentenceTransformer.encode with its defaults, in one run."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from benchmarks import setting
from benchmarks.report import Promise, Section, Table, number
from benchmarks.setting import SEED, WORKERS, Setting
from corpuscope.dense import embedders, minilm
from corpuscope.dense.embedder import Embedder
from corpuscope.models.batching import Budget
from indexing.models import devices
from indexing.vectors import embed_documents, npy_path

#: A mixture of lengths: web articles, web pages, and short entries of dictionaries and package lists.
_MIXTURE = (
    ("web_articles.jsonl.zst", 150),
    ("c4_1000.jsonl.zst", 150),
    ("bench/dictionaries.jsonl.zst", 150),
    ("bench/debian_packages.jsonl.zst", 150),
)
_PAGES = (("c4_1000.jsonl.zst", 1_000), ("labels/web_topic_format.jsonl.zst", 3_000))
_ROUNDS = 3


def measure(told: Setting) -> Section:
    """MiniLM on a mixture, the static embedder on web pages."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(WORKERS)
    texts = list(_texts(told, _MIXTURE))
    peer: Any = SentenceTransformer(str(minilm.folder()), device="cpu")
    dtype = devices.half_of_processor()
    minilm_ = embedders.MiniLMEmbedder("cpu", Budget(embedders.BATCH_TOKENS), dtype)
    folder = told.folder("embedding")
    mixture, pages = _documents(folder / "mixture.parquet", texts), list(_texts(told, _PAGES))
    (found, ours), (expected, theirs) = _alternating(
        lambda: _ours(mixture, minilm_), lambda: peer.encode(texts, normalize_embeddings=True)
    )
    cosines = (found.astype(np.float32) * expected).sum(axis=1)
    static = embedders.open_embedder({"kind": "static"})
    _, of_pages = _best(lambda: _ours(_documents(folder / "pages.parquet", pages), static))
    rows = [
        ("minilm", *_row(len(texts), ours), f"{theirs / ours:.2f}x"),
        ("SentenceTransformer.encode, its defaults", *_row(len(texts), theirs), ""),
        (f"static, {len(pages):,} web pages", *_row(len(pages), of_pages), ""),
    ]
    halves = "in bfloat16, which this processor multiplies" if dtype is not None else "in float32"
    notes = [
        f"{len(texts):,} texts of 20 to 30,000 characters (web articles, web pages, dictionary entries, package "
        f"descriptions), shuffled; the better of {_ROUNDS} alternating rounds on {WORKERS} threads, from Parquet "
        f"to a file of vectors for ours. minilm counts {halves}; least cosine with the peer's vectors "
        f"{cosines.min():.5f}. The web pages have {number(sum(map(len, pages)) / len(pages) / 1_000)} thousand "
        "characters on average."
    ]
    promises = [
        Promise("minilm, of SentenceTransformer.encode's time", ours / theirs, 1 / 1.3, "x"),
        Promise("1 - least cosine", float(1 - cosines.min()), 0.01),
        Promise("static, microseconds a page (1,500 a second)", of_pages / len(pages) * 1e6, 1e6 / 1_500),
    ]
    header = ("", "documents a second", "ms a document", "of the peer's speed")
    return Section("Embedding", notes, [Table(header, rows)], promises)


def _texts(told: Setting, sources: tuple[tuple[str, int], ...]) -> Iterator[str]:
    """Texts of some files, shuffled."""
    out = []
    for name, most in sources:
        with zstandard.open(told.data.parent / name, "rb") as file:
            lines = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
            out += [json.loads(line)["text"] for line, _ in zip(lines, range(most), strict=False)]
    random.Random(SEED).shuffle(out)
    yield from out if told.limit is None else out[: told.limit]


def _documents(path: Path, texts: list[str]) -> Path:
    pq.write_table(pa.table({"id": [str(i) for i in range(len(texts))], "text": texts}), path)
    return path


def _ours(documents: Path, embedder: Embedder) -> np.ndarray:
    target = documents.with_suffix("")
    embed_documents(documents, target, embedder, "first", rows_at_once=256, advance=lambda rows: None)
    return np.load(npy_path(target))


def _alternating(*works: Callable[[], np.ndarray]) -> list[tuple[np.ndarray, float]]:
    """What each gave and its best time, in turn, after a round that warms up."""
    times: list[list[float]] = [[] for _ in works]
    results = [work() for work in works]
    for _ in range(_ROUNDS):
        for work, own in zip(works, times, strict=True):
            begun = time.perf_counter()
            work()
            own.append(time.perf_counter() - begun)
    return list(zip(results, map(min, times), strict=True))


def _best(work: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    ((result, seconds),) = _alternating(work)
    return result, seconds


def _row(count: int, seconds: float) -> tuple[str, str]:
    return number(count / seconds), number(seconds / count * 1_000)


if __name__ == "__main__":
    print(measure(setting.parse(__doc__)).markdown())
