"""Length in words, counted on the bytes of a whole batch at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.fields import Field
from indexing.annotators.buffers import text_bytes
from indexing.annotators.contract import Annotator, Settings

BINS = (0.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 100_000.0)

FIELD = Field(
    name="words",
    type="int",
    origin="words",
    meaning="Number of words: longest runs of characters that are not white space.",
    source="Computed from the text as it is; equal to len(text.split()) in Python.",
    caveat="Languages written without spaces (Chinese, Japanese, Thai ...) have far fewer words by this count.",
    unit="words",
    range=(0.0, float(2**63 - 1)),
    bins=BINS,
)

_ASCII_SPACE = np.zeros(256, bool)
_ASCII_SPACE[[*range(0x09, 0x0E), *range(0x1C, 0x21)]] = True
#: White space beyond ASCII as str.split() knows it, in UTF-8: two bytes by (lead, last), three by (lead, middle, last).
_TWO_BYTES = ((0xC2, (0x85, 0xA0)),)
_THREE_BYTES = (
    (0xE1, 0x9A, (0x80,)),
    (0xE2, 0x80, (*range(0x80, 0x8B), 0xA8, 0xA9, 0xAF)),
    (0xE2, 0x81, (0x9F,)),
    (0xE3, 0x80, (0x80,)),
)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Count the places where white space, or the start of the text, is followed by something else."""
    column = batch.column("text")
    data, offsets = text_bytes(column)
    space = _white_space(data)
    begins = ~space
    begins[1:] &= space[:-1]
    first = offsets[:-1][offsets[:-1] < offsets[1:]]
    begins[first] = ~space[first]
    counts = np.diff(np.searchsorted(np.flatnonzero(begins), offsets))
    return [pa.array(counts.astype(np.int64), mask=np.asarray(column.is_null()))]


def _white_space(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which bytes belong to a white space character."""
    space = _ASCII_SPACE[data]
    for lead, lasts in _TWO_BYTES:
        at = np.flatnonzero(data[:-1] == lead)
        at = at[np.isin(data[at + 1], lasts)]
        space[at] = space[at + 1] = True
    for lead, middle, lasts in _THREE_BYTES:
        at = np.flatnonzero((data[:-2] == lead) & (data[1:-1] == middle))
        at = at[np.isin(data[at + 2], lasts)]
        space[at] = space[at + 1] = space[at + 2] = True
    return space


WORDS = Annotator(
    name="words",
    version="1",
    fields=(FIELD,),
    needs=("text",),
    annotate=annotate,
    cost="about 500 MB of text a second",
)
