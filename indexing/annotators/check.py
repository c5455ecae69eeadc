"""Holding an annotator to its contract on texts chosen to be odd: for tests of annotators old and new."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from corpuscope.fields import RESERVED
from indexing.annotate import AnnotatorFault, run
from indexing.annotators import Annotator, Settings, needed_by

#: Empty, white space, controls, other line ends, combining marks, right to left, astral, without spaces, personal data.
ODD_TEXTS: tuple[str | None, ...] = (
    "The quick brown fox jumps over the lazy dog. Does it?",
    "",
    None,
    " \t\n",
    "a\x00b\u2028c\u0085d\r\ne",
    "e\u0301\u0301 \u200b\ufeff",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u202eabc",
    "\U0001f600 \U00020000\U0010ffff",
    "\u4eca\u65e5\u306f\u826f\u3044\u5929\u6c17\u3067\u3059\u306d\u3002\u3000\u660e\u65e5\u306f\uff1f",
    "Mail jane.doe@mail.net, call +49 30 1234567, or ping 8.8.8.8.",
    "word " * 3_000,
)


def check(annotator: Annotator, options: Mapping[str, Any] | None = None, *, tolerance: float = 0.0) -> None:
    """Raise AnnotatorFault if the annotator breaks its contract, saying how.

    A model's numbers may differ by `tolerance` when its batches are cut otherwise.
    """
    columns = odd_columns()
    settings = _complete(annotator, columns, options or {})
    _check_fields(annotator, settings)
    _check_values(annotator, settings, columns, tolerance)


def odd_columns(texts: Sequence[str | None] = ODD_TEXTS) -> dict[str, pa.Array]:
    """The source columns of a few documents with these texts; some values are missing."""
    rows = len(texts)
    urls = ["https://User@WWW.Example.org:80/a?b", None, "nonsense", "//host/", "example.com/x"]
    dates = [datetime(2016, 12, 31, 23, 59, tzinfo=UTC), None, datetime(1650, 1, 1, tzinfo=UTC)]
    return {
        "text": pa.array(texts, pa.large_string()),
        "title": pa.array([None if i % 3 else f"Title {i}" for i in range(rows)], pa.large_string()),
        "url": pa.array([urls[i % len(urls)] for i in range(rows)], pa.large_string()),
        "date": pa.array([dates[i % len(dates)] for i in range(rows)], pa.timestamp("us", tz="UTC")),
    }


def _complete(annotator: Annotator, columns: dict[str, pa.Array], options: Mapping[str, Any]) -> Settings:
    """Add the fields that the annotator needs from others, and fit it."""
    rows = len(columns["text"])
    for other in needed_by(annotator):
        result = run(other, _complete(other, columns, {}), columns, rows)
        columns |= {field.name: array for field, array in zip(other.fields, result, strict=True)}
    unknown = [name for name in annotator.needs if name not in columns]
    if unknown:
        raise AnnotatorFault(f"The annotator {annotator.name!r} needs {unknown[0]!r}, which nothing makes.")
    if annotator.fit is None:
        return {}
    batch = pa.RecordBatch.from_pydict({name: columns[name] for name in annotator.needs})
    return annotator.fit([batch], options)


def _check_fields(annotator: Annotator, settings: Settings) -> None:
    described = annotator.described(settings)
    if [(f.name, f.arrow_type) for f in described] != [(f.name, f.arrow_type) for f in annotator.fields]:
        raise AnnotatorFault(f"The annotator {annotator.name!r} describes other fields than it declares.")
    for field in described:
        for attribute, wrong in (
            ("name", field.name in RESERVED),
            ("origin", field.origin != annotator.name),
            ("meaning", not field.meaning),
            ("source", not field.source),
            ("bins", field.bins is not None and list(field.bins) != sorted(set(field.bins))),
        ):
            if wrong:
                value = getattr(field, attribute)
                raise AnnotatorFault(f"The field {field.name!r} of {annotator.name!r} has the {attribute} {value!r}.")


def _check_values(annotator: Annotator, settings: Settings, columns: dict[str, pa.Array], tolerance: float) -> None:
    """The same values whole, row by row, as a slice, and without the columns that a corpus may lack."""
    rows = len(columns["text"])
    whole = _values(annotator, settings, columns)
    singly = [_values(annotator, settings, {n: c.slice(i, 1) for n, c in columns.items()}) for i in range(rows)]
    joined = [[value for one in singly for value in one[f]] for f in range(len(annotator.fields))]
    if not all(
        _same(a, b, tolerance)
        for found, other in zip(whole, joined, strict=True)
        for a, b in zip(found, other, strict=True)
    ):
        raise AnnotatorFault(f"The annotator {annotator.name!r} gives other values when its batches are cut otherwise.")
    _values(annotator, settings, {name: pa.nulls(rows, column.type) for name, column in columns.items()})
    _values(annotator, settings, {"text": columns["text"]} if "text" in annotator.needs else {})
    for field, values in zip(annotator.fields, whole, strict=True):
        outside = [v for v in values if field.range and v is not None and not field.range[0] <= v <= field.range[1]]
        if outside:
            raise AnnotatorFault(f"The field {field.name!r} has the value {outside[0]!r} outside its range.")


def _values(annotator: Annotator, settings: Settings, columns: dict[str, pa.Array]) -> list[list[Any]]:
    rows = len(next(iter(columns.values()), pa.nulls(3)))
    return [array.to_pylist() for array in run(annotator, settings, columns, rows)]


def _same(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=0.0, abs_tol=tolerance) or a == b
    return bool(a == b)
