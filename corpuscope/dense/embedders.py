"""The embedders: minilm, whose weights are installed; static, distilled from it; and any of sentence-transformers.

What identifies an embedder (`describe`) stands in the manifest of a corpus and opens it again (`open_embedder`), on
this machine or on another.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope.dense import minilm, sentence_model, static
from corpuscope.dense.embedder import Embedder, Side, Vectors, stacked
from corpuscope.dense.sentence_model import SentenceTransformersEmbedder
from corpuscope.dense.windows import passages
from corpuscope.errors import CorpuscopeError, InvalidQuery
from corpuscope.models.batching import Budget, Ids, evaluate, padded
from corpuscope.models.files import Found, find, find_again, identify

MINILM, STATIC, SENTENCE_TRANSFORMERS = "minilm", "static", "sentence-transformers"
#: Tokens that all-MiniLM-L6-v2 was published to read.
_MINILM_TOKENS = 256
#: Of a long text so many characters are tokenised at first: they are more than that many tokens, or all are.
_CHARACTERS = 8 * _MINILM_TOKENS
#: Tokens of a batch, padding counted.
BATCH_TOKENS = 8_192
_ODD = re.compile(r"[^A-Za-z0-9.-]+")


def describe(asked: str) -> tuple[str, dict[str, Any]]:
    """The name and what identifies an embedder asked for as minilm, static, a hub id or a folder.

    Raises a CorpuscopeError for one that cannot be had. Plain JSON: of a model also its prompts and what it reads.
    """
    if asked == MINILM:
        return MINILM, {
            "kind": MINILM,
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "sha256": minilm.SHA256,
            "dimensions": minilm.WIDTH,
            "max_tokens": _MINILM_TOKENS,
        }
    if asked == STATIC:
        return STATIC, static.description()
    identity = identify(asked, nested=True)
    name = _ODD.sub("-", str(identity.get("model") or Path(asked).resolve().name)).strip("-.") or "model"
    model = sentence_model.load(find(asked, nested=True, revision=identity.get("revision")).folder, "cpu", None)
    return name, {
        "kind": SENTENCE_TRANSFORMERS,
        **identity,
        **sentence_model.facts(model),
    }


def open_embedder(
    identity: Mapping[str, Any],
    *,
    device: str = "cpu",
    batch_tokens: int = BATCH_TOKENS,
    dtype: Any = None,
) -> Embedder:
    """The embedder that `describe` identified, wherever it lies now; `dtype` is how it counts (None: float32)."""
    match identity["kind"]:
        case "minilm":
            return MiniLMEmbedder(device, Budget(batch_tokens), dtype)
        case "static":
            return static.StaticEmbedder.load()
        case "sentence-transformers":
            found = _find_again(identity)
            budget = Budget(batch_tokens)
            return SentenceTransformersEmbedder(found, identity["prompts"], device, budget, dtype)
        case other:
            raise CorpuscopeError(f"This version knows no embedder of the kind {other!r}.")


def for_queries(identity: Mapping[str, Any]) -> Embedder:
    """The embedder that a corpus was embedded with, on the processor, for what is asked."""
    return _opened(json.dumps(identity, sort_keys=True))


@functools.lru_cache(2)
def _opened(identity: str) -> Embedder:
    """The embedder with this JSON, kept: one model is asked again and again."""
    return open_embedder(json.loads(identity))


def _find_again(identity: Mapping[str, Any]) -> Found:
    try:
        return find_again(identity, None, nested=True)
    except CorpuscopeError as error:
        raise InvalidQuery(f"The corpus's embedder is not on this machine: {error}") from None


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 as it was published, on a processor or a GPU."""

    dimensions = minilm.WIDTH
    max_tokens: int | None = _MINILM_TOKENS

    def __init__(self, device: str = "cpu", budget: Budget | None = None, dtype: Any = None) -> None:
        self._model = minilm.loaded(device, dtype)
        self._device = device
        self._budget = budget or Budget(BATCH_TOKENS)

    def prepare(self, texts: Sequence[str], side: Side) -> list[Ids]:  # noqa: ARG002  # one for both
        """The numbers of each text's tokens; of a long text no more is looked at than they can come from."""
        found = self._tokens([text[:_CHARACTERS] for text in texts])
        short = [i for i, ids in enumerate(found) if len(ids) < _MINILM_TOKENS and len(texts[i]) > _CHARACTERS]
        for i, ids in zip(short, self._tokens([texts[i] for i in short]), strict=True):
            found[i] = ids
        return found

    def _tokens(self, texts: list[str]) -> list[Ids]:
        encoded = minilm.tokenizer(_MINILM_TOKENS).encode_batch_fast(texts)
        return [np.array(encoding.ids, np.int32) for encoding in encoded]

    def embed(self, items: Sequence[Ids]) -> Vectors:
        """The vectors of tokenised texts."""
        return stacked(evaluate(items, self._forward, self._budget), self.dimensions)

    def passages(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Passages of as many tokens as the model reads."""
        found = self._model.offsets(texts)
        return [passages(o, _MINILM_TOKENS - 2, len(t)) for o, t in zip(found, texts, strict=True)]

    def _forward(self, items: list[Ids]) -> Sequence[Any]:
        import torch

        ids, mask = padded(items, 0)
        inside = None if mask.all() else torch.from_numpy(mask.astype(np.bool_)).to(self._device)
        with torch.inference_mode():
            return list(self._model.sentences(torch.from_numpy(ids).to(self._device), inside).cpu().numpy())
