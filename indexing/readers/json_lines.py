"""JSON Lines: one object a line, lines ending at the line feed only."""

from __future__ import annotations

import codecs
import json
import math
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from indexing.readers import contract
from indexing.readers.compression import Damaged, stream
from indexing.readers.contract import Block, Reader, Records, Rejection, SourceFile, Values, records_of
from indexing.readers.flattening import KEPT_LEVELS, empty_deepest, flatten

#: Integers from here on are read as floating point by the quick parser.
_BIG = 2.0**63


@dataclass(frozen=True, kw_only=True)
class ObjectsBlock(Block):
    """JSON values of a file, not parsed yet; `first` is the number of the first one."""

    @abstractmethod
    def pieces(self) -> Iterable[bytes]:
        """The JSON of each value."""

    def decode(self) -> Records:
        """Parse every value and keep the objects."""
        import orjson

        parsed = _Parsed()
        for number, line in enumerate(self.pieces(), self.first):
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError:
                self._examine(line, number, parsed)
                continue
            self._take(value, line, number, parsed, quick=True)
        columns = parsed.columns()
        lines = np.array(parsed.numbers, np.int64)
        rejections = (*parsed.rejections, *self.rejections)
        return records_of(self, columns, lines, rejections=rejections, mended=tuple(parsed.mended))

    def _take(self, value: Any, line: bytes, number: int, parsed: _Parsed, *, quick: bool) -> None:
        """Keep an object, mended unless it is of the quick parser; anything else is no record."""
        if type(value) is not dict:
            parsed.rejections.append(self.reject("not_an_object", number, type(value).__name__))
            return
        if empty_deepest(value):
            parsed.mended.append(self.reject("nested_too_deep", number, f"more than {KEPT_LEVELS} levels"))
        if not quick:
            value, fields = mend_values(value)
            parsed.mended += [self.reject("not_a_finite_number", number, f"field {field}") for field in fields]
        parsed.keep(value, line, number)

    def _examine(self, line: bytes, number: int, parsed: _Parsed) -> None:
        """Name what is wrong with a line that the quick parser refused, or keep it where it can be kept."""
        if not line.strip():
            return
        try:
            value = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            parsed.rejections.append(self.reject("invalid_utf8", number, f"byte {error.start}"))
        except ValueError as error:
            parsed.rejections.append(self.reject("invalid_json", number, str(error)))
        except RecursionError:
            parsed.rejections.append(self.reject("invalid_json", number, "nested too deeply to be read"))
        else:
            self._take(value, line, number, parsed, quick=False)


@dataclass(frozen=True, kw_only=True)
class LinesBlock(ObjectsBlock):
    """Whole lines of a file; `first` is the number of the first one."""

    data: bytes

    def pieces(self) -> Iterable[bytes]:
        """The lines."""
        return self.data.split(b"\n")

    @property
    def size(self) -> int:
        """Bytes of the lines."""
        return len(self.data)

    def head(self) -> Block:
        """The first lines."""
        end = self.data.find(b"\n", contract.HEAD_BYTES)
        return self if end < 0 else replace(self, data=self.data[:end])


class _Parsed:
    """The objects of a block as they come, with their lines."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.numbers: list[int] = []
        self.rejections: list[Rejection] = []
        self.mended: list[Rejection] = []

    def keep(self, value: dict[str, Any], line: bytes, number: int) -> None:
        self.objects.append(value)
        self.raw.append(line)
        self.numbers.append(number)

    def columns(self) -> dict[str, Values]:
        """Flat columns, in which integers beyond 64 bits are whole."""
        columns = flatten(transpose(self.objects))
        suspects = {row for values in columns.values() for row in _huge(values)}
        if not suspects:
            return columns
        for row in suspects:
            self.objects[row] = _whole_numbers(self.raw[row]) or self.objects[row]
        return flatten(transpose(self.objects))


def transpose(objects: list[dict[str, Any]]) -> dict[str, Values]:
    """Objects -> a column of values for every key, keys in the order of their first use."""
    keys = dict.fromkeys(chain.from_iterable(objects))
    return {key: [value.get(key) for value in objects] for key in keys}


def _whole_numbers(line: bytes) -> dict[str, Any] | None:
    """The object of a line with its integers whole; None where it is nested too deeply for this parser."""
    try:
        value = json.loads(line)
    except RecursionError:
        return None
    empty_deepest(value)
    return mend_values(value)[0]


def mend_values(record: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Put null in place of NaN and infinities; also name the fields in which one was found."""
    found: dict[str, None] = {}

    def walk(node: Any, name: str) -> Any:
        if isinstance(node, dict):
            return {(key := _storable(k)): walk(inner, f"{name}.{key}") for k, inner in node.items()}
        if isinstance(node, list):
            return [walk(inner, name) for inner in node]
        if isinstance(node, float) and not math.isfinite(node):
            found[name] = None
            return None
        return node

    return {(key := _storable(k)): walk(inner, key) for k, inner in record.items()}, list(found)


def _storable(key: str) -> str:
    """A key without lone surrogates, which no column name can hold."""
    return key.encode("utf-8", "replace").decode()


def _huge(values: Values) -> Iterator[int]:
    """Rows whose number is too large for the quick parser to be trusted."""
    if isinstance(values, list) and float in set(map(type, values)):
        yield from (row for row, v in enumerate(values) if type(v) is float and (v >= _BIG or v <= -_BIG))


def cut_lines(file: SourceFile) -> Iterator[Block]:
    """Cut at line feeds; a byte-order mark goes, an over-long line is rejected without being held."""
    pieces = _Pieces()
    damage = ""
    try:
        for chunk in stream(Path(file.path)):
            yield from pieces.add(chunk, file)
    except Damaged as error:
        damage = str(error)
    except OSError as error:
        yield from pieces.finish(file, rejection=("unreadable_file", str(error)))
        return
    yield from pieces.finish(file, rejection=("truncated_archive", damage) if damage else None)


class _Pieces:
    """Bytes that have not been cut into a block yet."""

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.size = 0
        self.line = 1
        self.skipping = False
        self.started = False
        self.rejections: list[Rejection] = []

    def add(self, chunk: bytes, file: SourceFile) -> Iterator[LinesBlock]:
        if not self.started and chunk:
            chunk, self.started = chunk.removeprefix(codecs.BOM_UTF8), True
        if self.skipping:
            _, feed, chunk = chunk.partition(b"\n")
            if not feed:
                return
            self.skipping = False
            self.line += 1
        self.held.append(chunk)
        self.size += len(chunk)
        if self.size >= contract.BLOCK_BYTES:
            yield from self._cut(file, chunk)

    def _cut(self, file: SourceFile, chunk: bytes) -> Iterator[LinesBlock]:
        """Give away the whole lines that are held."""
        end = chunk.rfind(b"\n")
        if end >= 0:
            self.held[-1] = chunk[:end]
            yield self._block(file)
            self.held, self.size = [chunk[end + 1 :]], len(chunk) - end - 1
        elif self.size > contract.RECORD_BYTES:
            yield from self._drop_record(file)

    def _drop_record(self, file: SourceFile) -> Iterator[LinesBlock]:
        """Reject the line that is being held; it goes on, so skip to its end."""
        head, feed, _ = b"".join(self.held).rpartition(b"\n")
        self.held = [head]
        if feed:
            yield self._block(file)
        detail = f"more than {contract.RECORD_BYTES >> 20} MiB"
        self.rejections.append(Rejection("record_too_large", file.path, self.line, detail))
        self.held, self.size, self.skipping = [], 0, True

    def _block(self, file: SourceFile) -> LinesBlock:
        data = b"".join(self.held)
        block = LinesBlock(file=file, first=self.line, data=data, rejections=tuple(self.rejections))
        self.line += data.count(b"\n") + 1
        self.rejections = []
        return block

    def finish(self, file: SourceFile, *, rejection: tuple[str, str] | None) -> Iterator[LinesBlock]:
        """The last block; of a damaged file only the whole lines."""
        data = b"".join(self.held)
        if rejection is not None:
            data = data.rpartition(b"\n")[0]
            line = self.line + data.count(b"\n") + bool(data)
            self.rejections.append(Rejection(rejection[0], file.path, line, rejection[1]))
        if data or self.rejections:
            self.held = [data]
            yield self._block(file)


JSON_LINES = Reader(name="JSON Lines", endings=(".jsonl", ".ndjson"), cut=cut_lines)
