"""Tiny models of sentence-transformers with random weights, saved as published ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.indexing.models.tiny_models import save_byte_bpe, save_wordpiece

_SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "initializer_range": 0.5,
}


def save_sentence_transformer(folder: Path, *, most: int = 32, prompts: dict[str, str] | None = None) -> Path:
    """A BERT with mean pooling and normalisation that reads `most` tokens."""
    from transformers import BertConfig, BertModel

    size = save_wordpiece(folder / "plain", most=most)
    config = BertConfig(vocab_size=size, max_position_embeddings=most, **_SMALL)
    return _save(folder, BertModel, config, most, prompts)


def save_multilingual(folder: Path) -> Path:
    """An XLM-RoBERTa with a tokenizer of bytes, and the prompts of multilingual E5."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    size = save_byte_bpe(folder / "plain", special)
    config = XLMRobertaConfig(vocab_size=size, max_position_embeddings=130, **_SMALL)
    return _save(folder, XLMRobertaModel, config, 128, {"query": "query: ", "document": "passage: "})


def _save(folder: Path, kind: Any, config: Any, most: int, prompts: dict[str, str] | None) -> Path:
    """The model of this kind over the tokenizer that lies in `plain`, with its modules around it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    torch.manual_seed(0)
    kind(config).save_pretrained(folder / "plain")
    first = Transformer(str(folder / "plain"), max_seq_length=most)
    model: Any = SentenceTransformer(modules=[first, Pooling(32), Normalize()], prompts=prompts, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
