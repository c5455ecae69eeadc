"""Five kinds of toxicity by Celadon, and what its authors do with a text that has them.

PleIAs/celadon (Toxicity of the Commons, arXiv 2410.22587): DeBERTa-v3-small with five heads of four classes; scale,
order and decision: Pleias/toxic-commons, commit 271dfb09, README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rater, Settings

MODEL = "PleIAs/celadon"
#: Heads in their order: field, and what it rates.
DIMENSIONS = {
    "race_origin": "race or origin",
    "gender_sex": "gender or sex",
    "religion": "religion",
    "ability": "ability",
    "violence": "violence",
}
#: Labels with what the authors do with such a text.
ACTIONS = {
    "No toxicity": "keep in pre-training",
    "Mild": "add a content warning, re-insert for annealing",
    "Toxic": "rewrite, re-insert for annealing",
}
_CLASSES, _WINDOW = 4, 512
_SOURCE = "PleIAs/celadon (Toxicity of the Commons, arXiv 2410.22587)."
_CAVEAT = (
    "Trained on historical and OCR texts in nine European languages, labelled by Llama-3.1-8B-Instruct; its authors "
    "warn that it is not made for the web. It rates bias that is implied, not vulgarity. Where the authors cut a text "
    "off at 512 tokens, here every window of 512 is rated and the highest counts. Null where there is no text."
)
_SCALE = "0 objective mention or none, 1 implied, 2 clear but not aggressive, 3 overt hatred or call to violence."


def _rating(name: str, about: str) -> Field:
    return Field(
        name=f"celadon_{name}",
        type="int",
        origin="celadon",
        meaning=f"Bias or violence by {about}: {_SCALE}" if name != "violence" else f"Violence: {_SCALE}",
        source=_SOURCE,
        caveat=_CAVEAT,
        range=(0.0, 3.0),
        bins=(0.0, 1.0, 2.0, 3.0, 4.0),
    )


FIELDS = (
    *(_rating(name, about) for name, about in DIMENSIONS.items()),
    Field(
        name="celadon_total",
        type="int",
        origin="celadon",
        meaning="Sum of the five ratings.",
        source=_SOURCE,
        caveat=_CAVEAT,
        range=(0.0, 15.0),
        bins=tuple(float(i) for i in range(17)),
    ),
    Field(
        name="celadon_label",
        type="text",
        origin="celadon",
        meaning="No toxicity up to a total of 3; Mild from 4 to 6, or at 3 from a single rating; Toxic from 7.",
        source=_SOURCE,
        caveat=_CAVEAT,
    ),
    Field(
        name="celadon_action",
        type="text",
        origin="celadon",
        meaning="What the authors do with a text of this label; warnings and rewrites are written by a language model.",
        source=_SOURCE,
        caveat=_CAVEAT,
    ),
)


def decide(ratings: Sequence[int]) -> str:
    """The published label of five ratings."""
    total = sum(ratings)
    if total >= 7:
        return "Toxic"
    return "Mild" if total > 3 or max(ratings) > 2 else "No toxicity"


def _load(found: Found, settings: Settings, given: Given) -> Rater:
    from indexing.models.deberta import load_five_heads
    from indexing.models.rater import encoder_rater
    from indexing.models.texts import marked_windows

    build = partial(load_five_heads, heads=len(DIMENSIONS), classes=_CLASSES)
    return encoder_rater(found, given, build=build, cut=partial(marked_windows, size=_WINDOW), columns=_columns)


def _columns(results: list[list[np.ndarray] | None]) -> list[pa.Array]:
    """The class of each head, the highest of a text's windows, and the decision on them."""
    rated = [None if r is None else np.stack(r).argmax(axis=2).max(axis=0).tolist() for r in results]
    labels = [None if ratings is None else decide(ratings) for ratings in rated]
    heads = [pa.array([r and r[head] for r in rated], pa.int64()) for head in range(len(DIMENSIONS))]
    total = pa.array([r and sum(r) for r in rated], pa.int64())
    actions = [None if label is None else ACTIONS[label] for label in labels]
    return [*heads, total, pa.array(labels, pa.string()), pa.array(actions, pa.string())]


CELADON = annotator_by_model(
    name="celadon",
    model=MODEL,
    fields=FIELDS,
    load=_load,
    cost="a DeBERTa of 6 layers, 141 M parameters, over the whole text",
)
