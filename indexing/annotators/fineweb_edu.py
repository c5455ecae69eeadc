"""Educational value by the classifier that chose FineWeb-Edu.

HuggingFaceFW/fineweb-edu-classifier (Apache-2.0): Snowflake/snowflake-arctic-embed-m with one output, fine-tuned on
450,000 ratings by Llama-3-70B-Instruct; method, scale and threshold: its card.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rater
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


def _load(found: Any, given: Given) -> Rater:
    from indexing.models.batching import Budget
    from indexing.models.classifiers import logits_of
    from indexing.models.devices import place
    from indexing.models.loading import load_stock, load_tokenizer
    from indexing.models.rater import ModelRater, forward_through, plain_texts
    from indexing.models.texts import first_tokens

    where = place(given.device, given.batch_tokens)
    tokenizer = load_tokenizer(found.folder)
    module = load_stock("AutoModelForSequenceClassification", found.folder, where)
    return ModelRater(
        cut=lambda texts: [[ids] for ids in first_tokens(tokenizer, texts, _MOST)],
        forward=forward_through(logits_of(module, 1), where, tokenizer.pad_token_id or 0),
        columns=_columns,
        budget=Budget(where.batch_tokens),
        texts=plain_texts,
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
