"""A recipe: plain JSON from which an export can be made again, and which says what it was made of.

It holds the query, the columns, the masking, the versions of the program and of every field used, and the
fingerprints of the files that decided; nothing of the machine, no path and no time of day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from corpuscope import plain_json
from corpuscope.errors import UsageError
from corpuscope.manifest import write_atomically

FORMAT = 1
SUFFIX = ".recipe.json"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How an export was made.

    `query` is the Query's JSON without paging; `order` is "row", "rank", "sort" or "seed"; `suppression` counts
    the suppressions that were in force; `fingerprints` maps what was used ("documents", "index", a field's
    origin) to the SHA-256 of each part's file, for an index to its content digest. `marks` are the labels and
    bookmarks, in order, that the fields of a session came from; None where no such field was used.
    """

    program: str
    corpus: str
    query: dict[str, Any]
    fields: tuple[str, ...]
    format: str
    limit: int | None
    order: str
    masked: bool
    annotators: dict[str, str]
    fingerprints: dict[str, tuple[str, ...]]
    suppression: int
    documents_foreseen: int
    documents_written: int
    masked_spans: int
    rows_sha256: str
    file_sha256: str
    marks: tuple[dict[str, Any], ...] | None = None
    recipe: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {k: v for k, v in asdict(self).items() if k != "marks" or v is not None}

    def to_bytes(self) -> bytes:
        """The bytes of the recipe's file."""
        return plain_json.to_bytes(self.to_json())

    def write_beside(self, out: Path) -> Path:
        """Write `<out>.recipe.json`."""
        path = out.with_name(out.name + SUFFIX)
        write_atomically(path, self.to_bytes())
        return path


def load(path: Path) -> Recipe:
    """Read a recipe; raises a CorpuscopeError that says what is wrong with the file."""
    return from_json(
        plain_json.load(path, "recipe", f"an export writes one beside its file, <out>{SUFFIX}."), str(path)
    )


def from_json(data: Any, origin: str) -> Recipe:
    """The recipe with this JSON; raises a CorpuscopeError that says what is wrong with what `origin` names."""
    data = {"marks": None} | plain_json.check_kind(
        data, origin, "recipe", FORMAT
    )  # which only the recipes have that use the fields of a session
    wrong = [name for name, is_right in _SHAPES.items() if not is_right(data.get(name))]
    if wrong or set(data) != {f.name for f in fields(Recipe)}:
        raise UsageError(
            f"{origin} is a damaged recipe{f': its {wrong[0]} is not what an export writes' if wrong else ''}."
        )
    fingerprints = {k: tuple(v) for k, v in data["fingerprints"].items()}
    marks = None if data["marks"] is None else tuple(data["marks"])
    return Recipe(**data | {"fields": tuple(data["fields"]), "fingerprints": fingerprints, "marks": marks})


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _are_marks(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(v, dict) for v in value))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "corpus": lambda v: isinstance(v, str),
    "query": lambda v: isinstance(v, dict),
    "fields": _is_texts,
    "format": lambda v: isinstance(v, str),
    "limit": lambda v: v is None or (_is_count(v) and v > 0),
    "annotators": lambda v: isinstance(v, dict),
    "fingerprints": lambda v: isinstance(v, dict) and "documents" in v and all(_is_texts(x) for x in v.values()),
    "suppression": _is_count,
    "marks": _are_marks,
    "rows_sha256": lambda v: isinstance(v, str),
}
