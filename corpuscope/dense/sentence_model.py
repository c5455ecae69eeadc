"""Models of sentence-transformers (Reimers and Gurevych, 2019): their prompts and length respected, batches our own.

Where the first module is a transformer over a fast tokenizer, texts are tokenised here, once, so that batches hold like
lengths; other models take texts. Nothing of a model's folder is run as code.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpuscope.dense.embedder import Side, Vectors, normalised, stacked
from corpuscope.dense.windows import passages
from corpuscope.errors import UsageError
from corpuscope.models.batching import Budget, Ids, evaluate, padded
from corpuscope.models.files import Found


class SentenceTransformersEmbedder:
    """A model of sentence-transformers (Reimers and Gurevych, 2019) from a folder, its prompts and length respected."""

    def __init__(self, found: Found, prompts: Mapping[str, str], device: str, budget: Budget, dtype: Any) -> None:
        self._model = load(found.folder, device, dtype)
        self._prompts = dict(prompts)
        self._budget = budget
        self._tokenizer = _fast_tokenizer(self._model)
        self._tokenizing = threading.Lock()  # how a fast tokenizer cuts is part of its state
        self.dimensions = int(self._model.get_embedding_dimension())
        self.max_tokens = _max_tokens(self._model)

    def prepare(self, texts: Sequence[str], side: Side) -> list[Any]:
        """Each text's tokens behind the prompt of its side; the text itself where the model has no such tokenizer."""
        whole = [self._prompts[side] + text for text in texts]
        if self._tokenizer is None:
            return [_Text(side, text) for text in whole]
        with self._tokenizing:
            encoded = self._tokenizer(whole, truncation=self.max_tokens is not None, max_length=self.max_tokens)
        return [_Tokens(side, np.array(ids, np.int32)) for ids in encoded["input_ids"]]

    def embed(self, items: Sequence[Any]) -> Vectors:
        """The vectors of prepared texts."""
        return normalised(stacked(evaluate(items, self._forward, self._budget), self.dimensions))

    def passages(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Passages that the model reads whole behind the prompt of documents; whole texts where it tells no tokens."""
        if self._tokenizer is None or self.max_tokens is None:
            return [[(0, len(text))] for text in texts]
        with self._tokenizing:
            used = len(self._tokenizer(self._prompts["document"])["input_ids"])
            encoded = self._tokenizer(
                list(texts), add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
            )
        size = max(8, self.max_tokens - used)
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
            with self._tokenizing:
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


def load(folder: Path, device: str, dtype: Any) -> Any:
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


def facts(model: Any) -> dict[str, Any]:
    """What a corpus keeps of a model: its dimensions, the tokens that it reads and its prompts, as plain JSON."""
    return {
        "dimensions": int(model.get_embedding_dimension()),
        "max_tokens": _max_tokens(model),
        "prompts": {side: _prompt(model, side) for side in ("document", "query")},
    }


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
