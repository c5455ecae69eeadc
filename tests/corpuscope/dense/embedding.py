"""An embedder for tests whose vectors tell what they are of: one dimension a letter, and no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpuscope.dense.embedder import Side, Vectors, normalised
from corpuscope.dense.windows import passages


class LetterEmbedder:
    """How often each of the letters a to p occurs; a word is a token, and it reads eight of them."""

    dimensions = 16
    max_tokens: int | None = 8

    def __init__(self) -> None:
        self.batches: list[int] = []

    def prepare(self, texts: Sequence[str], side: Side) -> list[list[str]]:  # noqa: ARG002
        return [text.split()[:8] for text in texts]

    def embed(self, items: Sequence[list[str]]) -> Vectors:
        self.batches.append(len(items))
        out = np.zeros((len(items), 16), np.float32)
        for line, words in zip(out, items, strict=True):
            for letter in "".join(words).lower():
                if "a" <= letter <= "p":
                    line[ord(letter) - ord("a")] += 1
        return normalised(out)

    def passages(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        out = []
        for text in texts:
            offsets, at = [], 0
            for word in text.split():
                at = text.index(word, at)
                offsets.append((at, at + len(word)))
                at += len(word)
            out.append(passages(offsets, 8, len(text)))
        return out
