"""The encoder "new" of gte-base-en-v1.5 with a classifier on its first token, as WebOrganizer fine-tuned it.

Zhang et al., 2024 (mGTE, arXiv 2407.19669), section 3; names of the weights and settings: config.json and weights of
Alibaba-NLP/gte-base-en-v1.5. Words without absolute positions; layers of rotary attention and a gated MLP, each with
its norm behind the sum; the first token through a dense layer and tanh.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuscope.errors import UsageError
from indexing.models.classifiers import check_outputs
from indexing.models.devices import Place
from indexing.models.loading import load_config, load_own, load_weights

if TYPE_CHECKING:
    from torch import Tensor, nn

#: Settings of the architecture that would make other numbers, and the one value that is evaluated here.
_ONLY = {
    "position_embedding_type": "rope",
    "layer_norm_type": "layer_norm",
    "hidden_act": "gelu",
    "logn_attention_scale": False,
}


@dataclass(frozen=True)
class Shape:
    """What config.json says of the network; the wave lengths of its positions grow by `rope_factor`."""

    words: int
    kinds: int
    hidden: int
    layers: int
    heads: int
    inner: int
    outputs: int
    epsilon: float
    rope_base: float
    rope_factor: float

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Shape:
        """Read config.json; a setting that is not evaluated here is refused."""
        for name, value in _ONLY.items():
            if config.get(name, value) != value:
                raise UsageError(f"The model has {name} = {config[name]!r}, and only {value!r} can be evaluated.")
        try:
            return cls(
                words=config["vocab_size"],
                kinds=config.get("type_vocab_size", 0),
                hidden=config["hidden_size"],
                layers=config["num_hidden_layers"],
                heads=config["num_attention_heads"],
                inner=config["intermediate_size"],
                outputs=len(config.get("id2label") or ()) or config.get("num_labels", 2),
                epsilon=config.get("layer_norm_eps", 1e-12),
                rope_base=config.get("rope_theta", 10_000.0),
                rope_factor=_factor(config.get("rope_scaling")),
            )
        except KeyError as error:
            raise UsageError(f"The model's config.json does not say {error}.") from None


def _factor(scaling: Mapping[str, Any] | None) -> float:
    if not scaling:
        return 1.0
    if scaling.get("type") != "ntk" or scaling.get("mixed_b") is not None:
        raise UsageError(f"The model has rope_scaling = {dict(scaling)!r}, and only the type ntk can be evaluated.")
    return float(scaling["factor"])


def load_new(folder: Path, place: Place, *, outputs: int) -> nn.Module:
    """The classifier from its folder: `module(ids, mask)` -> texts x logits."""
    shape = Shape.of(load_config(folder))
    check_outputs(shape.outputs, outputs)
    return load_own(new_classifier(shape), load_weights(folder), place, folder)


def new_classifier(shape: Shape) -> nn.Module:
    """The network with the names of the published weights: `new` and `classifier`."""
    from torch import nn, tanh

    class Classifier(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.new = nn.Module()
            self.new.embeddings = _embeddings(shape)
            self.new.encoder = nn.Module()
            self.new.encoder.layer = nn.ModuleList([_layer(shape) for _ in range(shape.layers)])
            self.new.pooler = nn.Module()
            self.new.pooler.dense = nn.Linear(shape.hidden, shape.hidden)
            self.classifier = nn.Linear(shape.hidden, shape.outputs)

        def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
            new: Any = self.new
            hidden = new.embeddings(ids)
            turns = _turns(shape, ids.shape[1], hidden)
            seen = mask[:, None, None, :].bool()
            for layer in new.encoder.layer:
                hidden = layer(hidden, seen, turns)
            return self.classifier(tanh(new.pooler.dense(hidden[:, 0])))  # type: ignore[no-any-return]

    return Classifier()


def _embeddings(shape: Shape) -> nn.Module:
    from torch import nn

    class Embeddings(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.word_embeddings = nn.Embedding(shape.words, shape.hidden)
            if shape.kinds:
                self.token_type_embeddings = nn.Embedding(shape.kinds, shape.hidden)
            self.LayerNorm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

        def forward(self, ids: Tensor) -> Tensor:
            hidden = self.word_embeddings(ids)
            if shape.kinds:  # all of a text's tokens are of the first kind
                hidden = hidden + self.token_type_embeddings.weight[0]
            return self.LayerNorm(hidden)  # type: ignore[no-any-return]

    return Embeddings()


def _layer(shape: Shape) -> nn.Module:
    from torch import nn

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = _attention(shape)
            self.mlp = _gated(shape)
            self.attn_ln = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
            self.mlp_ln = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

        def forward(self, hidden: Tensor, seen: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
            hidden = self.attn_ln(hidden + self.attention(hidden, seen, turns))
            return self.mlp_ln(hidden + self.mlp(hidden))  # type: ignore[no-any-return]

    return Layer()


def _attention(shape: Shape) -> nn.Module:
    from torch import nn

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.qkv_proj = nn.Linear(shape.hidden, 3 * shape.hidden)
            self.o_proj = nn.Linear(shape.hidden, shape.hidden)

        def forward(self, hidden: Tensor, seen: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
            texts, tokens, _ = hidden.shape
            parted = self.qkv_proj(hidden).view(texts, tokens, 3, shape.heads, -1)
            query, key, value = parted.permute(2, 0, 3, 1, 4)
            query, key = _turned(query, turns), _turned(key, turns)
            out = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            return self.o_proj(out.transpose(1, 2).reshape(texts, tokens, -1))  # type: ignore[no-any-return]

    return Attention()


def _gated(shape: Shape) -> nn.Module:
    from torch import nn

    class Gated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.up_gate_proj = nn.Linear(shape.hidden, 2 * shape.inner, bias=False)
            self.down_proj = nn.Linear(shape.inner, shape.hidden)

        def forward(self, hidden: Tensor) -> Tensor:
            up, gate = self.up_gate_proj(hidden).split(shape.inner, dim=-1)
            return self.down_proj(nn.functional.gelu(gate) * up)  # type: ignore[no-any-return]

    return Gated()


def frequencies(shape: Shape) -> Any:
    """Radians a position of each pair of a head's numbers; scaled where the factor is not 1 (NTK-aware)."""
    import torch

    width = shape.hidden // shape.heads
    base = shape.rope_base * shape.rope_factor
    steps = torch.arange(0, width, 2, dtype=torch.float32) / width
    return base**-steps / shape.rope_factor ** (2 / width)


def _turns(shape: Shape, tokens: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of every position's angles, tokens x width."""
    import torch

    angles = torch.outer(torch.arange(tokens, dtype=torch.float32), frequencies(shape)).repeat(1, 2)
    return angles.cos().to(like), angles.sin().to(like)


def _turned(heads: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions (Su et al., 2021): the two halves of each head are the two axes."""
    import torch

    first, second = heads.chunk(2, dim=-1)
    cosine, sine = turns
    return heads * cosine + torch.cat((-second, first), dim=-1) * sine
