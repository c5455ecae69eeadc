"""RedPajama-V2's signals of a text as it is: sentences, words, symbols and lines.

Each writes its figures into `out` in the order that its names have in `indexing.signals.redpajama`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.characters import (
    ASCII_LETTER,
    LOWER,
    REGEX_SPACE,
    REGEX_WORD,
    SENTENCE_END,
    SPACE,
    TITLE,
    UPPER,
    WORD,
    Classes,
)
from indexing.signals.codepoints import Codes
from indexing.signals.hashing import Hashes, add_code, mix
from indexing.signals.word_lists import ENTRY, look_up

Figures = npt.NDArray[np.float64]

_DOT, _HASH, _ELLIPSIS, _CURLY_OPEN, _CURLY_CLOSE = 0x2E, 0x23, 0x2026, 0x7B, 0x7D
_CLOSING_QUOTE = 0x201D
_BULLETS = (0x2022, 0x2023, 0x25B6, 0x25C0, 0x25E6, 0x25A0, 0x25A1, 0x25AA, 0x25AB, 0x2013)


@compiled
def write_sentences(kinds: Classes, out: Figures) -> None:
    r"""Matches of `\b[^.!?]+[.!?]*`."""
    count = 0
    i = 0
    before = False
    while i < len(kinds):
        word = kinds[i] & WORD != 0
        if word == before or kinds[i] & SENTENCE_END:
            before = word
            i += 1
            continue
        count += 1
        while i < len(kinds) and not kinds[i] & SENTENCE_END:
            i += 1
        while i < len(kinds) and kinds[i] & SENTENCE_END:
            i += 1
        before = False  # the end of a sentence is no part of a word
    out[0] = count


@compiled
def write_words(codes: Codes, kinds: Classes, stop_words: Hashes, out: Figures) -> int:
    r"""Shares of the matches of `\w+|[^\w\s]+` without a Latin letter, in capitals, and in a list; how many there are.

    A match is in capitals where `str.isupper` says so.
    """
    words = without_letter = capitals = listed = 0
    i = 0
    while i < len(kinds):
        if kinds[i] & REGEX_SPACE:
            i += 1
            continue
        kind = kinds[i] & (REGEX_WORD | REGEX_SPACE)
        found = 0
        state = np.uint64(0)
        while i < len(kinds) and kinds[i] & (REGEX_WORD | REGEX_SPACE) == kind:
            found |= kinds[i]
            state = add_code(state, codes[i])
            i += 1
        words += 1
        without_letter += not found & ASCII_LETTER
        capitals += found & UPPER != 0 and not found & (LOWER | TITLE)
        listed += look_up(stop_words, mix(state)) & ENTRY != 0
    for place, number in enumerate((without_letter, capitals, listed)):
        out[place] = number / words if words else np.nan
    return words


@compiled
def write_symbols(codes: Codes, words: int, out: Figures) -> None:
    """Numbers of `#`, `...` and the ellipsis for each word; curly brackets for each character."""
    symbols = curly = dots = 0
    for code in codes:
        dots = dots + 1 if code == _DOT else 0
        symbols += code in (_HASH, _ELLIPSIS) or (dots > 0 and dots % 3 == 0)
        curly += code in (_CURLY_OPEN, _CURLY_CLOSE)
    out[0] = symbols / words if words else np.nan
    out[1] = curly / len(codes) if len(codes) else 0.0


@compiled
def ends_with_ellipsis(codes: Codes) -> bool:
    """Whether the last character is an ellipsis or the last three are dots."""
    if len(codes) and codes[-1] == _ELLIPSIS:
        return True
    return len(codes) >= 3 and codes[-1] == _DOT and codes[-2] == _DOT and codes[-3] == _DOT


@compiled
def ends_terminally(codes: Codes, kinds: Classes) -> bool:
    """Whether the last character is a full stop, an exclamation or question mark, or a closing quotation mark."""
    return len(codes) > 0 and (kinds[-1] & SENTENCE_END != 0 or codes[-1] == _CLOSING_QUOTE)


@compiled
def starts_with_bullet(codes: Codes) -> bool:
    """Whether the first character is one of ten bullets."""
    if len(codes) == 0 or codes[0] < _BULLETS[-1]:
        return False
    return codes[0] in _BULLETS


@compiled
def count_of(bit: int, kinds: Classes) -> int:
    """Characters of a class."""
    count = 0
    for kind in kinds:
        count += kind & bit != 0
    return count


@compiled
def strip(kinds: Classes) -> tuple[int, int]:
    """Where a text begins and ends without the white space around it."""
    start, end = 0, len(kinds)
    while end > 0 and kinds[end - 1] & SPACE:
        end -= 1
    while start < end and kinds[start] & SPACE:
        start += 1
    return start, end
