"""What the terminal gets to see: corpus text is hostile there too (escape sequences, bidi overrides)."""

from __future__ import annotations

import sys
import unicodedata

BOLD, RESET = "\033[1m", "\033[0m"


def printable(text: str) -> str:
    """The text on one line, with control and formatting characters made visible or dropped."""
    return "".join(_shown(c) for c in text)


def _shown(character: str) -> str:
    if character in "\n\t\r\u2028\u2029\x85":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return "\N{REPLACEMENT CHARACTER}"
    return character


def marked(text: str, spans: list[tuple[int, int]]) -> str:
    """Printable text with spans in bold where a terminal shows it, in brackets elsewhere."""
    before, after = (BOLD, RESET) if sys.stdout.isatty() else ("[", "]")
    out, end = [], 0
    for start, stop in spans:
        out += [printable(text[end:start]), before, printable(text[start:stop]), after]
        end = stop
    return "".join([*out, printable(text[end:])])


def size(count: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
