"""The second stage: MiniLM with its upper layers tuned to toxicity by low-rank changes (LoRA, arXiv 2106.09685).

One window at a time, so that no value hangs on what else is judged with it; a processor is as fast this way, for
nothing is padded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpuscope.dense import minilm

if TYPE_CHECKING:
    from torch import Tensor

#: The layers that are tuned, and the parts of them.
TUNED = (3, 4, 5)
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
#: Tokens of a window that are read.
LONGEST = 128

Floats = npt.NDArray[np.float32]


def tuned_names() -> list[str]:
    """The names of the linear maps that are changed."""
    return [f"encoder.layer.{layer}.{part}" for layer in TUNED for part in PARTS]


def pooled(x: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean and maximum over the tokens: texts x 2 WIDTH; `mask` is False at padding."""
    import torch

    if mask is None:
        return torch.cat([x.mean(dim=1), x.amax(dim=1)], dim=1)
    where = mask[:, :, None]
    mean = (x * where).sum(dim=1) / where.sum(dim=1)
    return torch.cat([mean, x.masked_fill(~where, -torch.inf).amax(dim=1)], dim=1)


@dataclass(frozen=True)
class Encoder:
    """The tuned model: `head` has a weight for each pooled number."""

    model: minilm.MiniLM
    head: Tensor
    bias: float

    def log_odds(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """The log-odds of windows in normal form."""
        import torch

        with torch.inference_mode():
            return np.array([self._log_odds(torch.tensor([ids])) for ids in self.model.tokens(texts, LONGEST)])

    def _log_odds(self, ids: Tensor) -> float:
        x = self.model.embed(ids)
        for number in range(minilm.LAYERS):
            x = self.model.layer(x, number)
        return float(pooled(x)[0] @ self.head) + self.bias


def load(arrays: Mapping[str, npt.NDArray[np.generic]]) -> Encoder:
    """The model with the changes in `arrays` added: for each map `down` (rank x in) and `up` (out x rank)."""
    import torch

    torch.set_num_threads(1)  # each of the workers has a core
    published = minilm.load()
    weights = dict(published.weights)
    for name in tuned_names():
        up, down = (torch.tensor(arrays[f"{name}.{side}"].astype(np.float32)) for side in ("up", "down"))
        weights[f"{name}.weight"] = weights[f"{name}.weight"] + up @ down
    head = torch.tensor(arrays["head"].astype(np.float32))
    return Encoder(minilm.MiniLM(published.tokenizer, weights), head, float(arrays["head_bias"]))
