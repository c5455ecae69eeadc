"""How far a text can be compressed: the more it repeats itself, the further."""

from __future__ import annotations

import itertools
import zlib

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.annotators.buffers import text_bytes
from indexing.annotators.contract import Annotator, Settings

#: zlib's own default, and what the sources use.
LEVEL = 6
#: The furthest that DEFLATE compresses anything.
_FURTHEST = 1032.0

FIELD = Field(
    name="compression_ratio",
    type="double",
    origin="compression",
    meaning=f"Bytes of the text in UTF-8, divided by its bytes compressed by zlib at level {LEVEL}.",
    source=(
        "Computed as by Whisper (https://github.com/openai/whisper), which takes texts above 2.4 for repetitive; "
        "with gzip a measure of diversity in Shaib et al., 2024 (arXiv 2403.00553)."
    ),
    caveat=(
        "Grows with the length of a text, and is below 1 for the shortest; scripts of several bytes a letter compress "
        "further. Repetitions more than 32 kB apart are not seen. Null in an empty text."
    ),
    range=(0.0, _FURTHEST),
    bins=(0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 4.0, 6.0, 10.0, 30.0, 100.0, _FURTHEST),
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Compress each text; null where there is none."""
    data, offsets = text_bytes(batch.column("text"))
    sizes = np.diff(offsets)
    view = data.data
    compressed = [len(zlib.compress(view[start:end], LEVEL)) for start, end in itertools.pairwise(offsets.tolist())]
    return [pa.array(sizes / np.array(compressed, np.float64), mask=sizes == 0)]


COMPRESSION = Annotator(
    name="compression",
    version="1",
    fields=(FIELD,),
    needs=("text",),
    annotate=annotate,
    cost="about 30 MB of text a second",
)
