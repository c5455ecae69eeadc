"""DeBERTa-v3 under the heads of its derivatives: Celadon's five, and the one of NeMo Curator's classifiers.

The encoder is that of transformers. Names of the weights: Pleias/toxic-commons, commit 271dfb09, src/6_eval.py;
NVIDIA/NeMo-Curator, commit ecd5c579, classifiers/base.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexing.models.devices import Place
from indexing.models.loading import load_config, load_own, load_weights

if TYPE_CHECKING:
    from torch import Tensor, nn

#: What all of DeBERTa-v3 share (the cards of microsoft/deberta-v3-base and -small); shapes are read off the weights.
_V3 = {
    "relative_attention": True,
    "position_buckets": 256,
    "max_relative_positions": -1,
    "max_position_embeddings": 512,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
    "layer_norm_eps": 1e-7,
    "type_vocab_size": 0,
    "hidden_act": "gelu",
}
_HEAD_WIDTH = 64
_WORDS = "embeddings.word_embeddings.weight"
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")


def encoder_config(config: Mapping[str, Any], weights: Mapping[str, Tensor], prefix: str) -> Any:
    """The encoder's configuration: what config.json says of it, else what its weights and DeBERTa-v3 tell."""
    from transformers import DebertaV2Config

    known = DebertaV2Config().to_dict()
    said = {name: value for name, value in config.items() if name in known and name not in ("model_type", "dtype")}
    return DebertaV2Config(**{**_V3, **_shapes(weights, prefix), **said})


def _shapes(weights: Mapping[str, Tensor], prefix: str) -> dict[str, int]:
    own = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    layers = [int(found.group(1)) for name in own if (found := _LAYER.match(name))]
    if _WORDS not in own or not layers:
        return {}
    words, hidden = own[_WORDS].shape
    inner = own.get("encoder.layer.0.intermediate.dense.weight")
    return {
        "vocab_size": words,
        "hidden_size": hidden,
        "num_hidden_layers": max(layers) + 1,
        "num_attention_heads": max(1, hidden // _HEAD_WIDTH),
        "intermediate_size": 4 * hidden if inner is None else inner.shape[0],
    }


def five_heads(config: Any, heads: int, classes: int) -> nn.Module:
    """Celadon: `deberta`, and `heads` linear layers on its first token; texts x heads x classes."""
    from torch import nn, stack
    from transformers import DebertaV2Model

    class MultiHead(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.deberta = DebertaV2Model(config)
            self.heads = nn.ModuleList([nn.Linear(config.hidden_size, classes) for _ in range(heads)])

        def forward(self, ids: Any, mask: Any) -> Any:
            first = self.deberta(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0]
            return stack([head(first) for head in self.heads], dim=1)

    return MultiHead()


def one_head(config: Any, classes: int) -> nn.Module:
    """NeMo Curator: `model`, and `fc` on its first token; texts x classes."""
    from torch import nn
    from transformers import DebertaV2Model

    class OneHead(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = DebertaV2Model(config)
            self.fc = nn.Linear(config.hidden_size, classes)

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.fc(self.model(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0])

    return OneHead()


def load_five_heads(folder: Path, place: Place, *, heads: int, classes: int) -> nn.Module:
    """Celadon's model from its folder, in either of the forms it is published in."""
    weights = load_weights(folder)
    config = encoder_config(load_config(folder), weights, "deberta.")
    return load_own(five_heads(config, heads, classes), weights, place, folder)


def load_one_head(folder: Path, place: Place, *, classes: int) -> nn.Module:
    """A model of NeMo Curator from its folder."""
    weights = load_weights(folder)
    config = encoder_config(load_config(folder), weights, "model.")
    return load_own(one_head(config, classes), weights, place, folder)
