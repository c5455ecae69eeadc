"""Length in characters."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.annotators.contract import Annotator, Settings

BINS = (0.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0, 300_000.0, 1_000_000.0)

FIELD = Field(
    name="characters",
    type="int",
    origin="characters",
    meaning="Length of the text in Unicode code points.",
    source="Computed from the text as it is.",
    caveat="A letter with combining marks counts as several.",
    unit="characters",
    range=(0.0, float(2**63 - 1)),
    bins=BINS,
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Count code points."""
    return [pc.utf8_length(batch.column("text")).cast(pa.int64())]


CHARACTERS = Annotator(
    name="characters",
    version="1",
    fields=(FIELD,),
    needs=("text",),
    annotate=annotate,
    cost="about 2 GB of text a second",
)
