"""Tuning the second stage on two cores: what the untouched lower layers give is computed once and kept.

LoRA (Hu et al., 2021, arXiv 2106.09685) on every linear map of the upper layers, and a head over mean and maximum.
Several are tuned from different random numbers, and the mean of what they learned is one model that is as fast as each
and better (Wortsman et al., 2022, arXiv 2203.05482).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.dense import minilm
from indexing.toxicity.encoder import LONGEST, TUNED, pooled, tuned_names

if TYPE_CHECKING:
    import torch
    from torch import Tensor

RANK = 16
BATCH = 16
RATE = 8e-4
#: How often the examples are gone over.
EPOCHS = 2
#: This share of the tokens of an example is left out, others each time, so that it is not learned by heart.
DROPPED = 0.1
#: The head learns so much faster than the maps.
_HEAD_FASTER = 2.5
WARM_UP = 0.06
#: Steps after which the loss is told.
_TOLD = 200

Numbers = npt.NDArray[np.int64]


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


class Changes(NamedTuple):
    """What is learned.

    For each linear map `down` (rank x in) and `up` (out x rank); `head` has a weight for each pooled number, `bias` is
    added to their sum.
    """

    down: Mapping[str, Tensor]
    up: Mapping[str, Tensor]
    head: Tensor
    bias: Tensor

    @classmethod
    def none(cls, model: minilm.MiniLM, seed: int) -> Changes:
        """What changes nothing yet, and can be learned."""
        import torch

        draw = torch.Generator().manual_seed(seed)
        shapes = {name: model.weights[f"{name}.weight"].shape for name in tuned_names()}
        down = {
            name: (torch.randn(RANK, ins, generator=draw) / ins**0.5).requires_grad_()
            for name, (_, ins) in shapes.items()
        }
        up = {name: torch.zeros(outs, RANK, requires_grad=True) for name, (outs, _) in shapes.items()}
        head = torch.zeros(2 * minilm.WIDTH, requires_grad=True)
        return cls(down, up, head, torch.zeros((), requires_grad=True))

    @classmethod
    def mean(cls, members: Sequence[Changes]) -> Changes:
        """What members learned, on average; the ranks of their changes add up."""
        import torch

        first, count = members[0], len(members)
        return cls(
            {name: torch.cat([m.down[name] for m in members]) for name in first.down},
            {name: torch.cat([m.up[name] for m in members], dim=1) / count for name in first.up},
            torch.stack([m.head for m in members]).mean(dim=0),
            torch.stack([m.bias for m in members]).mean(),
        )

    def learned(self) -> Changes:
        """The same, which can no longer be learned."""
        down, up = ({name: t.detach() for name, t in side.items()} for side in (self.down, self.up))
        return Changes(down, up, self.head.detach(), self.bias.detach())

    def arrays(self) -> dict[str, npt.NDArray[np.float16]]:
        """As float16, by the names that `encoder.load` reads."""
        sides = (("down", self.down), ("up", self.up))
        maps = {f"{n}.{side}": t.half().numpy() for side, tensors in sides for n, t in tensors.items()}
        return maps | {"head": self.head.half().numpy(), "head_bias": self.bias.half().numpy()}


class Tuned:
    """The model with changes in its upper layers."""

    def __init__(self, model: minilm.MiniLM, changes: Changes) -> None:
        self._model = model
        self._changes = changes

    def log_odds(self, states: Sequence[Tensor]) -> Tensor:
        """The log-odds of texts, from what enters the first tuned layer."""
        x, mask = padded(states)
        x = x.float()
        for number in TUNED:
            x = self._model.layer(x, number, mask=mask, linear=self._linear)
        return pooled(x, mask) @ self._changes.head + self._changes.bias

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return self._model.linear(x, name) + (x @ self._changes.down[name].T) @ self._changes.up[name].T


def tune(
    model: minilm.MiniLM,
    states: Sequence[Tensor],
    targets: npt.NDArray[np.float64],
    *,
    seed: int,
    say: Callable[[str], None],
) -> Changes:
    """Learn the targets (0 to 1): cross-entropy, AdamW, a rate that rises shortly and falls linearly."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    changes = Changes.none(model, seed)
    tuned, maps = Tuned(model, changes), [*changes.down.values(), *changes.up.values()]
    optimizer = torch.optim.AdamW(
        [
            {"params": maps, "lr": RATE, "weight_decay": 0.01},
            {"params": [changes.head, changes.bias], "lr": _HEAD_FASTER * RATE, "weight_decay": 0.01},
        ]
    )
    rng, lengths = np.random.default_rng(seed), [len(s) for s in states]
    batches = [batch for _ in range(EPOCHS) for batch in _batches(lengths, rng)]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / len(batches)))
    wanted = torch.tensor(targets, dtype=torch.float32)
    draw = torch.Generator().manual_seed(seed)
    total = 0.0
    for step, batch in enumerate(batches):
        odds = tuned.log_odds([_thinned(states[i], draw) for i in batch])
        loss = binary_cross_entropy_with_logits(odds, wanted[batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([*maps, changes.head], 1.0)
        optimizer.step()
        schedule.step()
        total += float(loss.detach())
        if step % _TOLD == _TOLD - 1:
            say(f"step {step + 1} of {len(batches)}, loss {total / _TOLD:.4f}")
            total = 0.0
    return changes.learned()


def _thinned(state: Tensor, draw: torch.Generator) -> Tensor:
    """An example without some of its tokens; [CLS] stays."""
    import torch

    kept = torch.rand(len(state), generator=draw) >= DROPPED
    kept[0] = True
    return state[kept]


def _rate(done: float) -> float:
    return min(done / WARM_UP, (1 - done) / (1 - WARM_UP)) + 1e-3


def _batches(lengths: Sequence[int], rng: np.random.Generator) -> Iterator[Numbers]:
    """Batches of about the same length, in random order."""
    order = np.argsort(np.array(lengths) + rng.uniform(0, 6, len(lengths)), kind="stable")
    for at in rng.permutation(np.arange(0, len(order), BATCH)):
        yield order[at : at + BATCH]


def predict(tuned: Tuned, states: Sequence[Tensor]) -> npt.NDArray[np.float64]:
    """The log-odds of texts, in their order."""
    import torch

    out = np.empty(len(states))
    order = np.argsort([len(s) for s in states], kind="stable")
    with torch.inference_mode():
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            out[batch] = tuned.log_odds([states[i] for i in batch]).numpy()
    return out
