"""Heads over encoders: what a batch of token ids becomes, one row of logits a text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpuscope.errors import UsageError
from indexing.models.devices import Place
from indexing.models.loading import load_stock

if TYPE_CHECKING:
    from torch import nn


def classifier(folder: Path, place: Place, *, outputs: int) -> nn.Module:
    """`module(ids, mask)` -> texts x logits of a classifier of transformers, which has to have so many outputs."""
    from torch import nn

    model: Any = load_stock("AutoModelForSequenceClassification", folder, place)
    check_outputs(model.config.num_labels, outputs)

    class Logits(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask).logits

    return Logits().eval()


def check_outputs(found: int, wanted: int) -> None:
    """Refuse a model with another number of outputs."""
    if found != wanted:
        raise UsageError(f"The model has {found} outputs where {wanted} are wanted; it is another model.")


def likeliest(
    logits: Sequence[npt.NDArray[np.float32] | None], labels: Sequence[str]
) -> tuple[list[str | None], list[float | None]]:
    """The likeliest label of each text and its probability, the softmax of its logits; None without logits."""
    chances = [None if row is None else softmax(row) for row in logits]
    best = [None if row is None else int(row.argmax()) for row in chances]
    names = [None if i is None else labels[i] for i in best]
    return names, [None if row is None or i is None else float(row[i]) for row, i in zip(chances, best, strict=True)]


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Probabilities of one text's logits."""
    powers = np.exp(logits.astype(np.float64) - float(logits.max()))
    shares: npt.NDArray[np.float64] = powers / powers.sum()
    return shares
