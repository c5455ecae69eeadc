"""The year of a document."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.annotators.contract import Annotator, Settings

FIELD = Field(
    name="year",
    type="int",
    origin="year",
    meaning="Year of the document's date, in UTC.",
    source="`date`",
    caveat="What the date stands for (written, published, crawled) is the source's choice.",
    unit="year",
    range=(1.0, 9999.0),
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Take the year of each timestamp."""
    date = batch.column("date")
    return [pc.year(date) if pa.types.is_timestamp(date.type) else pa.nulls(len(date), pa.int64())]


YEAR = Annotator(
    name="year",
    version="1",
    fields=(FIELD,),
    needs=("date",),
    annotate=annotate,
    cost="many million documents a second",
)
