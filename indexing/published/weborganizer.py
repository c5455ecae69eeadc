"""WebOrganizer Corpus-200B: arrays beside the shards of documents, one value a document, without ids.

Layout: CodeCreator/WebOrganizer, commit 87b50f38, README.md; topics and formats: `indexing.taxonomy`.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.published.contract import Cells, Names, Rating, System
from indexing.published.values import by_number, doubles, from_doubles, labels, numbers
from indexing.taxonomy import FORMATS, SPELLINGS, TOPICS

SOURCE = "WebOrganizer (Wettig et al., 2025), CodeCreator/WebOrganizer, commit 87b50f38."
_DOMAINS = {"domains_topics": ("topic", TOPICS), "domains_formats": ("format", FORMATS)}
_OWN = re.compile(r"(domains_(topics|formats|clusters-k\d+)|scores_(dclm-fasttext|fineweb-edu))(__\w+)?")


def is_own(name: str) -> bool:
    """Whether a folder or file is named like an array of the published corpus."""
    return _OWN.fullmatch(name) is not None


def _origin(names: Names, path: str) -> str | None:
    return "weborganizer" if names and all(is_own(name) for name in names) else None


def _plan(names: Names) -> list[Rating]:
    return [_rating(name) for name in names]


def _rating(column: str) -> Rating:
    base, _, what = column.partition("__")
    if base in _DOMAINS:
        name, choices = _DOMAINS[base]
        if what == "logits":
            about = f"Probability of the likeliest {name}: softmax of the published logits."
            field = Field(name=f"{name}.confidence", type="double", meaning=about, source=SOURCE, range=(0.0, 1.0))
            return Rating(columns=(column,), fields=(field,), convert=_confidence)
        spellings = by_number(choices) | {short: long for short, long in SPELLINGS.items() if long in choices}
        field = Field(name=name, type="text", meaning=f"{name.capitalize()} of the page, one of 24.", source=SOURCE)
        return Rating(columns=(column,), fields=(field,), convert=lambda c, r: [labels(c, column, spellings)])
    kind = "int" if base.startswith("domains") or what == "rounded" else "double"
    about = f"{'Cluster' if base.startswith('domains') else 'Score'} of the page: {column.partition('_')[2]}."
    field = Field(name=column, type="int" if kind == "int" else "double", meaning=about, source=SOURCE)
    return Rating(columns=(column,), fields=(field,), convert=numbers)


def _confidence(cells: Cells, rating: Rating) -> list[pa.Array]:
    """Softmax of each row of logits, its greatest value."""
    (column,) = rating.columns
    rows = cells.column(column)
    width = len(TOPICS)
    if not isinstance(rows, pa.Array) or not pa.types.is_fixed_size_list(rows.type) or rows.type.list_size != width:
        cells.fault("not_24_logits", column, np.ones(cells.rows, np.bool_))
        return [pa.nulls(cells.rows, pa.float64())]
    logits = doubles(rows.flatten()).reshape(-1, width)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return [from_doubles(powers.max(axis=1) / powers.sum(axis=1))]


WEBORGANIZER = System(name="weborganizer", title="WebOrganizer", origin=_origin, plan=_plan)
