"""What a reader is: it cuts a file into blocks, and a block decodes itself into columns.

Cutting runs in one process, in order, and depends on nothing but the file; decoding runs in any worker.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

#: Raw bytes (or, for formats with rows, decoded bytes) that a block holds at least, unless its file ends.
BLOCK_BYTES = 8 << 20
#: Longest record that is read; a longer one is rejected without being held in memory.
RECORD_BYTES = 256 << 20
#: Rows and bytes of a block's head, from which a file's columns are known.
HEAD_ROWS = 1000
HEAD_BYTES = 1 << 20

#: A column as a reader found it: Python values (None is null) or an Arrow array.
Values: TypeAlias = "list[Any] | pa.Array"


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One file of a source, or a whole data set of a hub; `ordinal` counts files over the whole corpus."""

    spec: str
    path: str
    ordinal: int
    bytes: int
    reader: str

    @property
    def stem(self) -> str:
        """The file's name without folders and endings, the default value of the field `source`."""
        return self.path.rstrip("/").rpartition("/")[2].split(".")[0] or self.path


@dataclass(frozen=True)
class Rejection:
    """One record that was left out, or one value that was mended: why and where."""

    reason: str
    file: str
    line: int
    detail: str = ""


@dataclass(frozen=True)
class Records:
    """The decoded records of a block: flat columns of one length.

    `lines` holds the number of each record in its file (from 1; the line for formats with lines), `ordinals` the
    file's ordinal. `untyped` says that the format knows no types, so that texts may be numbers.
    """

    columns: Mapping[str, Values]
    lines: npt.NDArray[np.int64]
    ordinals: npt.NDArray[np.int64]
    rejections: tuple[Rejection, ...] = ()
    mended: tuple[Rejection, ...] = ()
    untyped: bool = False

    @property
    def rows(self) -> int:
        """The number of records."""
        return len(self.lines)


@dataclass(frozen=True, kw_only=True)
class Block(ABC):
    """A piece of a file, small enough to be held in memory; pickled to the worker that decodes it."""

    file: SourceFile
    first: int
    rejections: tuple[Rejection, ...] = ()

    @abstractmethod
    def decode(self) -> Records:
        """The records of this block, what was wrong with it included."""

    @property
    def size(self) -> int:
        """Bytes of the decompressed file that this block stands for, about; 0 where nobody can say."""
        return 0

    @abstractmethod
    def head(self) -> Block:
        """A small block with the first records of this one."""

    def files(self) -> tuple[SourceFile, ...]:
        """The files that this block covers."""
        return (self.file,)

    def reject(self, reason: str, line: int, detail: str = "") -> Rejection:
        """A rejection in this block's file."""
        return Rejection(reason, self.file.path, line, detail)

    def with_rejection(self, rejection: Rejection) -> Block:
        """This block with something that went wrong while it was cut."""
        return replace(self, rejections=(*self.rejections, rejection))


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A file format: its name, the endings of its files and the function that cuts them."""

    name: str
    endings: tuple[str, ...]
    cut: Callable[[SourceFile], Iterator[Block]]


def records_of(block: Block, columns: Mapping[str, Values], lines: npt.NDArray[np.int64], **rest: Any) -> Records:
    """Records that all belong to the block's file."""
    return Records(columns, lines, np.full(len(lines), block.file.ordinal, np.int64), **rest)
