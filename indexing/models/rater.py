"""What all raters by a model share: texts to tokens in one thread, tokens to results in batches, results to fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpuscope.models.batching import Budget, Ids, evaluate, padded
from corpuscope.models.files import Found
from indexing.annotators.contract import Given, Rated
from indexing.models.causal import answers
from indexing.models.devices import Place, place
from indexing.models.loading import load_tokenizer
from indexing.models.texts import readable

if TYPE_CHECKING:
    from torch import nn

#: The results of one document's windows; None for a document without a text.
Results = list[Any] | None


@dataclass(frozen=True)
class ModelRater:
    """A model that rates texts, window by window.

    `cut` gives the windows of each text as tokens (one where a text is cut off, none where it cannot be read),
    `forward` one result for each window, `columns` the fields of all documents from the results of their windows.
    `texts` are the texts to rate, of a batch's columns.
    """

    cut: Callable[[list[str]], list[list[Ids]]]
    forward: Callable[[list[Ids]], Sequence[Any]]
    columns: Callable[[list[Results]], list[pa.Array]]
    budget: Budget
    texts: Callable[[pa.RecordBatch], list[str | None]]

    def prepare(self, batch: pa.RecordBatch) -> list[list[Ids] | None]:
        """The windows of each document; None for one without a text."""
        texts = self.texts(batch)
        rows = [i for i, text in enumerate(texts) if text is not None]
        out: list[list[Ids] | None] = [None] * len(texts)
        for i, found in zip(rows, self.cut([text for text in texts if text is not None]), strict=True):
            out[i] = found
        return out

    def rate(self, prepared: list[list[Ids] | None]) -> Rated:
        """Evaluate all windows, like lengths together, and make the fields of it."""
        items = [window for found in prepared for window in found or ()]
        results = iter(evaluate(items, self.forward, self.budget))
        by_document = [None if not found else [next(results) for _ in found] for found in prepared]
        return Rated(self.columns(by_document), sum(map(len, items)))


def plain_texts(batch: pa.RecordBatch) -> list[str | None]:
    """The texts as they are; None where there is nothing but white space."""
    return [readable(text) for text in batch.column("text").to_pylist()]


def encoder_rater(
    found: Found,
    given: Given,
    *,
    build: Callable[[Path, Place], nn.Module],
    cut: Callable[[Any, list[str]], list[list[Ids]]],
    columns: Callable[[list[Results]], list[pa.Array]],
    texts: Callable[[pa.RecordBatch], list[str | None]] = plain_texts,
    with_sizes: bool = False,
) -> ModelRater:
    """The rater of a model with a head: `build` makes `module(ids, mask)`, `cut` takes the tokenizer and texts.

    `with_sizes` makes each result a pair of it and the window's tokens.
    """
    where = place(given.device, given.batch_tokens)
    tokenizer = load_tokenizer(found.folder)
    forward = forward_through(build(found.folder, where), where, tokenizer.pad_token_id or 0)
    if with_sizes:
        forward = partial(_sized, forward)
    return ModelRater(partial(cut, tokenizer), forward, columns, Budget(where.batch_tokens), texts)


def answer_rater(
    found: Found,
    given: Given,
    *,
    prompt: Callable[[Any, str], Ids],
    most: int,
    stops: Sequence[str],
    columns: Callable[[list[str | None]], list[pa.Array]],
) -> ModelRater:
    """The rater of a model that answers: `prompt` takes the tokenizer and a text, `columns` all documents' answers.

    An answer has at most so many tokens and ends before the first of the tokens `stops`, or the model's own last one.
    """
    where = place(given.device, given.batch_tokens)
    tokenizer = load_tokenizer(found.folder)
    known = {tokenizer.convert_tokens_to_ids(name) for name in stops} | {tokenizer.eos_token_id}
    ends = sorted(known - {None, tokenizer.unk_token_id})
    forward = answers(found.folder, where, most=most, stops=ends, pad=tokenizer.pad_token_id or 0)
    return ModelRater(
        cut=lambda texts: [[prompt(tokenizer, text)] for text in texts],
        forward=lambda items: [tokenizer.decode(ids, skip_special_tokens=True) for ids in forward(items)],
        columns=lambda results: columns([None if found is None else found[0] for found in results]),
        budget=Budget(where.batch_tokens),
        texts=plain_texts,
    )


def _sized(forward: Callable[[list[Ids]], Sequence[Any]], items: list[Ids]) -> list[tuple[Any, int]]:
    return [(result, len(item)) for result, item in zip(forward(items), items, strict=True)]


def forward_through(module: nn.Module, place: Place, pad: int) -> Callable[[list[Ids]], Sequence[Any]]:
    """Windows to the rows of `module(ids, mask)`, padded on the right, as float32."""
    import torch

    def forward(items: list[Ids]) -> Sequence[Any]:
        ids, mask = (torch.from_numpy(array).to(place.device) for array in padded(items, pad))
        with torch.inference_mode():
            return module(ids, mask).float().cpu().numpy()  # type: ignore[no-any-return]

    return forward
