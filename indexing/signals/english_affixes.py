"""What spaCy's rules for English cut off at the start and the end of a chunk, and where they cut inside."""

from __future__ import annotations

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import (
    ASCII_DIGIT,
    BEFORE_STOP,
    ICON,
    LETTER,
    LOWER,
    MONEY,
    PREFIX,
    QUOTE,
    SUFFIX,
    UPPER,
    Table,
)

_DOT, _DOLLAR, _PLUS, _COMMA, _HYPHEN, _TILDE, _STAR, _CARET = (ord(c) for c in ".$+,-~*^")
_COLON, _LESS, _EQUALS, _MORE, _SLASH = (ord(c) for c in ":<=>/")
_APOSTROPHE, _CURLY, _SMALL_S, _LARGE_S = ord("'"), ord("’"), ord("s"), ord("S")
_ELLIPSIS, _EN_DASH, _EM_DASH, _DEGREE = ord("…"), ord("–"), ord("—"), ord("°")
_A, _C, _U = ord("A"), ord("C"), ord("U")
_F, _K, _TO_UPPER = ord("F"), ord("K"), 32


@compiled
def prefix(codes: Codes, start: int, end: int, classes: Table) -> int:
    """How many characters are cut off at the start."""
    first = codes[start]
    if classes[first] & PREFIX:
        return 1
    if first == _DOT:
        i = start + 1
        while i < end and codes[i] == _DOT:
            i += 1
        return i - start if i - start > 1 else 0
    if first == _PLUS:
        return 0 if start + 1 < end and classes[codes[start + 1]] & ASCII_DIGIT else 1
    return _foreign_dollar(codes, start, end)


@compiled
def _foreign_dollar(codes: Codes, start: int, end: int) -> int:
    """The length of US$, C$ or A$ at the start, or 0."""
    first = codes[start]
    if (first in (_C, _A)) and start + 1 < end and codes[start + 1] == _DOLLAR:
        return 2
    if first == _U and start + 2 < end and codes[start + 1] == _LARGE_S and codes[start + 2] == _DOLLAR:
        return 3
    return 0


@compiled
def suffix(codes: Codes, start: int, end: int, classes: Table) -> int:
    """How many characters are cut off at the end; units after digits are left to the caller."""
    if start >= end:
        return 0
    last = codes[end - 1]
    if last == _DOT:
        return _stops(codes, start, end, classes)
    if end - start == 1:
        return 1 if classes[last] & SUFFIX else 0
    before = codes[end - 2]
    if (last in (_SMALL_S, _LARGE_S)) and (before in (_APOSTROPHE, _CURLY)):
        return 2
    if last == _ELLIPSIS and before == _ELLIPSIS:
        return 2
    if classes[last] & SUFFIX:
        return 1
    if last == _DOLLAR:
        for size in (2, 3):
            after_digit = end - size > start and classes[codes[end - size - 1]] & ASCII_DIGIT
            if after_digit and _foreign_dollar(codes, end - size, end) == size:
                return size
    if last == _PLUS or classes[last] & MONEY:
        return 1 if classes[before] & ASCII_DIGIT else 0
    return 0


@compiled
def _stops(codes: Codes, start: int, end: int, classes: Table) -> int:
    """All full stops at the end if they are several; one after certain characters."""
    i = end - 1
    while i > start and codes[i - 1] == _DOT:
        i -= 1
    if end - i > 1:
        return end - i
    if i == start:
        return 0
    before = codes[i - 1]
    if classes[before] & BEFORE_STOP:
        return 1
    if i - 2 >= start:
        if classes[before] & UPPER and classes[codes[i - 2]] & UPPER:
            return 1
        if codes[i - 2] == _DEGREE:
            return 1 if before in (_C, _F, _K) else 0
    return 0


@compiled
def infix(codes: Codes, i: int, start: int, end: int, classes: Table) -> int:
    """How many characters from `i` on are an infix of the chunk from `start` to `end`."""
    code = codes[i]
    if classes[code] & ICON:
        return 1
    if code == _DOT and i + 1 < end and codes[i + 1] == _DOT:
        size = 2
        while i + size < end and codes[i + size] == _DOT:
            size += 1
        return size
    if i == start or i + 1 == end:
        return 0
    before, after = classes[codes[i - 1]], classes[codes[i + 1]]
    if code == _DOT:
        return 1 if before & (LOWER | QUOTE) and after & (UPPER | QUOTE) else 0
    if code == _COMMA:
        return 1 if before & LETTER and after & LETTER else 0
    between_digits = before & ASCII_DIGIT and (after & ASCII_DIGIT or codes[i + 1] == _HYPHEN)
    if between_digits and code in (_PLUS, _HYPHEN, _STAR, _CARET):
        return 1
    if not before & (LETTER | ASCII_DIGIT):
        return 0
    if code in (_COLON, _LESS, _EQUALS, _MORE, _SLASH):
        return 1 if after & LETTER else 0
    return _dash(codes, i, end, classes)


@compiled
def _dash(codes: Codes, i: int, end: int, classes: Table) -> int:
    """The length of a dash that a letter follows: up to three hyphens, two long dashes, or one of another kind."""
    code = codes[i]
    longest = 0
    if code == _HYPHEN:
        longest = 3
    elif code == _EM_DASH:
        longest = 2
    elif code in (_EN_DASH, _TILDE):
        longest = 1
    size = 1
    while size <= longest and i + size < end:
        if classes[codes[i + size]] & LETTER:
            return size
        if codes[i + size] != code:
            return 0
        size += 1
    return 0
