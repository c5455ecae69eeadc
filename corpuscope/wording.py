"""Numbers with their nouns, as every face of the program says them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """1 part, 1,200 parts."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
