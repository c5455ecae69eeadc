"""Length in words, counted on the bytes of a whole batch at once."""

from __future__ import annotations

import itertools

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

#: What a byte is: white space, the first byte of a character that may be white space, or neither.
_SPACE, _LEAD = 1, 2
_CLASS = np.zeros(256, np.uint8)
_CLASS[[*range(0x09, 0x0E), *range(0x1C, 0x21)]] = _SPACE
_CLASS[[0xC2, 0xE1, 0xE2, 0xE3]] = _LEAD
#: White space beyond ASCII as str.split() knows it.
_WIDE_SPACES = "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_TWO_BYTES, _THREE_BYTES = (
    np.array(sorted(int.from_bytes(c.encode(), "big") for c in _WIDE_SPACES if len(c.encode()) == size))
    for size in (2, 3)
)
#: Bytes looked at together: few enough for the arrays to stay in the processor's cache.
_AT_ONCE = 1 << 18


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Count words."""
    column = batch.column("text")
    data, offsets = text_bytes(column)
    counts = np.zeros(len(column), np.int64)
    cuts = np.unique(np.searchsorted(offsets, np.arange(0, len(data), _AT_ONCE)))
    for first, last in itertools.pairwise([*cuts.tolist(), len(column)]):
        bounds = offsets[first : last + 1]
        counts[first:last] = _count(data[bounds[0] : bounds[-1]], bounds - bounds[0])
    return [pa.array(counts, mask=np.asarray(column.is_null()))]


def _count(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Per row, the places where white space, or the start of the row, is followed by something else."""
    space = _white_space(data)
    begins = ~space
    begins[1:] &= space[:-1]
    first = offsets[:-1][offsets[:-1] < offsets[1:]]
    begins[first] = ~space[first]
    return np.diff(np.searchsorted(np.flatnonzero(begins), offsets))


def _white_space(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which bytes belong to a white space character."""
    classes = _CLASS[data]
    space: npt.NDArray[np.bool_] = classes == _SPACE
    leads = np.flatnonzero(classes == _LEAD)
    following = np.append(data, np.zeros(2, np.uint8))
    two = data[leads].astype(np.int32) << 8 | following[leads + 1]
    at = leads[np.isin(two, _TWO_BYTES)]
    space[at] = space[at + 1] = True
    at = leads[np.isin(two << 8 | following[leads + 2], _THREE_BYTES)]
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
