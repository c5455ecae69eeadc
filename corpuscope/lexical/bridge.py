"""Masks and rankings across the Java bridge, whole arrays and whole searches at a time.

A call a hit would cost more than the search, and so would a call for each of its steps, for the quickest.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.catalog.columns import Mask, Rows
from corpuscope.lexical import jvm
from corpuscope.lexical.jvm import class_object, java

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
    return _unpacked(java("java.util.Arrays").stream(hits).mapToLong(_packer()).toArray())


def make_ranker(searcher: Any) -> Any:
    """A Java function from a Lucene query and a number k to its best k documents, packed; see `best`.

    It is the expression `Arrays.stream(searcher.search(query, TopScoreDocCollector.createSharedManager(k, null, k))
    .scoreDocs).mapToLong(packer).toArray()`.
    """
    handles, method = java("java.lang.invoke.MethodHandles"), java("java.lang.invoke.MethodType").methodType
    whole, thing, things = (
        java("java.lang.Integer").TYPE,
        class_object("java.lang.Object"),
        jvm.array_class("java.lang.Object"),
    )
    query, manager = (class_object(f"org.apache.lucene.search.{name}") for name in ("Query", "CollectorManager"))
    hit, top = (class_object(f"org.apache.lucene.search.{name}") for name in ("ScoreDoc", "TopDocs"))
    hits = jvm.array_class("org.apache.lucene.search.ScoreDoc")
    stream, numbers = class_object("java.util.stream.Stream"), class_object("java.util.stream.LongStream")
    function = class_object("java.util.function.ToLongFunction")
    lookup = handles.publicLookup()

    collector = class_object("org.apache.lucene.search.TopScoreDocCollector")
    make = lookup.findStatic(collector, "createSharedManager", method(manager, [whole, hit, whole]))
    make = handles.insertArguments(make, 1, jvm.object_array("java.lang.Object", [None]))
    make = handles.permuteArguments(make, method(manager, whole), [0, 0])
    search = lookup.findVirtual(searcher.getClass(), "search", method(thing, [query, manager])).bindTo(searcher)
    found = handles.collectArguments(search, 1, make).asType(method(top, [query, whole]))
    for step in (
        lookup.findGetter(top, "scoreDocs", hits),
        lookup.findStatic(class_object("java.util.Arrays"), "stream", method(stream, things)).asType(
            method(stream, hits)
        ),
        handles.insertArguments(lookup.findVirtual(stream, "mapToLong", method(numbers, function)), 1, _packer()),
        lookup.findVirtual(numbers, "toArray", method(jvm.array_class("long"))),
    ):
        found = handles.filterReturnValue(found, step)
    as_function = java("java.lang.invoke.MethodHandleProxies").asInterfaceInstance
    return as_function(class_object("java.util.function.BiFunction"), found.asType(method(thing, [thing, thing])))


def best(ranker: Any, lucene_query: Any, k: int) -> tuple[Rows, Scores]:
    """The best k documents of a query and their scores, ties by document number."""
    return _unpacked(ranker.apply(lucene_query, java("java.lang.Integer").valueOf(k)))


def _unpacked(packed: Any) -> tuple[Rows, Scores]:
    numbers = np.asarray(packed)
    return -(numbers >> _BITS), (numbers & (2**_BITS - 1)).astype(np.int32).view(np.float32)


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
