"""What a recogniser of published ratings is: how its files are known, and how their columns become fields.

Reading files, joining them with a corpus, counting faults and writing are done for every system by
`indexing.importing`; a system only declares.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.masking import mask
from indexing.readers.contract import Records, Rejection, Values
from indexing.tally import EXAMPLES, Tally

#: The flat (dotted) names of a file's columns.
Names: TypeAlias = Collection[str]
Mask: TypeAlias = npt.NDArray[np.bool_]

_DETAIL = 120


class Cells:
    """One block of a ratings file while it is converted; what is wrong with its values is counted by reason."""

    def __init__(self, records: Records, path: str, tally: Tally) -> None:
        self._records = records
        self.path = path
        self._tally = tally

    def quietly(self) -> Cells:
        """The same cells for a second look at what is counted already."""
        return Cells(self._records, self.path, Tally())

    @property
    def rows(self) -> int:
        """The number of records."""
        return self._records.rows

    @property
    def untyped(self) -> bool:
        """Whether the format knows no types, so that texts may be numbers."""
        return self._records.untyped

    def column(self, name: str) -> Values:
        """The values of a column, all null where the block lacks it."""
        return self._records.columns.get(name, pa.nulls(self.rows))

    def fault(self, reason: str, name: str, where: Mask) -> None:
        """Count values that become null, or are kept with a doubt."""
        rows = np.flatnonzero(where)
        if not len(rows):
            return
        values = self.column(name)
        shown = [(int(row), values[row]) for row in rows[:EXAMPLES].tolist()]
        examples = [Rejection(reason, self.path, int(self._records.lines[row]), _detail(name, v)) for row, v in shown]
        self._tally.add(examples)
        self._tally.count(reason, len(rows) - len(examples))


def _detail(name: str, value: Any) -> str:
    held = value.as_py() if isinstance(value, pa.Scalar) else value
    return mask(f"{name} is {held!r}"[:_DETAIL])


@dataclass(frozen=True)
class Whole:
    """A whole corpus, for what can be said only of all its documents: code points of each text, in row order."""

    lengths: Callable[[], npt.NDArray[np.int64]]


#: Fields with their values, one a document.
Made: TypeAlias = list[tuple[Field, pa.Array]]


@dataclass(frozen=True, kw_only=True)
class Rating:
    """Columns of a file that become fields.

    `convert` turns a block into one array per field, of the field's type, null where a document has no value; None
    keeps the column as it is, its type found in its values. `finish`, where there is one, gets what `convert` gave
    (of any number and type) once more, over all documents in row order, and makes the fields of it.
    """

    columns: tuple[str, ...]
    fields: tuple[Field, ...]
    convert: Callable[[Cells, Rating], list[pa.Array]] | None = None
    finish: Callable[[Rating, list[pa.Array], Whole], Made] | None = None


@dataclass(frozen=True, kw_only=True)
class System:
    """A way in which ratings are published.

    `version` changes when the same columns become other values. `origin` gives the system's name for a file with these
    columns at this path, None where it is another's. `plan` says what becomes of the columns. `ids` are columns that
    may hold the document's id, before the usual ones. `lengths` gives the code points of the rated texts, where the
    ratings tell. `json_columns` hold objects as text. A file of a system that `lists` documents names those of which
    its field is true; it is false of all others. `cuts_text` says that a text in the file need not be the document's
    whole text, nor begin as it does.
    """

    name: str
    title: str
    version: str = "1"
    origin: Callable[[Names, str], str | None]
    plan: Callable[[Names], list[Rating]]
    ids: tuple[str, ...] = ()
    lengths: Callable[[Cells, Names], pa.Array | None] | None = None
    json_columns: tuple[str, ...] = ()
    lists: bool = False
    cuts_text: bool = False


def named_by(name: str, *columns: str) -> Callable[[Names, str], str | None]:
    """`origin` of a system whose files have all these columns."""
    return lambda names, path: name if set(columns) <= set(names) else None


def kept(column: str, **about: Any) -> Rating:
    """A column that is kept under its published name, with what is known of it."""
    name = about.pop("name", column)
    return Rating(columns=(column,), fields=(Field(name=name, type="text", **about),))
