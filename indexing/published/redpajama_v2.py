"""RedPajama-V2: the quality signals that stand beside each shard of documents.

Names, scales and formulas: togethercomputer/RedPajama-Data, commit 6d2cee9d, README.md and
app/src/core/quality_signals; the numbers of UT1 categories: app/src/artifacts/update_resources.py and
configs/rp_v2.0.conf there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.published.contract import Cells, Names, Rating, System
from indexing.published.redpajama_v2_signals import LINE_RULES, SIGNALS, SOURCE
from indexing.published.spans import document_lengths, document_value, is_plain, per_line, whole_document
from indexing.published.values import by_number, doubles, from_doubles, labels

#: The categories of the UT1 lists that were used; a signal names a combination of them by its number.
UT1 = (
    "adult", "agressif", "agressive", "arjel", "chat", "dating", "ddos", "filehosting", "gambling", "mixed_adult",
    "phishing", "porn", "violence",
)  # fmt: skip

_BUCKETS = ("head", "middle", "tail")
_COLUMN = "quality_signals"
_WORDS = "rps_doc_word_count"
_IMPORTANCE = "an importance weight adds up over the words of a document, so it grows with its length"


def _origin(names: Names, path: str) -> str | None:
    signals = any(_signal(name) for name in names)
    return "redpajama_v2" if signals or (_COLUMN in names and "id" in names) else None


def _signal(name: str) -> str | None:
    """The signal that a column holds, in whatever object it stands."""
    bare = name.rpartition(".")[2]
    return bare if bare in SIGNALS or bare in LINE_RULES else None


def _plan(names: Names) -> list[Rating]:
    columns = {signal: name for name in names if (signal := _signal(name))}
    return [rating for signal, column in columns.items() for rating in _ratings(signal, column, columns)]


def _ratings(signal: str, column: str, columns: dict[str, str]) -> Iterator[Rating]:
    if signal in LINE_RULES:
        yield _lines(signal, column)
    elif signal == "ccnet_bucket":
        yield Rating(columns=(column,), fields=(_field(signal, type="text", range=None),), convert=_bucket)
    elif signal == "rps_doc_ut1_blacklist":
        yield _ut1(signal, column)
    elif signal == "ccnet_perplexity":
        log = _field(signal, "log10", meaning="Decimal logarithm of the perplexity.", range=None, bins=None)
        yield Rating(columns=(column,), fields=(_field(signal), log), convert=_with_logarithm)
    elif "_importance" in signal and _WORDS in columns:
        about = f"{SIGNALS[signal].meaning} Divided by {_WORDS}."
        word = _field(signal, "per_word", type="double", meaning=about, caveat=f"Divided here, as {_IMPORTANCE}.")
        yield Rating(columns=(column, columns[_WORDS]), fields=(_field(signal), word), convert=_with_share)
    else:
        yield Rating(columns=(column,), fields=(_field(signal),), convert=whole_document)


def _field(signal: str, derived: str = "", **changes: Any) -> Field:
    known = SIGNALS[signal]
    name = f"{signal}.{derived}" if derived else signal
    about: dict[str, Any] = {"type": known.type, "meaning": known.meaning, "range": known.range, "bins": known.bins}
    return Field(**about | {"name": name, "source": SOURCE} | changes)


def _lines(signal: str, column: str) -> Rating:
    rule = LINE_RULES[signal]
    caveat = "Published for each line; a line without a score is left out."
    about = partial(Field, caveat=caveat, type="double", source=SOURCE)
    failing = f"Share of lines that fail: {rule.says}"
    fields = (
        about(name=f"{signal}.mean", meaning=f"Mean over the lines: {rule.meaning}"),
        about(name=f"{signal}.min", meaning=f"Least over the lines: {rule.meaning}", type=rule.least),
        about(name=f"{signal}.share", meaning=failing, source=f"{SOURCE} Rule: {rule.source}.", range=(0.0, 1.0)),
    )
    return Rating(columns=(column,), fields=fields, convert=per_line(rule.fails))


def _bucket(cells: Cells, rating: Rating) -> list[pa.Array]:
    (column,) = rating.columns
    if is_plain(cells, column):
        return [labels(cells, column, by_number(_BUCKETS))]
    number = document_value(cells, column, Field(name=column, type="int", range=SIGNALS["ccnet_bucket"].range))
    return [pa.array(_BUCKETS).take(number)]


def _with_logarithm(cells: Cells, rating: Rating) -> list[pa.Array]:
    (value,) = whole_document(cells, rating)
    numbers = doubles(value)
    with np.errstate(divide="ignore", invalid="ignore"):
        return [value, from_doubles(np.log10(numbers))]


def _with_share(cells: Cells, rating: Rating) -> list[pa.Array]:
    """An importance weight, and what of it falls on a word."""
    value = document_value(cells, rating.columns[0], rating.fields[0])
    words = doubles(document_value(cells.quietly(), rating.columns[1], _field(_WORDS)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return [value, from_doubles(doubles(value) / words)]


def _ut1(signal: str, column: str) -> Rating:
    number = _field(signal, type="int", range=(0.0, float(2 ** len(UT1) - 2)))
    about = "Categories of the page's domain in the UT1 blacklists; none where the domain is not listed."
    names = _field(signal, "categories", type="text", multi=True, meaning=about, range=None)
    return Rating(columns=(column,), fields=(number, names), convert=_categories)


def _categories(cells: Cells, rating: Rating) -> list[pa.Array]:
    number = document_value(cells, rating.columns[0], rating.fields[0])
    return [number, _ut1_sets().take(number)]


@cache
def _ut1_sets() -> pa.Array:
    """The categories that each number means: all combinations, the small ones first, each in alphabetical order."""
    sets = [list(chosen) for size in range(1, len(UT1) + 1) for chosen in combinations(UT1, size)]
    return pa.array(sets, pa.list_(pa.string()))


def _lengths(cells: Cells, names: Names) -> pa.Array | None:
    columns = sorted(name for name in names if _signal(name) in SIGNALS)
    return document_lengths(cells, tuple(columns)) if columns else None


REDPAJAMA_V2 = System(
    name="redpajama_v2",
    title="RedPajama-V2 quality signals",
    origin=_origin,
    plan=_plan,
    ids=("id", "doc_id"),
    lengths=_lengths,
    json_columns=(_COLUMN,),
)
