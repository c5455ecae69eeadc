"""The embedders: minilm, whose weights are installed; static, distilled from it; and any of sentence-transformers.

What identifies an embedder (`describe`) stands in the manifest of a corpus and opens it again (`open_embedder`), on
this machine or on another.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope.dense import minilm, static
from corpuscope.dense.embedder import Embedder, Side, Vectors, normalised
from corpuscope.dense.windows import passages
from corpuscope.errors import CorpuscopeError, InvalidQuery, UsageError
from corpuscope.models.batching import Budget, Ids, evaluate, padded
from corpuscope.models.files import Found, find, find_again, identify

MINILM, STATIC, SENTENCE_TRANSFORMERS = "minilm", "static", "sentence-transformers"
#: Embedders that need neither a hub nor a folder.
INSTALLED = (MINILM, STATIC)
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
    model = _load(find(asked, nested=True, revision=identity.get("revision")).folder, "cpu", None)
    return name, {
        "kind": SENTENCE_TRANSFORMERS,
        **identity,
        "dimensions": int(model.get_embedding_dimension()),
        "max_tokens": _max_tokens(model),
        "prompts": {side: _prompt(model, side) for side in ("document", "query")},
    }


def open_embedder(
    identity: Mapping[str, Any],
    *,
    device: str = "cpu",
    batch_tokens: int = BATCH_TOKENS,
    dtype: Any = None,
    model: str | None = None,
) -> Embedder:
    """The embedder that `describe` identified; `model` says where it is now, `dtype` how it counts (None: float32)."""
    match identity["kind"]:
        case "minilm":
            return MiniLMEmbedder(device, Budget(batch_tokens), dtype)
        case "static":
            return static.StaticEmbedder.load()
        case "sentence-transformers":
            found = _find_again(identity, model)
            return SentenceTransformersEmbedder(found, identity["prompts"], device, Budget(batch_tokens), dtype)
        case other:
            raise CorpuscopeError(f"This version knows no embedder of the kind {other!r}.")


@functools.lru_cache(2)
def opened_for_queries(folder: str, kind: str, sha256: str, revision: str | None, prompts: tuple[str, str]) -> Embedder:
    """The embedder of queries, kept: one model is asked again and again."""
    identity: dict[str, Any] = {"kind": kind, "sha256": sha256}
    identity |= {"model": folder, "revision": revision} if revision else {}
    identity |= {"prompts": {"document": prompts[0], "query": prompts[1]}}
    return open_embedder(identity)


def for_queries(identity: Mapping[str, Any]) -> Embedder:
    """The embedder that a corpus was embedded with, on the processor, for what is asked."""
    prompts = identity.get("prompts", {"document": "", "query": ""})
    return opened_for_queries(
        str(identity.get("model", "")),
        identity["kind"],
        identity["sha256"],
        identity.get("revision"),
        (prompts["document"], prompts["query"]),
    )


def _find_again(identity: Mapping[str, Any], model: str | None) -> Found:
    try:
        return find_again(identity, model, nested=True)
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
        return _stacked(evaluate(items, self._forward, self._budget), self.dimensions)

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


class SentenceTransformersEmbedder:
    """A model of sentence-transformers (Reimers and Gurevych, 2019) from a folder, its prompts and length respected."""

    def __init__(self, found: Found, prompts: Mapping[str, str], device: str, budget: Budget, dtype: Any) -> None:
        self._model = _load(found.folder, device, dtype)
        self._prompts = dict(prompts)
        self._budget = budget
        self._tokenizer = _fast_tokenizer(self._model)
        self.dimensions = int(self._model.get_embedding_dimension())
        self.max_tokens = _max_tokens(self._model)

    def prepare(self, texts: Sequence[str], side: Side) -> list[Any]:
        """Each text's tokens behind the prompt of its side; the text itself where the model has no such tokenizer."""
        whole = [self._prompts[side] + text for text in texts]
        if self._tokenizer is None:
            return [_Text(side, text) for text in whole]
        encoded = self._tokenizer(whole, truncation=self.max_tokens is not None, max_length=self.max_tokens)
        return [_Tokens(side, np.array(ids, np.int32)) for ids in encoded["input_ids"]]

    def embed(self, items: Sequence[Any]) -> Vectors:
        """The vectors of prepared texts."""
        return normalised(_stacked(evaluate(items, self._forward, self._budget), self.dimensions))

    def passages(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Passages that the model reads whole behind the prompt of documents; whole texts where it tells no tokens."""
        if self._tokenizer is None or self.max_tokens is None:
            return [[(0, len(text))] for text in texts]
        used = len(self._tokenizer(self._prompts["document"])["input_ids"])
        size = max(8, self.max_tokens - used)
        encoded = self._tokenizer(
            list(texts), add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return [passages(o, size, len(t)) for o, t in zip(encoded["offset_mapping"], texts, strict=True)]

    def _forward(self, items: list[Any]) -> Sequence[Any]:
        import torch

        with torch.inference_mode():
            features = self._features(items)
            features = {k: v.to(self._model.device) if hasattr(v, "to") else v for k, v in features.items()}
            return self._model(features)["sentence_embedding"].float().cpu().numpy()  # type: ignore[no-any-return]

    def _features(self, items: list[Any]) -> dict[str, Any]:
        """What the first module of the model takes."""
        import torch

        side = items[0].side
        if self._tokenizer is None:
            features: dict[str, Any] = dict(self._model.preprocess([item.text for item in items]))
        else:
            left = self._tokenizer.padding_side == "left"
            ids, mask = padded([item.ids for item in items], self._tokenizer.pad_token_id, left=left)
            features = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        if self._prompts[side] and self._tokenizer is not None:  # a pooling may leave the prompt's tokens out
            features["prompt_length"] = len(self._tokenizer(self._prompts[side])["input_ids"]) - 1
        return features


class _Tokens:
    """A text as tokens."""

    def __init__(self, side: Side, ids: Ids) -> None:
        self.side, self.ids = side, ids

    def __len__(self) -> int:
        return len(self.ids)


class _Text:
    """A text for a model whose tokens are its own; four characters count as one."""

    def __init__(self, side: Side, text: str) -> None:
        self.side, self.text = side, text

    def __len__(self) -> int:
        return len(self.text) // 4 + 1


def _load(folder: Path, device: str, dtype: Any) -> Any:
    """The model in a folder; nothing of the folder is run as code."""
    module: Any = importlib.import_module("sentence_transformers")
    transformers: Any = importlib.import_module("transformers")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    given = {"dtype": dtype} if dtype is not None else None
    try:
        return module.SentenceTransformer(
            str(folder), device=device, local_files_only=True, trust_remote_code=False, model_kwargs=given
        )
    except Exception as error:  # noqa: BLE001  # it raises whatever its many formats raise
        reason = (str(error).strip() or type(error).__name__).split("\n", 1)[0][:200].rstrip(".")
        raise UsageError(f"{folder} holds no model that sentence-transformers can load ({reason}).") from None


def _fast_tokenizer(model: Any) -> Any:
    """The tokenizer of a model whose first module is a transformer over tokens; None for other models."""
    first = model[0]
    tokenizer: Any = getattr(model, "tokenizer", None)
    is_plain = type(first).__name__ == "Transformer" and getattr(tokenizer, "is_fast", False)
    return tokenizer if is_plain and tokenizer.pad_token is not None else None


def _max_tokens(model: Any) -> int | None:
    longest = getattr(model, "max_seq_length", None)
    return int(longest) if longest else None


def _prompt(model: Any, side: str) -> str:
    """What the model wants before a text: its prompt for that side, else its default one."""
    prompts = dict(model.prompts or {})
    names = ("query",) if side == "query" else ("document", "passage", "corpus")
    found = next((prompts[n] for n in names if prompts.get(n)), None)
    if found is None and model.default_prompt_name:
        found = prompts.get(model.default_prompt_name)
    return str(found or "")


def _stacked(vectors: list[Any], dimensions: int) -> Vectors:
    return np.stack(vectors).astype(np.float32) if vectors else np.empty((0, dimensions), np.float32)
