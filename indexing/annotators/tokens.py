"""Length in tokens: exact with a named tokenizer, else estimated from the characters by language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.fields import Field
from indexing.annotators import tokenizers
from indexing.annotators.contract import Annotator, Settings

BINS = (0.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0, 1_000_000.0)

#: How much text of each language is tokenised to learn its ratio of tokens to characters.
SAMPLE_DOCUMENTS, SAMPLE_CHARACTERS = 100, 1_000

FIELD = Field(
    name="tokens",
    type="int",
    origin="tokens",
    meaning=f"Estimated number of {tokenizers.INSTALLED} tokens: characters times the language's tokens per character.",
    source=f"A sample of the corpus, tokenised by {tokenizers.INSTALLED} (mistral-common).",
    caveat="Estimated: right on average for each language, not for each document.",
    unit="tokens",
    range=(0.0, float(2**63 - 1)),
    bins=BINS,
    estimated=True,
)


def fit(batches: Iterable[pa.RecordBatch], options: Mapping[str, Any]) -> Settings:
    """Take the tokenizer that was asked for, or learn tokens per character of each language of the sample."""
    name = options.get("tokenizer")
    if name:
        tokenizers.load(name)
        return {"tokenizer": name}
    texts = _texts_by_language(batches)
    measured = {language: _measure(_spread(found)) for language, found in sorted(texts.items())}
    overall = _measure(_spread([text for found in texts.values() for text in found]))
    return {"estimated_by": tokenizers.INSTALLED, "languages": measured, "overall": overall}


def describe(settings: Settings) -> tuple[Field, ...]:
    """Say which tokenizer counted, or how good the estimate is."""
    name = settings.get("tokenizer")
    if name:
        exact = replace(FIELD, meaning=f"Number of tokens by {name}, special tokens not counted.", estimated=False)
        return (replace(exact, source=f"The tokenizer {name}.", caveat="Other tokenizers give other numbers."),)
    overall = settings.get("overall", {})
    error = overall.get("relative_error")
    if error is None:
        return (FIELD,)
    sample = f"{overall['documents']:,} documents were tokenised; relative standard error overall {error:.1%}."
    return (replace(FIELD, caveat=f"{FIELD.caveat} {sample}"),)


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Count or estimate."""
    text = batch.column("text")
    if settings.get("tokenizer"):
        counts = tokenizers.load(settings["tokenizer"])(text.fill_null("").to_pylist())
        return [pa.array(np.array(counts, np.int64), mask=np.asarray(text.is_null()))]
    ratios = _ratios(batch.column("language"), settings)
    estimate = pc.multiply(batch.column("characters").cast(pa.float64()), ratios)
    return [pc.round(estimate).cast(pa.int64())]


def _ratios(languages: pa.Array, settings: Settings) -> pa.Array:
    """Tokens per character for each row; a language that the sample had none of gets the overall ratio."""
    overall = settings["overall"]["tokens_per_character"]
    known = {name: found["tokens_per_character"] for name, found in settings["languages"].items()}
    codes = languages.cast(pa.string()).dictionary_encode()
    by_code = pa.array([known.get(name, overall) for name in codes.dictionary.to_pylist()], pa.float64())
    return pc.fill_null(by_code.take(codes.indices), overall)


def _texts_by_language(batches: Iterable[pa.RecordBatch]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for batch in batches:
        starts = pc.utf8_slice_codeunits(batch.column("text"), 0, SAMPLE_CHARACTERS)
        for text, language in zip(starts.to_pylist(), batch.column("language").to_pylist(), strict=True):
            if text:
                texts.setdefault(language or "", []).append(text)
    return texts


def _spread(texts: Sequence[str]) -> list[str]:
    """At most SAMPLE_DOCUMENTS of them, evenly spaced."""
    step = max(1.0, len(texts) / SAMPLE_DOCUMENTS)
    return [texts[int(i * step)] for i in range(min(len(texts), SAMPLE_DOCUMENTS))]


def _measure(texts: Sequence[str]) -> dict[str, float | int | None]:
    """The ratio estimator sum(tokens) / sum(characters) and its relative standard error (Cochran 1977, section 6.4)."""
    if not texts:
        return {"tokens_per_character": 0.25, "documents": 0, "relative_error": None}
    tokens = np.array(tokenizers.load(tokenizers.INSTALLED)(texts), np.float64)
    characters = np.array([len(text) for text in texts], np.float64)
    ratio = float(tokens.sum() / characters.sum())
    error = None
    if len(texts) > 1 and ratio > 0:
        residual = tokens - ratio * characters
        error = math.sqrt(float(residual @ residual) / (len(texts) - 1) / len(texts)) / float(tokens.mean())
    return {"tokens_per_character": ratio, "documents": len(texts), "relative_error": error}


TOKENS = Annotator(
    name="tokens",
    version="1",
    fields=(FIELD,),
    needs=("text", "characters", "language"),
    annotate=annotate,
    fit=fit,
    describe=describe,
    options=("tokenizer",),
    cost="nothing when estimated; about 3 MB of text a second when counted",
)
