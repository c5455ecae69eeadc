"""Educational value by the classifier that chose FineWeb-Edu.

HuggingFaceFW/fineweb-edu-classifier (Apache-2.0): Snowflake/snowflake-arctic-embed-m with one output, fine-tuned on
450,000 ratings by Llama-3-70B-Instruct; method, scale and threshold: its card.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rater, Settings
from indexing.published.fineweb import SCORES

MODEL = "HuggingFaceFW/fineweb-edu-classifier"
_MOST = 512

FIELDS = tuple(
    replace(field, name=f"fineweb_edu_{name}", origin="fineweb_edu",
            caveat=f"{field.caveat} Trained on English pages. Null where there is no text.")
    for name, field in SCORES.items()
)  # fmt: skip


def int_score(score: float) -> int:
    """The published rounding: kept to 0 to 5, halves to the even number, as Python rounds."""
    return round(max(0.0, min(score, 5.0)))


def _load(found: Found, settings: Settings, given: Given) -> Rater:
    from indexing.models.classifiers import classifier
    from indexing.models.rater import encoder_rater
    from indexing.models.texts import one_window

    return encoder_rater(
        found, given, build=partial(classifier, outputs=1), cut=partial(one_window, most=_MOST), columns=_columns
    )


def _columns(results: list[list[np.ndarray] | None]) -> list[pa.Array]:
    scores = [None if found is None else float(found[0][0]) for found in results]
    whole = [None if score is None else int_score(score) for score in scores]
    return [pa.array(scores, pa.float64()), pa.array(whole, pa.int64())]


FINEWEB_EDU = annotator_by_model(
    name="fineweb_edu",
    model=MODEL,
    fields=FIELDS,
    load=_load,
    cost="a BERT of 109 M parameters over 512 tokens a document",
)
