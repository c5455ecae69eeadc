"""What annotators that evaluate a published model have in common: the model's identity, and fields that name it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from corpuscope.fields import Field
from corpuscope.models.files import Found, find_again, identify
from indexing.annotators.contract import Annotator, Given, Rater, Settings
from indexing.models.loading import once

#: Makes the rater of a model, from its files, the annotator's settings and what the run gives.
Load = Callable[[Found, Settings, Given], Rater]


def annotator_by_model(
    *,
    name: str,
    model: str,
    fields: tuple[Field, ...],
    load: Load,
    cost: str,
    needs: tuple[str, ...] = ("text",),
    file: str | None = None,
    further: Callable[[str], Settings] = lambda asked: {},
) -> Annotator:
    """An annotator by the published `model`, or another with its architecture.

    `file` is the one file that is wanted of the model, where it is one that needs no device. `further` are settings
    that the name of the model decides.
    """

    def fit(batches: Iterable[pa.RecordBatch], options: Mapping[str, Any]) -> Settings:
        asked = options.get("model") or model
        return {**identify(asked, file=file), **further(asked)}

    def open_(settings: Settings, given: Given) -> Rater:
        key = (name, json.dumps(settings, sort_keys=True), given)
        rater: Rater = once(key, lambda: load(find_again(settings, given.model, file=file), settings, given))
        return rater

    return Annotator(
        name=name,
        version="1",
        fields=fields,
        needs=needs,
        open=open_,
        on_device=file is None,
        fit=fit,
        describe=lambda settings: tuple(_by(field, settings) for field in fields),
        options=("model",),
        cost=cost,
        warm_up="loading the model",
        requires="transformers" if file is None else "",
    )


def _by(field: Field, settings: Settings) -> Field:
    """The field with the model that made it in its source."""
    if "model" in settings:
        return replace(field, source=f"{field.source} Rated by {settings['model']}, revision {settings['revision']}.")
    if "sha256" in settings:
        by = f"Rated by a model from a folder; SHA-256 of its files {settings['sha256']}."
        return replace(field, source=f"{field.source} {by}")
    return field
