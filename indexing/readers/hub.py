"""Data sets of a hub, streamed: `hf:org/name[:config[:split]]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpuscope.errors import CorpuscopeError, SourceError
from indexing.readers.arrow_batches import batch_block
from indexing.readers.contract import Block, Reader, SourceFile

PREFIX = "hf:"
_ROWS_PER_BLOCK = 2048


class HubFailure(CorpuscopeError):
    """The hub could not be reached or stopped answering: what has been read stays, for a run that resumes."""


def cut_hub(file: SourceFile) -> Iterator[Block]:
    """Stream the data set in batches of rows."""
    first = 1
    try:
        for table in _load(file.path).with_format("arrow").iter(batch_size=_ROWS_PER_BLOCK):
            for batch in table.combine_chunks().to_batches():
                yield batch_block(file, first, batch)
                first += batch.num_rows
    except CorpuscopeError:
        raise
    except Exception as error:  # a hub fails in ways of its own (network, parsing, access) with no common base
        raise HubFailure(
            f"{file.spec} stopped after {first - 1} rows: {_sentence(error)} Run the same command again to resume."
        ) from error


def _load(path: str) -> Any:
    """Open a data set for streaming; the split is `train` unless another one is named."""
    import datasets

    name, _, rest = path.removeprefix(PREFIX).partition(":")
    config, _, split = rest.partition(":")
    if not name:
        raise SourceError(
            f"{path!r} names no data set. Write hf:org/name, hf:org/name:config or hf:org/name:config:split."
        )
    try:
        return datasets.load_dataset(name, config or None, split=split or "train", streaming=True)
    except (FileNotFoundError, ValueError) as error:  # no such data set, or none of that configuration or split
        raise SourceError(f"The data set {path!r} cannot be opened: {_sentence(error)}") from error
    except Exception as error:  # see above
        raise HubFailure(f"The data set {path!r} cannot be opened: {_sentence(error)}") from error


def stated_size(path: str) -> int | None:
    """The rows that the data set's card states for the split; None where it states none."""
    dataset = _load(path)
    splits = dataset.info.splits or {}
    split = splits.get(str(dataset.split))
    return split.num_examples or None if split is not None else None


def _sentence(error: Exception) -> str:
    return (str(error).strip().partition("\n")[0] or type(error).__name__).rstrip(".") + "."


HUB = Reader(name="hub", endings=(), cut=cut_hub)
