"""What a manifest says of ratings that somebody published, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpuscope.manifest import Reject
from corpuscope.wording import counted

_NAMED = 8


def summary(about: Mapping[str, Any]) -> str:
    """What was imported, of how many documents, from what: one line."""
    files = about["files"]
    first = files[0]["path"] if files else "nothing"
    source = first if len(files) == 1 else f"{first} and {counted(len(files) - 1, 'more file')}"
    return (
        f"{about['system']} of {about['matched']:,} of {counted(about['documents'], 'document')}, "
        f"joined by {about['join']}, from {source} ({about['when'][:10]})"
    )


def notes(about: Mapping[str, Any]) -> Iterator[str]:
    """What did not match or was not used, one sentence each."""
    if "replaces" in about:
        yield f"Replaces what was imported from {about['replaces']}."
    if about["missing"]:
        yield f"{counted(about['missing'], 'document')} without a rating."
    unknown = about["unknown"]
    if unknown["count"]:
        yield (
            f"{counted(unknown['count'], 'rating')} of ids that the corpus does not have, the first: "
            f"{some(unknown['examples'])}."
        )
    if about["repeated"]:
        yield f"{counted(about['repeated'], 'row')} said a rating again."
    if about["verified"]:
        yield f"The order was verified by {about['verified']}."
    elif about["join"] == "position":
        yield "Nothing says that the order is right but the number of rows."
    if about["other_texts"]:
        yield f"{counted(about['other_texts'], 'document')} rated on a text that differs from the one here."
    if about["left_out"]:
        yield f"Columns that were left out: {some(about['left_out'])}."


def rejects(about: Mapping[str, Any]) -> dict[str, Reject]:
    """Values and rows that could not be used, by reason."""
    return {reason: Reject(r["count"], tuple(r["examples"])) for reason, r in about["rejected"].items()}


def some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
