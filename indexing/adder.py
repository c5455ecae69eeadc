"""Whole batches of documents into a Lucene writer, a call into Java each.

A call for each step of each document took a seventh of the time of indexing; so the loop over a batch is put together
from method handles and runs in Java.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.errors import CorpuscopeError
from corpuscope.lexical import jvm
from corpuscope.lexical.analysis import CONTENTS, ID
from corpuscope.lexical.jvm import class_object, java


class Adder:
    """Adds batches of documents through one Lucene document whose fields are filled anew for each row."""

    def __init__(self, writer: Any) -> None:
        stored = java("org.apache.lucene.document.Field$Store").YES
        id_bytes = java("org.apache.lucene.util.BytesRefBuilder")()
        doc_value = java("org.apache.lucene.document.BinaryDocValuesField")(ID, id_bytes.get())
        contents = java("org.apache.lucene.document.Field")(CONTENTS, "", _contents_type())
        self._id = java("org.apache.lucene.document.StringField")(ID, "", stored)
        document = java("org.apache.lucene.document.Document")()
        for field in (self._id, doc_value, contents):
            document.add(field)
        self._add_all = _loop(writer, document, self._id, id_bytes, contents)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch (`id`, `text` and perhaps `title`) in their order.

        Raises CorpuscopeError with the id of a document that Lucene refuses.
        """
        arguments = (*_strings(batch.column("id").cast(pa.large_string())), *_strings(_contents(batch)))
        try:
            self._add_all.invokeWithArguments(jvm.object_array("java.lang.Object", arguments))
        except java("java.lang.IllegalArgumentException") as error:
            identifier = str(self._id.stringValue())
            raise CorpuscopeError(
                f"The document {identifier[:80]!r} cannot be indexed: {error.getMessage()}."
            ) from None


def _contents_type() -> Any:
    contents = java("org.apache.lucene.document.FieldType")()
    contents.setIndexOptions(java("org.apache.lucene.index.IndexOptions").DOCS_AND_FREQS_AND_POSITIONS)
    return contents


def _contents(batch: pa.RecordBatch) -> pa.Array:
    """Title, newline and text of each row."""
    contents = batch.column("text").cast(pa.large_string())
    if "title" not in batch.schema.names:
        return contents
    titles = batch.column("title").cast(pa.large_string())
    return pc.binary_join_element_wise(titles, contents, pa.scalar("\n", pa.large_string()), null_handling="skip")


def _strings(column: pa.Array) -> tuple[Any, Any, Any]:
    """Strings as they cross to Java: a `byte[]` of UTF-8, and an `int[]` of where each starts and one of its length."""
    _, offset_buffer, data_buffer = column.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(data_buffer or b"", dtype=np.int8)[offsets[0] : offsets[-1]]
    starts = (offsets - offsets[0]).astype(np.int32)
    return jvm.byte_array(data), jvm.int_array(starts[:-1]), jvm.int_array(np.diff(starts))


def _loop(writer: Any, document: Any, identifier: Any, id_bytes: Any, contents: Any) -> Any:
    """A Java method handle of `_strings` of the ids and of the contents that adds a document for each.

    In Java it would be: for (i...) { identifier.setStringValue(new String(bytes, starts[i], lengths[i], UTF_8));
    idBytes.copyChars(identifier.stringValue()); contents.setStringValue(...); writer.addDocument(document); }
    """
    handles = java("java.lang.invoke.MethodHandles")
    nothing, whole = java("java.lang.Void").TYPE, java("java.lang.Integer").TYPE
    string, characters = class_object("java.lang.String"), class_object("java.lang.CharSequence")
    column = [jvm.array_class("byte"), jvm.array_class("int"), jvm.array_class("int")]

    set_id = handles.filterReturnValue(_string_at(), _bound(identifier, "setStringValue", nothing, string))
    set_contents = handles.filterReturnValue(_string_at(), _bound(contents, "setStringValue", nothing, string))
    copy_id = handles.filterReturnValue(
        _bound(identifier, "stringValue", string),
        _bound(id_bytes, "copyChars", nothing, characters).asType(_type(nothing, string)),
    )
    add = handles.insertArguments(
        _bound(writer, "addDocument", java("java.lang.Long").TYPE, class_object("java.lang.Iterable")), 0, document
    )
    steps = (
        handles.dropArguments(set_id, 4, column),
        copy_id,
        handles.dropArguments(set_contents, 1, column),
        add.asType(_type(nothing)),
    )
    body = handles.empty(_type(nothing, whole, *column, *column))
    for step in reversed(steps):
        body = handles.foldArguments(body, step)
    rows = handles.dropArguments(handles.arrayLength(column[1]), 0, column[:1])
    return handles.countedLoop(rows, None, body)


def _string_at() -> Any:
    """`(i, bytes, starts, lengths) -> new String(bytes, starts[i], lengths[i], UTF_8)`."""
    handles = java("java.lang.invoke.MethodHandles")
    whole, numbers, data = java("java.lang.Integer").TYPE, jvm.array_class("int"), jvm.array_class("byte")
    string, charset = class_object("java.lang.String"), class_object("java.nio.charset.Charset")
    made = handles.publicLookup().findConstructor(
        string, _type(java("java.lang.Void").TYPE, data, whole, whole, charset)
    )
    made = handles.insertArguments(made, 3, java("java.nio.charset.StandardCharsets").UTF_8)
    element = handles.arrayElementGetter(numbers)
    made = handles.collectArguments(handles.collectArguments(made, 2, element), 1, element)
    return handles.permuteArguments(made, _type(string, whole, data, numbers, numbers), [1, 2, 0, 3, 0])


def _bound(owner: Any, name: str, result: Any, *arguments: Any) -> Any:
    """A method of an object as a handle."""
    lookup = java("java.lang.invoke.MethodHandles").publicLookup()
    return lookup.findVirtual(owner.getClass(), name, _type(result, *arguments)).bindTo(owner)


def _type(result: Any, *arguments: Any) -> Any:
    return java("java.lang.invoke.MethodType").methodType(result, list(arguments))
