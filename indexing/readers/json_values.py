"""JSON files that are one array of objects, or objects written over several lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.readers import contract
from indexing.readers.compression import Damaged, stream
from indexing.readers.contract import Block, Reader, Rejection, SourceFile
from indexing.readers.json_lines import ObjectsBlock

#: A file is read up to where it is nested deeper: parsers follow no further.
_LEVELS = 1000
_STRUCTURE = np.isin(np.arange(256), np.frombuffer(b'"[{]},', np.uint8))
_STEPS = np.zeros(256, np.int64)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


@dataclass(frozen=True, kw_only=True)
class ValuesBlock(ObjectsBlock):
    """The JSON of whole values; `first` is the number of the first one."""

    values: tuple[bytes, ...]

    def pieces(self) -> Iterable[bytes]:
        """The values."""
        return self.values

    @property
    def size(self) -> int:
        """Bytes of the values."""
        return sum(map(len, self.values))

    def head(self) -> Block:
        """The first values."""
        return replace(self, values=self.values[: contract.HEAD_ROWS])


def cut_values(file: SourceFile) -> Iterator[Block]:
    """Cut between values; what cannot be told apart at the end of the file is one rejection."""
    held = _Held(file)
    rejection = None
    try:
        for value in _values(stream(Path(file.path))):
            held.add(value)
            if held.size >= contract.BLOCK_BYTES:
                yield held.block()
    except Damaged as error:
        rejection = ("truncated_archive", str(error))
    except OSError as error:
        rejection = ("unreadable_file", str(error))
    except ValueError as error:
        rejection = ("invalid_json", f"the file is not read from here on: {error}")
    if rejection is not None:
        last = Rejection(rejection[0], file.path, held.first + len(held.values), rejection[1])
        yield held.block().with_rejection(last)
    elif held.values:
        yield held.block()


class _Held:
    """Values that have not been made a block yet, their bytes, and the number of the first of them."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.first, self.size = 1, 0
        self.values: list[bytes] = []

    def add(self, value: bytes) -> None:
        self.values.append(value)
        self.size += len(value)

    def block(self) -> ValuesBlock:
        """Give away what is held."""
        block = ValuesBlock(file=self.file, first=self.first, values=tuple(self.values))
        self.first, self.size = self.first + len(self.values), 0
        self.values = []
        return block


def _values(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The JSON of each value; a byte-order mark goes. Raises ValueError where the rest cannot be told apart."""
    start = next(chunks, b"").removeprefix(codecs.BOM_UTF8).lstrip()
    while not start and (chunk := next(chunks, None)) is not None:
        start = chunk.lstrip()
    is_array = start.startswith(b"[")
    cutter = _Cutter(is_array=is_array)
    for chunk in chain([start[1:] if is_array else start], chunks):
        yield from cutter.add(chunk)
    yield from cutter.finish()


class _Cutter:
    """Finds where values end: at the commas and the end of an array, or else where a bracket closes the outermost."""

    def __init__(self, *, is_array: bool) -> None:
        self._is_array = is_array
        self._level = int(is_array)
        self._in_text = 0
        self._escape = b""
        self._held: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> Iterator[bytes]:
        """The values that this chunk ends."""
        data = self._escape + chunk
        self._escape = b"\\" if (len(data) - len(data.rstrip(b"\\"))) % 2 else b""
        data = data.removesuffix(self._escape)
        places, kinds, levels = self._brackets_and_commas(data)
        too_deep = levels > _LEVELS
        known = int(too_deep.argmax()) if too_deep.any() else len(levels)
        start = 0
        for end in places[:known][self._is_end(kinds[:known], levels[:known])].tolist():
            yield b"".join([*self._held, data[start : end + (not self._is_array)]])
            self._held, self._size, start = [], 0, end + 1
        if known < len(levels):
            raise ValueError(f"nested in more than {_LEVELS} levels")
        self._hold(data[start:])

    def finish(self) -> Iterator[bytes]:
        """What stands behind the last value, if it is anything."""
        if self._level > 0 or self._in_text:
            raise ValueError("the file ends within a value or an array")
        rest = b"".join([*self._held, self._escape])
        if rest.strip():
            yield rest

    def _brackets_and_commas(
        self, data: bytes
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """Those outside of texts: where, which, and how deep the JSON is nested behind each."""
        # Escapes are blanked in their own length, so that places stay what they are.
        codes = np.frombuffer(data.replace(rb"\\", b"__").replace(rb"\"", b"__"), np.uint8)
        places = np.flatnonzero(_STRUCTURE[codes])
        kinds = codes[places]
        quotes = kinds == ord('"')
        in_text = (np.cumsum(quotes) + self._in_text) % 2
        self._in_text = (self._in_text + int(quotes.sum())) % 2
        outside = (in_text == 0) & ~quotes
        places, kinds = places[outside], kinds[outside]
        levels = np.cumsum(_STEPS[kinds]) + self._level
        self._level = int(levels[-1]) if len(levels) else self._level
        return places, kinds, levels

    def _is_end(self, kinds: npt.NDArray[np.uint8], levels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        closed = (levels <= 0) & (_STEPS[kinds] < 0)
        return closed | ((kinds == ord(",")) & (levels == 1)) if self._is_array else closed

    def _hold(self, data: bytes) -> None:
        self._held.append(data)
        self._size += len(data)
        if self._size > contract.RECORD_BYTES:
            raise ValueError(f"a value of more than {contract.RECORD_BYTES >> 20} MiB")


JSON_VALUES = Reader(name="JSON", endings=(".json",), cut=cut_values)
