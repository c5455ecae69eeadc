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
#: Bits of a score without its sign.
_BITS = 31


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
    packed = np.asarray(java("java.util.Arrays").stream(hits).mapToLong(_packer()).toArray())
    return -(packed >> _BITS), (packed & (2**_BITS - 1)).astype(np.int32).view(np.float32)


@cache
def _packer() -> Any:
    """A Java function from a ScoreDoc to one number: the bits of its score, less its document number times 2**31.

    The sign bit is free, as no score is below zero. Made of method handles, for it has to run in Java.
    """
    handles, types = java("java.lang.invoke.MethodHandles"), java("java.lang.invoke.MethodType")
    score_doc = java("org.apache.lucene.search.ScoreDoc").class_
    whole, real, long = java("java.lang.Integer"), java("java.lang.Float"), java("java.lang.Long")
    lookup = handles.publicLookup()

    def static(owner: Any, name: str, result: Any, *arguments: Any) -> Any:
        return lookup.findStatic(owner.class_, name, types.methodType(result.TYPE, [a.TYPE for a in arguments]))

    multiply = static(java("java.lang.Math"), "multiplyFull", long, whole, whole)
    high = handles.filterReturnValue(
        lookup.findGetter(score_doc, "doc", whole.TYPE), handles.insertArguments(multiply, 1, [whole.MIN_VALUE])
    )
    bits = handles.filterReturnValue(
        lookup.findGetter(score_doc, "score", real.TYPE), static(real, "floatToRawIntBits", whole, real)
    )
    low = bits.asType(types.methodType(long.TYPE, score_doc))
    both = handles.filterArguments(static(long, "sum", long, long, long), 0, [high, low])
    packed = handles.permuteArguments(both, types.methodType(long.TYPE, score_doc), [0, 0])
    as_function = java("java.lang.invoke.MethodHandleProxies").asInterfaceInstance
    return as_function(java("java.util.function.ToLongFunction").class_, packed)
