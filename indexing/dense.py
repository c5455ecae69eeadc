"""The index over all vectors of an embedder: none while looking at all of them is quick, else lists of FAISS.

Exact search over the vectors as they lie is the index of most corpora. Beyond some hundred million numbers the vectors
are put into lists by the region they lie in (an inverted file), a byte a number (SQ8), of which a query looks into
some: as many as find nearly all of the true ten nearest, measured on queries from the corpus and stored with the index.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask
from corpuscope.dense.index import DenseIndex, import_faiss, read_lists, search_lists
from corpuscope.dense.stored import StoredVectors, Vector, allowed_rows, best_of
from corpuscope.manifest import DenseEntry, Manifest, file_entry
from indexing.workspace import DENSE

#: Up to so many numbers all vectors are looked at: on two cores in some 40 ms, for 384 dimensions 390,000 of them.
EXACT_NUMBERS = 150_000_000
#: The lists are made from so many vectors a list, of all parts.
_SAMPLE_A_LIST = 64
#: A query looks into as few lists as find this share of the ten nearest.
_RECALL = 0.98
_PROBES = (8, 16, 24, 32, 48, 64, 96, 128, 256)
#: When so many times the vectors are there that the lists were made for, they are made anew.
_GROWTH = 4
#: Recall is measured where everything is allowed, and where so little is.
_SHARES = (1.0, 0.1, 0.01, 0.001)
_NEAREST = 10
_ADDED_AT_ONCE = 65_536
_SEED = 7


def build_index(
    folder: Path,
    manifest: Manifest,
    name: str,
    queries: Callable[[], Sequence[Vector]],
    *,
    before: DenseEntry | None = None,
    exact_numbers: int = EXACT_NUMBERS,
) -> DenseEntry:
    """Index all vectors of an embedder, whose entry the manifest has; what was indexed `before` is gone on with.

    `queries` gives the vectors of what may be asked, for measuring recall.
    """
    entry = manifest.dense[name]
    stored = StoredVectors.open(folder, manifest, name)
    if len(stored) * stored.dimensions <= exact_numbers:
        return DenseEntry(entry.embedder, entry.passages, {"kind": "exact", "vectors": len(stored)})
    target = folder / DENSE / name / f"lists-{_digest(manifest, name)}.faiss"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(_make(folder, stored, before), target)
    asked = list(queries())
    lists = read_lists(target)
    probes = _enough_probes(lists, stored, asked)
    index = DenseIndex(stored, _Opened(lists, probes))
    told = {
        "kind": f"IVF{lists.nlist},SQ8",
        "vectors": len(stored),
        "trained_on": _trained_for(before, len(stored)),
        "lists": lists.nlist,
        "probes": probes,
        "recall": {f"{share:g}": round(recall(index, asked, _drawn(stored.documents, share)), 4) for share in _SHARES},
        "queries": len(asked),
    }
    return DenseEntry(entry.embedder, entry.passages, told, file_entry(folder, target))


class _Opened:
    """Lists that are open already."""

    def __init__(self, lists: Any, probes: int) -> None:
        self._lists, self._probes = lists, probes

    def nearest(self, query: Vector, k: int, allowed: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
        """The numbers of about the k nearest vectors, of those allowed."""
        return search_lists(self._lists, query, k, self._probes, allowed)


def _make(folder: Path, stored: StoredVectors, before: DenseEntry | None) -> Any:
    """Lists that hold all vectors: those of before with the new ones added, where they still fit."""
    faiss = import_faiss()
    if _fits(before, len(stored)):
        assert before is not None
        assert before.index_file is not None
        lists = faiss.read_index(str(folder / before.index_file.path))
    else:
        lists = _train(faiss, stored)
    at = 0
    for piece in stored.pieces(_ADDED_AT_ONCE):
        new = piece[max(0, lists.ntotal - at) :]
        at += len(piece)
        if len(new):
            lists.add(np.ascontiguousarray(new, np.float32))
    return lists


def _train(faiss: Any, stored: StoredVectors) -> Any:
    count = 1 << round(math.log2(2 * math.sqrt(len(stored))))
    quantizer = faiss.IndexFlatIP(stored.dimensions)
    kind = faiss.ScalarQuantizer.QT_8bit
    lists = faiss.IndexIVFScalarQuantizer(quantizer, stored.dimensions, count, kind, faiss.METRIC_INNER_PRODUCT)
    lists.own_fields = True
    quantizer.this.disown()
    wanted = min(len(stored), _SAMPLE_A_LIST * count)
    numbers = np.linspace(0, len(stored) - 1, wanted).astype(np.int64)
    lists.train(stored.vectors(numbers))
    return lists


def _fits(before: DenseEntry | None, count: int) -> bool:
    """Whether lists were made for not much fewer vectors."""
    return before is not None and before.index_file is not None and count <= _GROWTH * int(before.index["trained_on"])


def _trained_for(before: DenseEntry | None, count: int) -> int:
    """How many vectors there were when the lists were made."""
    return int(before.index["trained_on"]) if before is not None and _fits(before, count) else count


def _write(lists: Any, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.tmp")
    import_faiss().write_index(lists, str(temporary))
    temporary.replace(target)


def _digest(manifest: Manifest, name: str) -> str:
    """Twelve digits that change with any vector."""
    made_of = "".join(part.vectors[name].vectors.sha256 for part in manifest.parts)
    return hashlib.sha256(made_of.encode()).hexdigest()[:12]


def _enough_probes(lists: Any, stored: StoredVectors, queries: Sequence[Vector]) -> int:
    """The fewest lists that find enough of the nearest."""
    for probes in _PROBES:
        if probes >= lists.nlist:
            break
        if recall(DenseIndex(stored, _Opened(lists, probes)), queries, None) >= _RECALL:
            return probes
    return int(min(_PROBES[-1], lists.nlist))


def recall(index: DenseIndex, queries: Sequence[Vector], allowed: Mask | None) -> float:
    """The mean share of the true ten nearest among the allowed documents that an index finds."""
    rows = allowed_rows(allowed, index.stored.documents)
    found = 0.0
    for query in queries:
        true, _ = best_of(rows, index.similarities(query)[rows], _NEAREST)
        near, _ = index.nearest(query, _NEAREST, allowed)
        found += len(np.intersect1d(true, near)) / max(1, len(true))
    return found / max(1, len(queries))


def _drawn(documents: int, share: float) -> Mask | None:
    """So many of the documents at random, the same ones each time; None for all of them."""
    return None if share >= 1 else np.random.default_rng(_SEED).random(documents) < share
