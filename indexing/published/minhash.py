"""RedPajama-V2: MinHash signatures, joined to clusters of near duplicates within this corpus.

A signature for a similarity is cut into bands; two documents are near duplicates when one band of both is the same
(togethercomputer/RedPajama-Data, commit 6d2cee9d, README.md and app/src/run_lsh.py). Texts with fewer than 13
words have none.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.published.contract import Cells, Made, Names, Rating, System, Whole
from indexing.published.redpajama_v2_signals import SOURCE
from indexing.typed_columns import listed

_PREFIX = "signature_sim"
_SIZES = (1.0, 2.0, 3.0, 5.0, 10.0, 100.0, 1000.0, 10_000.0)
_CAVEAT = (
    "Candidates by their signatures, not compared word by word; clusters join documents through others, so two of one "
    "cluster may be less alike; other documents of the published set are not counted."
)


def _origin(names: Names, path: str) -> str | None:
    return "redpajama_v2_minhash" if any(name.startswith(_PREFIX) for name in names) else None


def _plan(names: Names) -> list[Rating]:
    columns = sorted(name for name in names if name.startswith(_PREFIX))
    return [
        Rating(columns=(c,), fields=_fields(c.removeprefix(_PREFIX)), convert=_bands, finish=_clusters) for c in columns
    ]


def _fields(similarity: str) -> tuple[Field, Field]:
    source = f"{SOURCE} Signatures as published, joined here."
    return (
        Field(
            name=f"minhash_cluster_id_{similarity}",
            type="int",
            meaning=f"Cluster of near duplicates of similarity {similarity}: the row of its first document.",
            source=source,
            caveat=_CAVEAT,
        ),
        Field(
            name=f"minhash_cluster_size_{similarity}",
            type="int",
            meaning=f"Documents of this corpus in the cluster of near duplicates of similarity {similarity}.",
            source=source,
            caveat=_CAVEAT,
            bins=_SIZES,
        ),
    )


def _bands(cells: Cells, rating: Rating) -> list[pa.Array]:
    """A 64-bit hash for each band of each document: two bands share one by chance once in 2**64 pairs."""
    values = cells.column(rating.columns[0])
    rows = values.to_pylist() if isinstance(values, pa.Array) else values
    parts = chain.from_iterable(row for row in rows if row)
    digests = b"".join(blake2b(part, digest_size=8).digest() for part in map(_bytes, parts))
    lengths = pa.array([None if not row else len(row) for row in rows], pa.int32())
    return [listed(pa.array(np.frombuffer(digests, np.int64)), lengths)]


def _bytes(part: bytes | str) -> bytes:
    return part.encode() if isinstance(part, str) else part


def _clusters(rating: Rating, made: list[pa.Array], whole: Whole) -> Made:
    """Join documents that share a band; say of each the first of its cluster and the cluster's size."""
    (bands,) = made
    widths = pc.fill_null(pc.list_value_length(bands), 0).to_numpy(zero_copy_only=False)
    hashes = bands.flatten().to_numpy(zero_copy_only=False)
    starts = np.cumsum(widths) - widths
    pairs = [_same(hashes, starts, np.flatnonzero(widths > band), band) for band in range(int(max(widths, default=0)))]
    first = _first_of_cluster(len(bands), pairs)
    sizes = np.bincount(first, minlength=len(bands))[first] if len(bands) else first
    none = widths == 0
    return [(f, pa.array(v, pa.int64(), mask=none)) for f, v in zip(rating.fields, (first, sizes), strict=True)]


_Ints = npt.NDArray[np.int64]


def _same(hashes: _Ints, starts: _Ints, rows: _Ints, band: int) -> tuple[_Ints, _Ints]:
    """Each row with the first row that has the same hash in this band."""
    _, firsts, which = np.unique(hashes[starts[rows] + band], return_index=True, return_inverse=True)
    return rows, rows[firsts[which]]


def _first_of_cluster(rows: int, pairs: list[tuple[_Ints, _Ints]]) -> _Ints:
    """The first row of the component of each row, over all pairs."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not pairs:
        return np.arange(rows, dtype=np.int64)
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(rows, rows))
    _, labels = connected_components(graph, directed=False)
    _, firsts = np.unique(labels, return_index=True)
    return np.asarray(firsts[labels], np.int64)


MINHASH = System(
    name="redpajama_v2_minhash",
    title="RedPajama-V2 MinHash signatures",
    origin=_origin,
    plan=_plan,
    ids=("id", "doc_id"),
)
