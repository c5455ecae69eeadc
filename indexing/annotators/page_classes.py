"""What the annotators of topic and format share: two fields, the likeliest of 24 classes and its probability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field
from indexing.annotators.contract import WARM_UP, Annotator, Settings
from indexing.annotators.english import RULE, may_be_english

_SOURCE = (
    "A linear classifier that comes with the program, trained on 7,800 English web pages with labels by WebOrganizer's "
    "classifiers (Wettig et al., 2025); docs/models/topic-and-format.md."
)
_READS = "Reads the first 10,000 characters of title and text, and the address."


@dataclass(frozen=True)
class Told:
    """What a field says about how good it is."""

    good: str
    believed: str


def fields_of(name: str, told: Told) -> tuple[Field, ...]:
    """The class and its probability."""
    return (
        Field(
            name=name,
            type="text",
            origin=name,
            meaning=f"Estimated {name} of the page, the likeliest of WebOrganizer's 24.",
            source=_SOURCE,
            caveat=f"{told.good} {_READS} {RULE}",
            estimated=True,
        ),
        Field(
            name=f"{name}_confidence",
            type="double",
            origin=name,
            meaning=f"Estimated probability that `{name}` is what WebOrganizer's classifier would say.",
            source=_SOURCE,
            caveat=f"{told.believed} {RULE}",
            range=(0.0, 1.0),
            bins=tuple(i / 20 for i in range(21)),
            estimated=True,
        ),
    )


def annotator_of(name: str, told: Told) -> Annotator:
    """The annotator that classifies pages by `name`."""
    return Annotator(
        name=name,
        version="1",
        fields=fields_of(name, told),
        needs=("text", "title", "url", "language", "language_score"),
        annotate=_annotating(name),
        cost="about 2,000 web pages a second",
        warm_up=WARM_UP,
    )


def _annotating(name: str) -> Callable[[pa.RecordBatch, Settings], list[pa.Array]]:
    def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
        """Classify the documents that may be English."""
        from indexing.bundled.pages import CLASSES, classify
        from indexing.bundled.reading import read_addresses, read_texts

        rows = np.flatnonzero(may_be_english(batch.column("language"), batch.column("language_score")))
        texts, titles, urls = (batch.column(column).take(pa.array(rows)) for column in ("text", "title", "url"))
        classes, shares = classify(name, read_texts(texts, titles), read_addresses(urls))
        known = ~np.isnan(shares)
        numbers = np.zeros(batch.num_rows, np.int64)
        confidences = np.full(batch.num_rows, np.nan)
        numbers[rows] = classes
        confidences[rows[known]] = np.minimum(shares[known], 1)
        null = np.isnan(confidences)
        names = pa.array(CLASSES[name], pa.string()).take(pa.array(numbers, mask=null))
        return [names, pa.array(confidences, mask=null)]

    return annotate
