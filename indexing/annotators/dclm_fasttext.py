"""High quality by the fastText classifier that chose DCLM-Baseline.

mlfoundations/fasttext-oh-eli5: words and pairs of words, trained on instructions (OpenHermes) and answers (ELI5)
against pages of RefinedWeb; labels, input and threshold: mlfoundations/dclm, commit 361714bd,
baselines_configs/fasttext_filter.yaml and its enrichers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from corpuscope.errors import UsageError
from corpuscope.models.files import Found
from indexing.annotators.by_model import annotator_by_model
from indexing.annotators.contract import Given, Rated, Rater, Settings
from indexing.annotators.fasttext_file import read_word_ngrams
from indexing.annotators.fasttext_ngrams import WordNgramModel
from indexing.published.dclm import QUALITY

MODEL = "mlfoundations/fasttext-oh-eli5"
FILE = "openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train.bin"
_HIGH, _LOW = "hq", "cc"

FIELD = replace(
    QUALITY,
    name="dclm_fasttext_score",
    origin="dclm_fasttext",
    caveat=f"{QUALITY.caveat} Trained on English pages. Null where there is no text.",
)


class DclmRater:
    """The probability of high quality of each text, read as one line."""

    def __init__(self, model: WordNgramModel) -> None:
        if sorted(model.labels) != [_LOW, _HIGH]:
            raise UsageError(f"The model has the labels {', '.join(model.labels)} where hq and cc are wanted.")
        self._model = model

    def prepare(self, batch: pa.RecordBatch) -> list[str | None]:
        """The texts as lines; None where there is nothing but white space."""
        return [one_line(text) for text in batch.column("text").to_pylist()]

    def rate(self, prepared: list[str | None]) -> Rated:
        """Where the likelier label is `cc`, what is left of its probability."""
        known = np.array([line is not None for line in prepared], np.bool_)
        chances, words = self._model.predict([line for line in prepared if line is not None])
        high, low = (chances[:, self._model.labels.index(label)].astype(np.float64) for label in (_HIGH, _LOW))
        scores = np.zeros(len(prepared))
        scores[known] = np.where(high > low, high, 1.0 - low)
        return Rated([pa.array(scores, pa.float64(), mask=~known)], words)


def one_line(text: str | None) -> str | None:
    """As published: white space taken off both ends, lines joined by spaces."""
    line = " ".join((text or "").strip().splitlines())
    return line or None


def _load(found: Found, settings: Settings, given: Given) -> Rater:
    return DclmRater(WordNgramModel(read_word_ngrams(found.files[0])))


DCLM_FASTTEXT = annotator_by_model(
    name="dclm_fasttext",
    model=MODEL,
    file=FILE,
    fields=(FIELD,),
    load=_load,
    cost="some MB of text a second on one core; several GB of weights, shared by all workers",
)
