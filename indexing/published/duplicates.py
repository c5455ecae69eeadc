"""RedPajama-V2: the lists of exact duplicates.

A document that is listed is a later copy of another by CCNet's digest of its content
(togethercomputer/RedPajama-Data, commit 6d2cee9d, README.md and app/src/bloomfilter.py).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.published.contract import Cells, Rating, System, named_by
from indexing.published.redpajama_v2_signals import SOURCE

_LISTED = Field(
    name="is_duplicate",
    type="bool",
    meaning="Whether the document is listed as a later copy of another.",
    source=f"{SOURCE} app/src/bloomfilter.py.",
    caveat="Listed by a Bloom filter, so a few wrongly; documents of shards whose list was not imported are false too.",
)


def _listed(cells: Cells, rating: Rating) -> list[pa.Array]:
    return [pa.array(np.ones(cells.rows, np.bool_))]


DUPLICATES = System(
    name="redpajama_v2_duplicates",
    title="RedPajama-V2 list of exact duplicates",
    origin=named_by("redpajama_v2_duplicates", "shard_id", "doc_id", "digest"),
    plan=lambda names: [Rating(columns=("doc_id",), fields=(_LISTED,), convert=_listed)],
    ids=("doc_id",),
    lists=True,
)
