"""Decoders: a score for each text at its last token, and greedy answers to prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuscope.models.batching import Ids, padded
from indexing.models.classifiers import check_outputs
from indexing.models.devices import Place
from indexing.models.loading import load_stock

if TYPE_CHECKING:
    from torch import nn


def last_token_scores(folder: Path, place: Place, *, outputs: int) -> nn.Module:
    """`module(ids, mask)` -> texts x scores: the linear `score` on the last real token, padding on the right."""
    from torch import nn

    model: Any = load_stock("AutoModelForSequenceClassification", folder, place)
    check_outputs(model.config.num_labels, outputs)

    class Scores(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            hidden = self.model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
            last = hidden[range(len(ids)), mask.sum(dim=1) - 1]
            return self.model.score(last)

    return Scores().eval()


def answers(
    folder: Path, place: Place, *, most: int, stops: Sequence[int], pad: int
) -> Callable[[list[Ids]], list[Ids]]:
    """From prompts to the tokens that follow them, taken greedily: at most `most`, up to one of `stops`."""
    import torch

    model: Any = load_stock("AutoModelForCausalLM", folder, place)

    def forward(prompts: list[Ids]) -> list[Ids]:
        ids, mask = (torch.from_numpy(array).to(place.device) for array in padded(prompts, pad, left=True))
        ended = torch.zeros(len(prompts), dtype=torch.bool, device=place.device)
        stop = torch.tensor(list(stops), device=place.device)
        cache, out = None, []
        with torch.inference_mode():
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
            for _ in range(most):
                made = model(
                    input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True,
                    logits_to_keep=1,
                )  # fmt: skip
                cache, following = made.past_key_values, made.logits[:, -1].argmax(dim=-1)
                ended |= torch.isin(following, stop)
                if bool(ended.all()):
                    break
                out.append(torch.where(ended, stop[0], following))
                ids, positions = following[:, None], positions[:, -1:] + 1
                mask = torch.cat([mask, torch.ones_like(ids)], dim=1)
        found = torch.stack(out, dim=1).tolist() if out else [[] for _ in prompts]
        return [_up_to(stops, tokens) for tokens in found]

    return forward


def _up_to(stops: Sequence[int], tokens: Ids) -> Ids:
    return next((tokens[:i] for i, token in enumerate(tokens) if token in stops), tokens)
