"""Running an annotator by a model on a few texts, as the jobs do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from indexing.annotate import fit, run
from indexing.annotators import Given, by_name


def rate(
    name: str, model: Path, texts: list[str | None], *, batch_tokens: int | None = None, urls: list[str] | None = None
) -> dict[str, list[Any]]:
    """The values of each field, in order."""
    annotator = by_name(name)
    settings = fit(annotator, [], {"model": str(model)})
    columns = {"text": pa.array(texts, pa.large_string())}
    if urls is not None:
        columns["url"] = pa.array(urls, pa.large_string())
    made = run(annotator, settings, columns, len(texts), Given(str(model), "cpu", batch_tokens))
    return {field.name: array.to_pylist() for field, array in zip(annotator.fields, made, strict=True)}
