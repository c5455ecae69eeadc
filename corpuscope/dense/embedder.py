"""What turns texts into vectors: the contract of every embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

#: A text is embedded as what is searched or as what is asked: models are told by a prompt which it is.
Side = Literal["document", "query"]
Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """A model of sentence embeddings on a device."""

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""

    @property
    def max_tokens(self) -> int | None:
        """Tokens that it reads of a text, special ones and the prompt counted; None for one that reads all."""

    def prepare(self, texts: Sequence[str], side: Side) -> list[Any]:
        """Each text as the model takes it, cut after `max_tokens`; an item's `len` is what it costs."""

    def embed(self, items: Sequence[Any]) -> Vectors:
        """The vectors of prepared texts, of unit length: items x dimensions."""

    def passages(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Each text in overlapping passages that the model reads whole, as code-point ranges; at least one a text."""


def encode_query(embedder: Embedder, text: str) -> npt.NDArray[np.float32]:
    """The vector of what is asked; of a pasted text that is longer than the model reads, the mean of its passages."""
    text = text.encode("utf-8", "replace").decode()
    (places,) = embedder.passages([text])
    vectors = embedder.embed(embedder.prepare([text[a:b] for a, b in places], "query"))
    return normalised(vectors.mean(axis=0))


def normalised(vectors: Vectors) -> Vectors:
    """Vectors of unit length; zero where they were."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    out: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return out


def stacked(vectors: Sequence[Any], dimensions: int) -> Vectors:
    """The vectors of a batch's items as one array."""
    return np.stack(vectors).astype(np.float32) if len(vectors) else np.empty((0, dimensions), np.float32)
