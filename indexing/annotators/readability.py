"""How easy a text is to read, on the scale of the CLEAR corpus."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.annotators.contract import WARM_UP, Annotator, Settings
from indexing.annotators.english import RULE, may_be_english
from indexing.bundled.reading_ease import RANGE

FIELD = Field(
    name="readability",
    type="double",
    origin="readability",
    meaning="Estimated ease of reading, on the scale of CLEAR's BT easiness: higher is easier.",
    source=(
        "A linear model that comes with the program, trained on 3,388 excerpts of the CLEAR corpus (Crossley et al., "
        "2022); docs/models/readability.md."
    ),
    caveat=(
        "An estimate: on 378 excerpts of edited prose held out from training its rank correlation with teachers' "
        "judgements is 0.79 and its root mean squared error 0.62. Lists, tables and code are outside of what it knows. "
        f"Of a long text it is the mean of up to 8 windows of 1,000 characters. {RULE}"
    ),
    range=RANGE,
    bins=tuple(-5 + i / 2 for i in range(17)),
    estimated=True,
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Estimate the documents that may be English."""
    from indexing.bundled.reading_ease import estimate
    from indexing.signals.codepoints import code_points

    rows = np.flatnonzero(may_be_english(batch.column("language"), batch.column("language_score")))
    out = np.full(batch.num_rows, np.nan)
    out[rows] = estimate(code_points(batch.column("text").take(pa.array(rows))))
    return [pa.array(out, mask=np.isnan(out))]


READABILITY = Annotator(
    name="readability",
    version="1",
    fields=(FIELD,),
    needs=("text", "language", "language_score"),
    annotate=annotate,
    cost="about 2,000 web pages a second",
    warm_up=WARM_UP,
)
