"""Quality, domain and kind of content by the classifiers of NeMo Curator.

nvidia/quality-classifier-deberta, domain-classifier (both Apache-2.0), content-type-classifier-deberta (NVIDIA Open
Model License): DeBERTa-v3-base under one head. Lengths, network and columns: NVIDIA/NeMo-Curator, commit ecd5c579,
classifiers; labels stand in the model's config.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from corpuscope.errors import UsageError
from corpuscope.fields import Field
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Annotator, Given, Rater, Settings
from indexing.published.nemo_curator import LABELS


@dataclass(frozen=True)
class Kind:
    """A classifier: the published column that it makes, and how much of a text it reads."""

    column: str
    characters: int
    tokens: int


KINDS = {
    "nemo_quality": Kind("quality_pred", 6_000, 1_024),
    "nemo_domain": Kind("domain_pred", 2_000, 512),
    "nemo_content_type": Kind("content_pred", 5_000, 1_024),
}


def labels_of(config: dict[str, Any]) -> list[str]:
    """The labels in the order of the outputs, which differs between models and is never to be guessed."""
    named = config.get("id2label")
    if not isinstance(named, dict) or sorted(named, key=int) != [str(i) for i in range(len(named))]:
        raise UsageError("The model's config.json has no id2label, so its classes have no names; use a later revision.")
    return [str(named[str(i)]) for i in range(len(named))]


def _fields(name: str, kind: Kind) -> tuple[Field, Field]:
    about, model = LABELS[kind.column]
    source = f"NVIDIA NeMo Curator, {model}."
    read = f"Reads the first {kind.tokens:,} tokens of the first {kind.characters:,} characters."
    caveat = f"{read} Null where there is no text."
    label = Field(name=name, type="text", origin=name, meaning=about, source=source, caveat=caveat)
    chance = Field(
        name=f"{name}_prob",
        type="double",
        origin=name,
        meaning="Probability that the model gives to that label.",
        source=source,
        caveat=caveat,
        range=(0.0, 1.0),
        bins=tuple(i / 20 for i in range(21)),
    )
    return label, chance


def _load(found: Found, settings: Settings, given: Given, *, kind: Kind) -> Rater:
    from indexing.models.classifiers import likeliest
    from indexing.models.deberta import load_one_head
    from indexing.models.loading import load_config
    from indexing.models.rater import encoder_rater
    from indexing.models.texts import one_window, readable

    labels = labels_of(load_config(found.folder))

    def texts(batch: pa.RecordBatch) -> list[str | None]:
        return [readable(text and text[: kind.characters]) for text in batch.column("text").to_pylist()]

    def columns(results: list[list[np.ndarray] | None]) -> list[pa.Array]:
        best, chances = likeliest([None if r is None else r[0] for r in results], labels)
        return [pa.array(best, pa.string()), pa.array(chances, pa.float64())]

    build = partial(load_one_head, classes=len(labels))
    return encoder_rater(
        found, given, build=build, cut=partial(one_window, most=kind.tokens), columns=columns, texts=texts
    )


def _annotator(name: str) -> Annotator:
    kind = KINDS[name]
    return annotator_by_model(
        name=name,
        model=LABELS[kind.column][1],
        fields=_fields(name, kind),
        load=partial(_load, kind=kind),
        cost=f"a DeBERTa of 12 layers, 184 M parameters, over {kind.tokens:,} tokens a document",
    )


NEMO_QUALITY = _annotator("nemo_quality")
NEMO_DOMAIN = _annotator("nemo_domain")
NEMO_CONTENT_TYPE = _annotator("nemo_content_type")
