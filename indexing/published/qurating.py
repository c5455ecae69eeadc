"""QuRatedPajama: four ratings of each text, and of each of its windows of 512 tokens.

Columns: the card of princeton-nlp/QuRatedPajama-1B_tokens_for_analysis; method: Wettig et al., 2024 (QuRating).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.published.contract import Cells, Names, Rating, System, kept
from indexing.published.spans import Doubles
from indexing.published.values import doubles, from_doubles, numbers
from indexing.readers.contract import Values

STEMS = ("writing_style", "facts_and_trivia", "educational_value", "required_expertise")

_LENGTHS = "chunk_lengths"
_SOURCE = "QuRating (Wettig et al., 2024), princeton-nlp/QuRatedPajama."
AUTHORS = (
    "Unbounded logits, to be compared within a corpus; the authors report biases by topic, role, region and language"
)
_CHUNKED = f"Ratings are of windows of 512 tokens, not of the document. {AUTHORS}."
_SLICED = f"A row may be a slice of 1,024 tokens of a longer document. {AUTHORS}."


def _origin(names: Names, path: str) -> str | None:
    rated = sum(f"{stem}_average" in names or f"{stem}_chunks" in names for stem in STEMS)
    return "qurating" if rated >= 2 else None


def _plan(names: Names) -> list[Rating]:
    plan = [_average(stem) for stem in STEMS if f"{stem}_average" in names]
    plan += [_chunks(stem, weighted=_LENGTHS in names) for stem in STEMS if f"{stem}_chunks" in names]
    about = {
        "length": "Tokens of the text (Llama 2).",
        "source_domain": "Set of SlimPajama that the text comes from.",
        "cluster_id": "Cluster of the text among CommonCrawl or C4 texts (k-means, k = 25).",
        "cluster_no": "Cluster of the text, numbered by size.",
    }
    return plan + [kept(name, meaning=meaning, source=_SOURCE) for name, meaning in about.items() if name in names]


def _average(stem: str) -> Rating:
    name = f"{stem}_average"
    about = f"{stem.replace('_', ' ').capitalize()}: mean over the text's windows, weighted by their tokens."
    field = Field(name=name, type="double", meaning=about, source=_SOURCE, caveat=_SLICED)
    return Rating(columns=(name,), fields=(field,), convert=numbers)


def _chunks(stem: str, *, weighted: bool) -> Rating:
    name, words = f"{stem}_chunks", stem.replace("_", " ").capitalize()
    says = {"mean": "mean, weighted by their tokens", "min": "the least", "max": "the greatest"}
    fields = tuple(
        Field(
            name=f"{name}.{what}",
            type="double",
            meaning=f"{words} of the text's windows: {how}.",
            source=_SOURCE,
            caveat=_CHUNKED,
        )
        for what, how in says.items()
        if weighted or what != "mean"
    )
    return Rating(columns=(name, _LENGTHS) if weighted else (name,), fields=fields, convert=_per_chunk)


def _per_chunk(cells: Cells, rating: Rating) -> list[pa.Array]:
    """Least and greatest of a list of ratings; with lengths its weighted mean before them."""
    ratings, counts = _lists(cells.column(rating.columns[0]))
    made = [_reduced(np.minimum, ratings, counts), _reduced(np.maximum, ratings, counts)]
    if len(rating.columns) > 1:
        lengths, lengths_counts = _lists(cells.column(rating.columns[1]))
        cells.fault("other_number_of_chunk_lengths", rating.columns[1], counts != lengths_counts)
        same = counts == lengths_counts
        weights = np.zeros(len(ratings))
        weights[np.repeat(same, counts)] = lengths[np.repeat(same, lengths_counts)]
        total = _reduced(np.add, weights, counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            made.insert(0, np.where(same, _reduced(np.add, ratings * weights, counts) / total, np.nan))
    return [from_doubles(values) for values in made]


def _lists(values: Values) -> tuple[Doubles, np.ndarray]:
    """The numbers of all lists in one array, and how many each row has."""
    target = pa.large_list(pa.float64())
    held = pa.array(values, target) if isinstance(values, list) else values.cast(target)
    counts = pc.fill_null(pc.list_value_length(held), 0).to_numpy(zero_copy_only=False)
    return doubles(held.flatten()), counts


def _reduced(ufunc: np.ufunc, values: Doubles, counts: np.ndarray) -> Doubles:
    """`ufunc` over the values of each row, NaN where a row has none (or one of them is null)."""
    out = np.full(len(counts), np.nan)
    some = counts > 0
    if some.any():
        out[some] = ufunc.reduceat(values, np.concatenate(([0], np.cumsum(counts)))[:-1][some])
    return out


QURATING = System(name="qurating", title="QuRating", origin=_origin, plan=_plan)
