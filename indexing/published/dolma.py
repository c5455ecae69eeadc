"""Dolma: attributes beside the documents, one file for each, ratings of the whole text or of stretches of it.

Paths, ids and spans: allenai/dolma, commit 669f5348, docs/data-format.md and python/dolma/core/data_types.py.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.published.contract import Cells, Made, Names, Rating, System, Whole
from indexing.published.spans import Spans, is_plain, spans_of
from indexing.published.values import doubles, from_doubles, number

_PREFIX = "attributes."
_FOLDER = "attributes"
_SOURCE = "Dolma toolkit (Soldaini et al., 2024), allenai/dolma, commit 669f5348."
#: A column whose texts' spans mostly end where the texts end rates documents, not stretches of them.
_MOSTLY = 0.9


def _origin(names: Names, path: str) -> str | None:
    own = [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]
    return f"dolma_{_attribute(own, path)}" if own else None


def _attribute(own: list[str], path: str) -> str:
    """The folder under `attributes`, else the experiment that most names begin with."""
    folders = PurePath(path).parts[:-1]
    if _FOLDER in folders[:-1]:
        named = folders[len(folders) - folders[::-1].index(_FOLDER)]
    else:
        named = Counter(name.partition("__")[0] for name in own).most_common(1)[0][0]
    return re.sub(r"\W+", "_", named).strip("_").lower()


def _plan(names: Names) -> list[Rating]:
    return [_rating(name) for name in names if name.startswith(_PREFIX)]


def _rating(column: str) -> Rating:
    name = column.removeprefix(_PREFIX)
    about = f"{name.replace('__', ': ').replace('_', ' ')}."
    plain = Field(name=name, type="double", meaning=f"{about[:1].upper()}{about[1:]}", source=_SOURCE)
    return Rating(columns=(column,), fields=(plain,), convert=_measured, finish=_decided)


def _measured(cells: Cells, rating: Rating) -> list[pa.Array]:
    """What either reading needs: the number of spans, where the first lies, and mean, least, most and extent."""
    (column,), (field,) = rating.columns, rating.fields
    if is_plain(cells, column):
        value = number(cells, column, field)
        none = pa.nulls(cells.rows, pa.float64())
        return [none, none, none, value, value, value, none]
    spans = spans_of(cells, column)
    return [from_doubles(values) for values in (spans.counts.astype(np.float64), *_of_spans(spans))]


def _of_spans(spans: Spans) -> list[np.ndarray]:
    rated = np.isfinite(spans.scores)
    number_rated = spans.reduced(np.add, np.ones(len(rated)), rated)
    total, least, most = (spans.reduced(ufunc, spans.scores, rated) for ufunc in (np.add, np.minimum, np.maximum))
    everywhere = np.ones(len(rated), np.bool_)
    covered = spans.reduced(np.add, spans.ends - spans.starts, everywhere)
    return [spans.first(spans.starts), spans.first(spans.ends), total / number_rated, least, most, covered]


def _decided(rating: Rating, made: list[pa.Array], whole: Whole) -> Made:
    """One number where every text has one span from its beginning and nearly all of those end with the text."""
    (field,) = rating.fields
    counts, starts, ends, mean, least, most, covered = made
    many, first, last = doubles(counts), doubles(starts), doubles(ends)
    spanned = np.nan_to_num(many) > 0
    if not spanned.any():
        return [(field, mean)]
    one = not (many[spanned] > 1).any() and not first[spanned].any()
    if one and np.mean(last[spanned] == whole.lengths()[spanned]) >= _MOSTLY:
        return [(field, mean)]
    return [
        (_part(field, "mean", "mean over the spans"), mean),
        (_part(field, "min", "least over the spans"), least),
        (_part(field, "max", "greatest over the spans"), most),
        (_part(field, "spans", "number of spans", kind="int"), counts.cast(pa.int64())),
        (_part(field, "characters", "characters in spans", kind="int"), covered.cast(pa.int64())),
    ]


def _part(field: Field, what: str, words: str, kind: str = "double") -> Field:
    return Field(
        name=f"{field.name}.{what}",
        type="int" if kind == "int" else "double",
        meaning=f"{field.meaning[:-1]}, {words}.",
        source=field.source,
        caveat="Ratings are of stretches of the text, not of the document.",
    )


DOLMA = System(name="dolma", title="Dolma attributes", origin=_origin, plan=_plan, ids=("id",))
