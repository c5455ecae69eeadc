"""Tiny models with random weights and the architectures of the published ones, saved as those are."""

from __future__ import annotations

import json
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


def tiny_deberta(size: int) -> dict[str, Any]:
    """The settings of DeBERTa-v3, small."""
    return {
        "vocab_size": size,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 512,
        "relative_attention": True,
        "position_buckets": 256,
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False,
        "type_vocab_size": 0,
        "initializer_range": 0.5,
    }


def save_celadon(folder: Path, variant: str = "original", seed: int = 1) -> Path:
    """A DeBERTa with five heads: `original` as the authors' file of pickles, `fork` as safetensors of the forks."""
    import torch
    from safetensors.torch import save_file
    from transformers import DebertaV2Config

    from indexing.models.deberta import five_heads

    config = DebertaV2Config(**tiny_deberta(save_wordpiece(folder)))
    torch.manual_seed(seed)
    module = five_heads(config, 5, 4)
    about = config.to_dict() | {"architectures": ["MultiHeadDebertaForSequenceClassification"]}
    if variant == "fork":
        about |= {"model_type": "multi-head-deberta-for-sequence-classification", "num_heads": 5}
        save_file(module.state_dict(), folder / "model.safetensors")
    else:
        torch.save(module.state_dict(), folder / "pytorch_model.bin")
    (folder / "config.json").write_text(json.dumps(about))
    return folder


def save_weborganizer(folder: Path, *, kinds: int = 0, rope_scaling: dict[str, Any] | None = None) -> Path:
    """The architecture "new" with two layers and 24 outputs."""
    import torch
    from safetensors.torch import save_file

    from indexing.models.gte_new import Shape, new_classifier

    folder.mkdir(exist_ok=True)
    config = {
        "model_type": "new",
        "architectures": ["NewForSequenceClassification"],
        "vocab_size": save_wordpiece(folder, 8192),
        "type_vocab_size": kinds,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 48,
        "layer_norm_eps": 1e-12,
        "rope_theta": 500_000,
        "rope_scaling": rope_scaling,
        "position_embedding_type": "rope",
        "layer_norm_type": "layer_norm",
        "hidden_act": "gelu",
        "id2label": {str(i): f"LABEL_{i}" for i in range(24)},
    }
    (folder / "config.json").write_text(json.dumps(config))
    torch.manual_seed(2)
    module = new_classifier(Shape.of(config))
    weights = {name: torch.randn_like(value) * 0.4 for name, value in module.state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    return folder


#: A chat as Qwen2's template writes it.
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QWEN = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
LLAMA = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}


def save_qurater(folder: Path) -> Path:
    """A LLaMA with four outputs."""
    import torch
    from transformers import LlamaConfig, LlamaForSequenceClassification

    config = LlamaConfig(**_decoder(save_byte_bpe(folder, LLAMA)), num_labels=4, pad_token_id=0)
    torch.manual_seed(3)
    LlamaForSequenceClassification(config).save_pretrained(folder)
    return folder


def save_dataman(folder: Path) -> Path:
    """A Qwen2 that answers whatever its random weights say."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(**_decoder(save_byte_bpe(folder, QWEN, CHAT)), num_key_value_heads=2)
    torch.manual_seed(4)
    Qwen2ForCausalLM(config).save_pretrained(folder)
    return folder


def save_prox(folder: Path) -> Path:
    """A LLaMA that answers whatever its random weights say."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(**_decoder(save_byte_bpe(folder, LLAMA)))
    torch.manual_seed(5)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def _decoder(size: int) -> dict[str, Any]:
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    return {"vocab_size": size, "initializer_range": 0.5, **shape}


def save_nemo(folder: Path, labels: list[str], *, named: bool = True) -> Path:
    """A DeBERTa under one head, saved as PyTorchModelHubMixin does."""
    import torch
    from safetensors.torch import save_file
    from transformers import DebertaV2Config

    from indexing.models.deberta import one_head

    settings = tiny_deberta(save_wordpiece(folder))
    torch.manual_seed(6)
    module = one_head(DebertaV2Config(**settings), len(labels))
    save_file(module.state_dict(), folder / "model.safetensors")
    about = {"base_model": "microsoft/deberta-v3-base", "fc_dropout": 0.2, "num_attention_heads": 4}
    numbered = {"id2label": {str(i): label for i, label in enumerate(labels)}} if named else {}
    (folder / "config.json").write_text(json.dumps(about | numbered))
    return folder
