"""Reads all files of one system: ratings block by block, with what tells which document each row is about."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.errors import ImportRefused
from indexing.layouts import choose
from indexing.progress import Step
from indexing.published.collected import Collected, Made
from indexing.published.contract import Cells, Rating, System
from indexing.published.files import RatingsFile
from indexing.readers.contract import Records, Values
from indexing.readers.flattening import as_text
from indexing.typed_columns import column_of, valid_texts

#: Code points of a text's beginning by which rows are compared with documents.
PREFIX = 32


def id_column(system: System, file: RatingsFile) -> str | None:
    """The column of a file that holds the documents' ids, None where it has none."""
    own = next((name for name in system.ids if name in file.names), None)
    return own or choose(file.names).id


def prefixes_of(texts: Values) -> pa.Array:
    """How each text begins, white space before it aside."""
    plain = texts_of(texts)
    return pc.utf8_slice_codeunits(pc.utf8_ltrim_whitespace(plain), 0, PREFIX)


def texts_of(values: Values) -> pa.Array:
    """Values of any type as texts, as a build spells ids."""
    if isinstance(values, pa.Array) and (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return valid_texts(values, pa.large_string())[0]
    if isinstance(values, pa.Array):
        held = column_of(values).values
        values = [as_text(value) for value in held.to_pylist()]
    return pa.array([as_text(value) for value in values], pa.large_string())


def collect(system: System, files: Sequence[RatingsFile], *, with_texts: bool, step: Step) -> Collected:
    """Everything that the files of a system say; `with_texts` also how their texts begin."""
    reader = _Collector(system, files, with_texts=with_texts)
    with _no_search_for_cycles():
        for file in files:
            for records in reader.read(file):
                step.advance(records.rows)
    return reader.collected


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Parsed JSON is many small objects without cycles; looking for some takes twice as long as parsing them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Collector:
    """The plan of a system, which grows with the columns that are met, and what came of it."""

    def __init__(self, system: System, files: Sequence[RatingsFile], *, with_texts: bool) -> None:
        self._system = system
        self._with_texts = with_texts
        self._names: dict[str, None] = {}
        self._plan: dict[str, Rating] = {}
        self.collected = Collected()
        self._extend([name for file in files for name in file.names])

    def read(self, file: RatingsFile) -> Iterator[Records]:
        """Take a file in, block by block."""
        id_name, text_name = id_column(self._system, file), choose(file.names).text if self._with_texts else None
        used = {id_name, text_name} | {column for rating in self._ratings() for column in rating.columns}
        self.collected.begin(file.path, [name for name in file.names if name not in used | {choose(file.names).text}])
        for records in file.blocks(lambda name: name in used):
            self._take(records, file.path, id_name, text_name)
            yield records

    def _ratings(self) -> list[Rating]:
        return list(dict.fromkeys(self._plan.values()))

    def _extend(self, names: Sequence[str]) -> None:
        """Plan for columns not met before; a field that is planned stays as it is."""
        new = [name for name in names if name not in self._names]
        if not new:
            return
        self._names |= dict.fromkeys(new)
        for rating in self._system.plan(self._names):
            if not any(field.name in self._plan for field in rating.fields):
                self._plan |= {field.name: rating for field in rating.fields}

    def _take(self, records: Records, path: str, id_name: str | None, text_name: str | None) -> None:
        self._extend(list(records.columns))
        self.collected.unreadable = self.collected.unreadable or next(iter(records.rejections), None)
        self.collected.tally.add([*records.rejections, *records.mended])
        cells = Cells(records, path, self.collected.tally)
        made = {rating: self._made(cells, rating) for rating in self._ratings()}
        held = records.columns
        self.collected.add(
            path,
            records.lines,
            made,
            ids=texts_of(held[id_name]) if id_name is not None and id_name in held else None,
            prefixes=prefixes_of(held[text_name]) if text_name is not None and text_name in held else None,
            lengths=self._system.lengths(cells.quietly(), held) if self._system.lengths else None,
        )

    @staticmethod
    def _made(cells: Cells, rating: Rating) -> Made:
        if rating.convert is not None:
            try:
                return rating.convert(cells, rating)
            except (pa.ArrowException, TypeError, ValueError) as error:
                why = str(error).partition("\n")[0].rstrip(".")
                raise ImportRefused(
                    f"The column {rating.columns[0]!r} of {cells.path} holds other values than this kind of ratings "
                    f"has ({why}); nothing was imported."
                ) from None
        (name,) = rating.columns
        column = column_of(cells.column(name), untyped=cells.untyped)
        for reason in {reason for reason, _ in column.mended}:
            where = np.zeros(cells.rows, np.bool_)
            where[[row for other, row in column.mended if other == reason]] = True
            cells.fault(reason, name, where)
        return column
