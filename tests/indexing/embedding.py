"""Tiny models of sentence-transformers with random weights, saved as published ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.indexing.models.tiny_models import save_byte_bpe, save_wordpiece


def save_sentence_transformer(folder: Path, *, most: int = 32, prompts: dict[str, str] | None = None) -> Path:
    """A BERT with mean pooling and normalisation that reads `most` tokens."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel

    plain = folder / "plain"
    size = save_wordpiece(plain, most=most)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=most,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(plain)
    first = Transformer(str(plain), max_seq_length=most)
    model: Any = SentenceTransformer(modules=[first, Pooling(32), Normalize()], prompts=prompts, device="cpu")
    target = folder / "model"
    model.save(str(target), create_model_card=False)
    return target


def save_multilingual(folder: Path) -> Path:
    """An XLM-RoBERTa with a SentencePiece-like tokenizer of bytes, and the prompts of multilingual E5."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import XLMRobertaConfig, XLMRobertaModel

    plain = folder / "plain"
    special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    size = save_byte_bpe(plain, special)
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=130,
        initializer_range=0.5,
    )
    XLMRobertaModel(config).save_pretrained(plain)
    first = Transformer(str(plain), max_seq_length=128)
    prompts = {"query": "query: ", "document": "passage: "}
    model: Any = SentenceTransformer(modules=[first, Pooling(32), Normalize()], prompts=prompts, device="cpu")
    target = folder / "model"
    model.save(str(target), create_model_card=False)
    return target
