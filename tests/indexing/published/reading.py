"""Ratings files as they are read, without a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope.fields import Field
from indexing.progress import SilentStep
from indexing.published import SYSTEMS, Whole, group
from indexing.published.collect import collect
from indexing.published.collected import Collected
from indexing.published.files import find


@dataclass(frozen=True)
class Ratings:
    origin: str
    fields: dict[str, Field]
    columns: dict[str, list[Any]]
    found: Collected

    @property
    def rejected(self) -> dict[str, int]:
        return {reason: reject.count for reason, reject in self.found.tally.result().items()}

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]


def read(*paths: Path, lengths: Sequence[int] = ()) -> Ratings:
    """The ratings of the one system that the files are of, for documents in the files' order."""
    files = find([str(p) for p in paths], json_columns=[n for s in SYSTEMS for n in s.json_columns])
    ((origin, (system, own)),) = group(files).items()
    found = collect(system, own, with_texts=True, step=SilentStep())
    fields, columns = {}, {}
    for rating, arrays in found.ratings():
        whole = Whole(lambda: np.array(lengths))
        made = rating.finish(rating, arrays, whole) if rating.finish else zip(rating.fields, arrays, strict=True)
        for field, values in made:
            assert values.type == field.arrow_type and len(values) == found.rows
            fields[field.name], columns[field.name] = field, values.to_pylist()
    return Ratings(origin, fields, columns, found)
