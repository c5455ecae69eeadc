"""Numbers with their nouns, as every face of the program says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpuscope.results import Partial


def counted(number: int, noun: str) -> str:
    """1 part, 1,200 parts."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def partly(partial: Partial) -> str:
    """Why an answer is not about all that there may be, as a sentence."""
    scanned = counted(partial.scanned, "document")
    if partial.may_grow:
        return f"The time for reading texts ran out after {scanned}: what matched until then is counted."
    return f"These are the nearest in meaning of {scanned}, since no least similarity was asked for."
