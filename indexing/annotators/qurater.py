"""Four criteria of quality by QuRater.

princeton-nlp/QuRater-1.3B (Wettig et al., 2024): Sheared-LLaMA-1.3B with four outputs. Order of outputs: its card;
windows and means: princeton-nlp/QuRating, commit b5a12030, data_tools/qurater_annotate.py.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rater, Settings
from indexing.published.qurating import AUTHORS, STEMS

#: The published model's outputs, in their order; published columns stand in another.
OUTPUTS = ("writing_style", "required_expertise", "facts_and_trivia", "educational_value")
assert sorted(OUTPUTS) == sorted(STEMS)
_WINDOW = 512

_CAVEAT = f"{AUTHORS}. Trained on English texts of at most 512 tokens. Null where there is no text."

FIELDS = tuple(
    Field(
        name=f"qurater_{stem}",
        type="double",
        origin="qurater",
        meaning=f"{stem.replace('_', ' ').capitalize()}: mean over windows of 512 tokens, weighted by their tokens.",
        source="QuRating (Wettig et al., 2024), princeton-nlp/QuRater-1.3B.",
        caveat=_CAVEAT,
        bins=(-10.0, -8.0, -6.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0),
    )
    for stem in OUTPUTS
)


def weighted_mean(scores: np.ndarray, lengths: list[int]) -> np.ndarray:
    """Mean of the windows' scores (windows x outputs), weighted by their tokens."""
    mean: np.ndarray = np.average(scores.astype(np.float64), axis=0, weights=lengths)
    return mean


def _load(found: Found, settings: Settings, given: Given) -> Rater:
    from indexing.models.causal import last_token_scores
    from indexing.models.rater import encoder_rater
    from indexing.models.texts import windows

    build = partial(last_token_scores, outputs=len(OUTPUTS))
    cut = partial(windows, size=_WINDOW)
    return encoder_rater(found, given, build=build, cut=cut, columns=_columns, with_sizes=True)


def _columns(results: list[list[tuple[np.ndarray, int]] | None]) -> list[pa.Array]:
    means = [None if r is None else weighted_mean(np.stack([s for s, _ in r]), [n for _, n in r]) for r in results]
    return [
        pa.array([None if mean is None else float(mean[output]) for mean in means], pa.float64())
        for output in range(len(OUTPUTS))
    ]


QURATER = annotator_by_model(
    name="qurater",
    model="princeton-nlp/QuRater-1.3B",
    fields=FIELDS,
    load=_load,
    cost="a LLaMA of 1.3 B parameters over the whole text; a GPU",
)
