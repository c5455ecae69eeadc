"""Tuning the second stage on two cores: what the untouched lower layers give is computed once and kept.

LoRA (Hu et al., 2021, arXiv 2106.09685) on every linear map of the upper layers, and a head over mean and maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpuscope.dense import minilm
from indexing.toxicity.encoder import LONGEST, TUNED, pooled, tuned_names

if TYPE_CHECKING:
    from torch import Tensor

RANK = 16
BATCH = 16
RATE = 8e-4
#: The head learns so much faster than the maps.
_HEAD_FASTER = 2.5
WARM_UP = 0.06

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tuned:
    """The changes of each linear map and the head, as float16, by the names that `encoder.load` reads."""

    arrays: Mapping[str, npt.NDArray[np.float16]]


def lower_states(model: minilm.MiniLM, texts: Sequence[str], say: Callable[[str], None]) -> list[Tensor]:
    """For each text what enters the first tuned layer, tokens x WIDTH, as float16."""
    import torch

    tokens = model.tokens(texts, LONGEST)
    out: list[Tensor] = [torch.empty(0)] * len(texts)
    order = np.argsort([len(ids) for ids in tokens], kind="stable")
    with torch.inference_mode():
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            ids, mask = padded([torch.tensor(tokens[i]) for i in batch])
            x = model.embed(ids)
            for number in range(TUNED[0]):
                x = model.layer(x, number, mask=mask)
            for i, row, keep in zip(batch, x, mask, strict=True):
                out[i] = row[keep].half()
            if at // BATCH % 100 == 0:
                say(f"lower layers: {at} of {len(order)}")
    return [state.clone() for state in out]


def padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Rows of different lengths as one tensor, and a mask that is False at padding."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    lengths = torch.tensor([len(row) for row in rows])
    return pad_sequence(list(rows), batch_first=True), torch.arange(int(lengths.max())) < lengths[:, None]


class Trainee:
    """The upper layers with changes that can be learned."""

    def __init__(self, model: minilm.MiniLM, seed: int) -> None:
        import torch

        draw = torch.Generator().manual_seed(seed)
        self.model = model
        self.down: dict[str, Tensor] = {}
        self.up: dict[str, Tensor] = {}
        for name in tuned_names():
            outs, ins = model.weights[f"{name}.weight"].shape
            self.down[name] = (torch.randn(RANK, ins, generator=draw) / ins**0.5).requires_grad_()
            self.up[name] = torch.zeros(outs, RANK, requires_grad=True)
        self.head = torch.zeros(2 * minilm.WIDTH, requires_grad=True)
        self.bias = torch.zeros((), requires_grad=True)

    def log_odds(self, states: Sequence[Tensor]) -> Tensor:
        """The log-odds of texts, from what enters the first tuned layer."""
        x, mask = padded(states)
        x = x.float()
        for number in TUNED:
            x = self.model.layer(x, number, mask=mask, linear=self._linear)
        return pooled(x, mask) @ self.head + self.bias

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return self.model.linear(x, name) + (x @ self.down[name].T) @ self.up[name].T

    def result(self) -> Tuned:
        """What was learned."""
        sides = (("down", self.down), ("up", self.up))
        arrays = {f"{n}.{side}": t.detach().half().numpy() for side, tensors in sides for n, t in tensors.items()}
        head = {"head": self.head.detach().half().numpy(), "head_bias": self.bias.detach().half().numpy()}
        return Tuned(arrays | head)


def tune(
    model: minilm.MiniLM,
    states: Sequence[Tensor],
    targets: npt.NDArray[np.float64],
    *,
    seed: int,
    say: Callable[[str], None],
    rate: float = RATE,
    start: Trainee | None = None,
) -> Trainee:
    """Go once over the targets (0 to 1): cross-entropy, AdamW, a rate that rises shortly and falls linearly.

    A trainee that is given learns on.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    trainee = start or Trainee(model, seed)
    maps = [*trainee.down.values(), *trainee.up.values()]
    optimizer = torch.optim.AdamW(
        [
            {"params": maps, "lr": rate, "weight_decay": 0.01},
            {"params": [trainee.head, trainee.bias], "lr": _HEAD_FASTER * rate, "weight_decay": 0.01},
        ]
    )
    batches = list(_batches([len(s) for s in states], np.random.default_rng(seed)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / len(batches)))
    wanted = torch.tensor(targets, dtype=torch.float32)
    total = 0.0
    for step, batch in enumerate(batches):
        loss = binary_cross_entropy_with_logits(trainee.log_odds([states[i] for i in batch]), wanted[batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*maps, trainee.head], 1.0)
        optimizer.step()
        schedule.step()
        total += float(loss.detach())
        if step % 50 == 49:
            say(f"step {step + 1} of {len(batches)}, loss {total / 50:.4f}")
            total = 0.0
    return trainee


def _rate(done: float) -> float:
    return min(done / WARM_UP, (1 - done) / (1 - WARM_UP)) + 1e-3


def _batches(lengths: Sequence[int], rng: np.random.Generator) -> Iterator[Numbers]:
    """Batches of about the same length, in random order."""
    order = np.argsort(np.array(lengths) + rng.uniform(0, 6, len(lengths)), kind="stable")
    for at in rng.permutation(np.arange(0, len(order), BATCH)):
        yield order[at : at + BATCH]


def predict(trainee: Trainee, states: Sequence[Tensor]) -> npt.NDArray[np.float64]:
    """The log-odds of texts, in their order."""
    import torch

    out = np.empty(len(states))
    order = np.argsort([len(s) for s in states], kind="stable")
    with torch.inference_mode():
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            out[batch] = trainee.log_odds([states[i] for i in batch]).numpy()
    return out
