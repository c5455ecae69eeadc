"""What a field is: a named, typed, documented column of a corpus."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import pyarrow as pa

FieldType = Literal["int", "double", "bool", "text", "timestamp"]

#: Names with a meaning of their own in queries, hits and exports; no field may take them.
RESERVED = frozenset({"id", "text", "row", "rank", "score"})

ARROW_TYPES: dict[str, pa.DataType] = {
    "int": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "text": pa.string(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column: what it holds, where it came from and how to read its numbers.

    `origin` is "source" for what the source had, else the annotator's name. `bins` are histogram
    edges (ascending; bins are half-open, the last one closed); None lets the corpus choose.
    """

    name: str
    type: FieldType
    multi: bool = False
    origin: str = "source"
    meaning: str = ""
    source: str = ""
    caveat: str = ""
    unit: str = ""
    range: tuple[float, float] | None = None
    bins: tuple[float, ...] | None = None
    estimated: bool = False

    def __post_init__(self) -> None:
        if self.type not in get_args(FieldType):
            raise ValueError(f"Field {self.name!r} has the unknown type {self.type!r}.")

    @property
    def arrow_type(self) -> pa.DataType:
        """The Arrow type of the column as it is stored."""
        return pa.list_(ARROW_TYPES[self.type]) if self.multi else ARROW_TYPES[self.type]

    @property
    def column(self) -> str:
        """The column's name in its file: a computed field that had to be renamed keeps its own name there."""
        return self.name if self.origin == "source" else self.name.removeprefix(f"{self.origin}.")

    @property
    def is_year(self) -> bool:
        """Whether its numbers are years, which are ordered and no amounts."""
        return self.type == "int" and self.unit == "year"

    @property
    def is_number(self) -> bool:
        """Whether values are ordered numbers (and so have a histogram)."""
        return self.type in ("int", "double")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, without what is at its default."""
        default = asdict(Field(name=self.name, type=self.type))
        return {k: v for k, v in asdict(self).items() if k in ("name", "type") or v != default[k]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Field:
        """The field that `to_json` wrote."""
        known = dict(data)
        for key in ("range", "bins"):
            if known.get(key) is not None:
                known[key] = tuple(known[key])
        return cls(**known)
