"""Heads over encoders: what a batch of token ids becomes, one row of logits a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpuscope.errors import UsageError

if TYPE_CHECKING:
    from torch import nn


def logits_of(model: nn.Module, outputs: int) -> nn.Module:
    """`module(ids, mask)` -> logits of a classifier of transformers; it has to have so many outputs."""
    from torch import nn

    config: Any = model.config
    if config.num_labels != outputs:
        raise UsageError(f"The model has {config.num_labels} outputs where {outputs} are wanted; it is another model.")

    class Logits(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).logits

    return Logits().eval()
