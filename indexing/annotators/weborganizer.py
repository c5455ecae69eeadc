"""Topic and format of a page by WebOrganizer's classifiers.

WebOrganizer/TopicClassifier and FormatClassifier (Wettig et al., 2025), with the address, and their -NoURL variants
without: gte-base-en-v1.5 with 24 outputs. Input, length and order of labels: CodeCreator/WebOrganizer, commit
87b50f38, annotate_data/domains.py.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Annotator, Given, Rater, Settings
from indexing.published.weborganizer import SOURCE
from indexing.taxonomy import FORMATS, TOPICS

_MOST = 8192
_WITHOUT_ADDRESS = "-nourl"
_CAVEAT = (
    "Reads the first 8,192 tokens of address and text; a document without an address is rated by its text alone, for "
    "which the -NoURL variant is made. Trained on English web pages. Null where there is no text."
)


def further(asked: str) -> Settings:
    """What a model of this name reads; the two variants have the same architecture, and only their names differ."""
    return {"reads": "text" if asked.rstrip("/").lower().endswith(_WITHOUT_ADDRESS) else "url and text"}


def inputs(batch: pa.RecordBatch, *, with_address: bool) -> list[str | None]:
    """The address, an empty line and the text, or the text alone; None where there is no text."""
    from indexing.models.texts import readable

    texts = [readable(text) for text in batch.column("text").to_pylist()]
    if not with_address:
        return texts
    addresses = [readable(address) for address in batch.column("url").to_pylist()]
    return [f"{a}\n\n{t}" if a and t else t for a, t in zip(addresses, texts, strict=True)]


def _fields(name: str, what: str) -> tuple[Field, Field]:
    likeliest = Field(
        name=name,
        type="text",
        origin=name,
        meaning=f"{what.capitalize()} of the page, one of 24.",
        source=SOURCE,
        caveat=_CAVEAT,
    )
    confidence = Field(
        name=f"{name}_confidence",
        type="double",
        origin=name,
        meaning=f"Probability that the model gives to that {what}.",
        source=SOURCE,
        caveat=_CAVEAT,
        range=(0.0, 1.0),
        bins=tuple(i / 20 for i in range(21)),
    )
    return likeliest, confidence


def _load(found: Found, settings: Settings, given: Given, *, labels: tuple[str, ...]) -> Rater:
    from indexing.models.classifiers import likeliest
    from indexing.models.gte_new import load_new
    from indexing.models.rater import encoder_rater
    from indexing.models.texts import one_window

    def columns(results: list[list[np.ndarray] | None]) -> list[pa.Array]:
        best, chances = likeliest([None if r is None else r[0] for r in results], labels)
        return [pa.array(best, pa.string()), pa.array(chances, pa.float64())]

    return encoder_rater(
        found,
        given,
        build=partial(load_new, outputs=len(labels)),
        cut=partial(one_window, most=_MOST),
        columns=columns,
        texts=partial(inputs, with_address=settings["reads"] != "text"),
    )


def _annotator(name: str, what: str, model: str, labels: tuple[str, ...]) -> Annotator:
    return annotator_by_model(
        name=name,
        model=model,
        fields=_fields(name, what),
        load=partial(_load, labels=labels),
        needs=("text", "url"),
        further=further,
        cost="an encoder of 12 layers, 140 M parameters, over up to 8,192 tokens a document",
    )


WEBORGANIZER_TOPIC = _annotator("weborganizer_topic", "topic", "WebOrganizer/TopicClassifier", TOPICS)
WEBORGANIZER_FORMAT = _annotator("weborganizer_format", "format", "WebOrganizer/FormatClassifier", FORMATS)
