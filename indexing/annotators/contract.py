"""The annotator contract: what a rating has to say about itself, and the one function it has to have.

Batching, parallel parts, resuming, progress, timings and counts of documents without a value come from
`indexing.annotate`; filters, facets, sorts and export columns come from the fields declared here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from corpuscope.fields import Field

#: What an annotator learned from the corpus or was told by the user; plain JSON, kept in the manifest.
Settings = Mapping[str, Any]

#: The `warm_up` of annotators whose loops are compiled.
WARM_UP = "compiling loops, which is done once on a machine"


@dataclass(frozen=True)
class Given:
    """What one run gives to annotators that evaluate a model: where and how fast, never what, so it is not stored.

    `model` is the hub id, folder or file that was asked for, None for the one in the settings; `device` is "auto",
    "cpu", "cuda" or "cuda:N"; `batch_tokens` the most tokens of a batch, padding counted (None: by the device).
    """

    model: str | None = None
    device: str = "auto"
    batch_tokens: int | None = None


@dataclass(frozen=True)
class Rated:
    """One column per field, and how many tokens the model read for them."""

    columns: list[pa.Array]
    tokens: int


class Rater(Protocol):
    """A loaded model. The next batch is prepared in another thread while this one is rated."""

    def prepare(self, batch: pa.RecordBatch) -> Any:
        """What needs no device: texts to tokens."""

    def rate(self, prepared: Any) -> Rated:
        """The fields of the batch."""


@dataclass(frozen=True, kw_only=True)
class Annotator:
    """A named, versioned function from columns to fields.

    `needs` are the columns it reads: "text", "title", "url", "date" or a field of an annotator that stands
    before it in the list; a column that the corpus lacks arrives as all null. `annotate` gets them as a record
    batch and gives back one column per declared field, in that order, as many rows as it got, null where a
    document has no value; it must not depend on how the corpus is cut into batches or parts. `fit` runs once,
    before the first batch, on batches that cover a sample of the corpus spread over all its parts (with the
    same columns) and the user's options; its settings are stored in the manifest and reused by `add`.
    `warm_up` says what may take time before its first batch.
    `describe` refines what the fields say about themselves (never their names or types) by the settings.
    `options` are the names of the user's options that `fit` reads; naming one of them makes it run again.
    An annotator that evaluates a model has `open` in place of `annotate`: it loads the model that the settings
    identify, once a process. `on_device` says that it wants an accelerator: then there is one process a device.
    """

    name: str
    version: str
    fields: tuple[Field, ...]
    needs: tuple[str, ...]
    annotate: Callable[[pa.RecordBatch, Settings], list[pa.Array]] | None = None
    open: Callable[[Settings, Given], Rater] | None = None
    on_device: bool = False
    options: tuple[str, ...] = ()
    fit: Callable[[Iterable[pa.RecordBatch], Mapping[str, Any]], Settings] | None = None
    describe: Callable[[Settings], tuple[Field, ...]] | None = None
    cost: str = ""
    warm_up: str = ""
    requires: str = ""

    def __post_init__(self) -> None:
        if (self.annotate is None) == (self.open is None):
            raise ValueError(f"The annotator {self.name!r} has to have either `annotate` or `open`.")

    def described(self, settings: Settings) -> tuple[Field, ...]:
        """The fields as these settings make them."""
        return self.fields if self.describe is None else self.describe(settings)
