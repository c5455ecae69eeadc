"""Masks and rankings across the Java bridge, whole arrays at a time: a call a hit would cost more than the search."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.lexical import jvm
from corpuscope.lexical.jvm import java

Scores = npt.NDArray[np.float32]

_WORD_BYTES = 8


def to_bitset(mask: Mask) -> Any:
    """A Lucene FixedBitSet with the mask's rows set."""
    packed = np.packbits(mask, bitorder="little")
    words = np.zeros(-(-len(packed) // _WORD_BYTES) or 1, dtype=np.int64)
    words.view(np.uint8)[: len(packed)] = packed
    return java("org.apache.lucene.util.FixedBitSet")(jvm.long_array(words), len(mask))


def from_bitset(bits: Any, rows: int) -> Mask:
    """The mask of a Lucene FixedBitSet of that many rows."""
    words = np.asarray(bits.getBits())
    return np.unpackbits(words.view(np.uint8), count=rows, bitorder="little").view(np.bool_)


def from_score_docs(hits: Any) -> tuple[Rows, Scores]:
    """Document numbers and scores of a Java `ScoreDoc[]`."""
    arrays = java("java.util.Arrays")
    doc, score = _score_doc_getters()
    rows = np.asarray(arrays.stream(hits).mapToInt(doc).toArray())
    scores = np.asarray(arrays.stream(hits).mapToDouble(score).toArray())
    return rows.astype(np.int64), scores.astype(np.float32)


@cache
def _score_doc_getters() -> tuple[Any, Any]:
    """Java functions that read `doc` and `score` of a ScoreDoc."""
    score_doc = java("org.apache.lucene.search.ScoreDoc").class_
    lookup = java("java.lang.invoke.MethodHandles").publicLookup()
    as_function = java("java.lang.invoke.MethodHandleProxies").asInterfaceInstance
    integer, real = java("java.lang.Integer").TYPE, java("java.lang.Float").TYPE
    doc = as_function(java("java.util.function.ToIntFunction").class_, lookup.findGetter(score_doc, "doc", integer))
    score = as_function(java("java.util.function.ToDoubleFunction").class_, lookup.findGetter(score_doc, "score", real))
    return doc, score
