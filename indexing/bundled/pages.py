"""The classifiers of topic and format, as the program uses them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from indexing.taxonomy import FORMATS, SPELLINGS, TOPICS

if TYPE_CHECKING:
    from indexing.bundled.linear import Classifier
    from indexing.bundled.reading import Read

#: The classes in the order of the published classifiers.
CLASSES = {"topic": TOPICS, "format": FORMATS}

Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


def model_path(name: str) -> Path:
    """Where the weights lie."""
    return Path(__file__).parent / f"{name}.npz"


def spelled(name: str, label: str) -> str:
    """A published label as this program spells it."""
    return label if label in CLASSES[name] else SPELLINGS[label]


def classify(name: str, texts: Read, addresses: Read) -> tuple[Numbers, Shares]:
    """The likeliest class of each text and its probability, NaN where nothing in the text is known."""
    scores = _loaded(name).scores(texts, addresses).astype(np.float64)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers.argmax(axis=1), powers.max(axis=1) / powers.sum(axis=1)


@functools.cache
def _loaded(name: str) -> Classifier:
    from indexing.bundled.linear import load

    return load(model_path(name))
