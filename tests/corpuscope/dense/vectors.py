"""Corpora of nothing but vectors."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.manifest import DenseEntry, FileEntry, Manifest, Part, VectorsEntry, file_entry

WIDTH = 32


def random_vectors(count: int, seed: int) -> np.ndarray:
    """Unit vectors around a few centres, as texts have subjects."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((20, WIDTH))
    vectors = centres[rng.integers(0, 20, count)] + 0.6 * rng.standard_normal((count, WIDTH))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def corpus_of(
    sizes: list[int], *, seed: int, passages: bool = False, folder: Path | None = None
) -> tuple[Path, Manifest, np.ndarray, np.ndarray]:
    """Parts of so many documents; the folder, manifest, all vectors, and the document of each."""
    folder = folder or Path(tempfile.mkdtemp())
    parts, every, owners, base = [], [], [], 0
    for number, size in enumerate(sizes):
        home = folder / "parts" / f"{number:05d}" / "vectors"
        home.mkdir(parents=True, exist_ok=True)
        counts = np.random.default_rng(seed).integers(1, 4, size) if passages else np.ones(size, np.int64)
        vectors = random_vectors(int(counts.sum()), seed + number)
        np.save(home / "fake.npy", vectors)
        rows = np.repeat(np.arange(size, dtype=np.int32), counts)
        entry = None
        if passages:
            which = np.concatenate([np.arange(c) for c in counts]).astype(np.int32)
            table = pa.table({"row": rows, "start": 10 * which, "end": 10 * which + 10})
            pq.write_table(table, home / "fake.passages.parquet")
            entry = file_entry(folder, home / "fake.passages.parquet")
        made = VectorsEntry(len(vectors), file_entry(folder, home / "fake.npy"), entry)
        parts.append(Part(f"{number:05d}", size, FileEntry("none", 0, ""), vectors={"fake": made}))
        every.append(vectors)
        owners.append(rows + base)
        base += size
    manifest = Manifest(
        name="vectors",
        language="en",
        part_size=1,
        fields=(),
        parts=tuple(parts),
        annotators={},
        sources=(),
        rejected={},
        mended={},
        options={},
        next_part=len(parts),
        dense={"fake": DenseEntry({"kind": "fake"}, "passages" if passages else "first", {"kind": "exact"})},
    )
    return folder, manifest, np.concatenate(every), np.concatenate(owners)
