"""Tiny models with random weights and the architectures of the published ones, saved as those are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEXTS = [
    "the river rose and the flood took the mill",
    "a lesson about fractions : a half and a quarter make three quarters",
    "buy now ! best price for you",
    "he said that she said that they said",
]


def save_wordpiece(folder: Path, most: int = 512) -> int:
    """A BERT tokenizer of letters and a few words; returns how many tokens it has."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    words = sorted({word for text in TEXTS for word in text.split()} - set(letters))
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *words]
    vocabulary = {name: i for i, name in enumerate(names)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=most, **special).save_pretrained(folder)
    return len(names)


def save_byte_bpe(folder: Path, special: dict[str, str], template: str | None = None) -> int:
    """A tokenizer of bytes, without a start or an end of its own; returns how many tokens it has."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    names = [*special.values(), *alphabet]
    tokenizer = Tokenizer(models.BPE({name: i for i, name in enumerate(names)}, [], unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    made: Any = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)
    if template is not None:
        made.chat_template = template
    made.save_pretrained(folder)
    return len(names)


def save_fineweb_edu(folder: Path, seed: int = 0) -> Path:
    """A BERT with one output, as the classifier of FineWeb-Edu is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    size = save_wordpiece(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        num_labels=1,
        problem_type="regression",
        initializer_range=0.5,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder
