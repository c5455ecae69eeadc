"""Batches by length and by a budget of tokens; a device that runs out of memory gets smaller ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from corpuscope.errors import CorpuscopeError

#: The tokens of one text, or of one window of it.
Ids: TypeAlias = list[int] | npt.NDArray[np.int32]

T = TypeVar("T", bound=Sized)

#: What PyTorch says where a processor has no memory left; a GPU has an error of its own.
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class Budget:
    """The most tokens of a batch, padding counted; halved when a batch did not fit, and kept so."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def halve(self, tried: int) -> None:
        """A batch of `tried` tokens did not fit."""
        self.tokens = max(1, min(self.tokens, tried) // 2)


def evaluate(items: Sequence[T], forward: Callable[[list[T]], Sequence[Any]], budget: Budget) -> list[Any]:
    """`forward` over all items (tokens, or whatever has a length in tokens) in batches of like length.

    One result an item, in the order of the items.

    The longest come first, so that what does not fit shows at once. An item longer than the budget goes alone.
    """
    out: list[Any] = [None] * len(items)
    order = sorted(range(len(items)), key=lambda i: -len(items[i]))
    at = 0
    while at < len(order):
        longest = max(1, len(items[order[at]]))
        batch = order[at : at + max(1, budget.tokens // longest)]
        try:
            found = forward([items[i] for i in batch])
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            _back_off(budget, len(batch), longest)
            continue
        for i, result in zip(batch, found, strict=True):
            out[i] = result
        at += len(batch)
    return out


def _back_off(budget: Budget, count: int, longest: int) -> None:
    if count == 1:
        raise CorpuscopeError(
            f"The device has no memory for one text of {longest:,} tokens. Use one with more memory, or --device cpu."
        ) from None
    budget.halve(count * longest)
    _free()


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device has run out of memory: PyTorch's own error on a GPU, a sentence on a processor."""
    import torch

    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_MEMORY)


def _free() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def padded(
    items: Sequence[Ids], pad: int, *, left: bool = False
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Token ids and mask, items x the longest's length, padded on the right, or on the `left`."""
    lengths = np.array([len(item) for item in items])
    place = np.arange(max(1, lengths.max(initial=0)))
    inside = place >= len(place) - lengths[:, None] if left else place < lengths[:, None]
    ids = np.full(inside.shape, pad, np.int64)
    ids[inside] = np.concatenate([np.array(item, np.int64) for item in items]) if len(items) else 0
    return ids, inside.astype(np.int64)
