"""Texts cut into words, numbers, punctuation and line ends, each with a hash."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes

Hashes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int32]
Kinds = npt.NDArray[np.uint8]

#: What a token is. A word may hold digits and inner apostrophes; line ends with nothing but space between are one.
WORD, NUMBER, MARK, LINE, PARAGRAPH = 0, 1, 2, 3, 4
#: How a word is written: lower case, first letter upper case, more than one letter and all upper case.
LOWER, CAPITAL, UPPER = 0, 1, 2
#: What a character is.
_LETTER, _DIGIT, _APOSTROPHE, _SPACE, _BREAK, _OTHER = 0, 1, 2, 3, 4, 5
#: Characters with a class of their own in `_CLASSES`; beyond it, see `_class_of`.
_KNOWN = 0x250
#: The constants of MurmurHash3's 32-bit finaliser (Appleby, 2011) and of FNV-1a (Fowler, Noll and Vo).
_MIX_1, _MIX_2, _PRIME, _START = (
    np.uint32(0x85EBCA6B),
    np.uint32(0xC2B2AE35),
    np.uint32(16777619),
    np.uint32(0x811C9DC5),
)
_S13, _S15, _S16 = np.uint32(13), np.uint32(15), np.uint32(16)


class Tokens(NamedTuple):
    """The tokens of one text, with room for more: hash of the lower-cased word, kind, case, first and last code + 1."""

    hashes: Hashes
    kinds: Kinds
    cases: Kinds
    starts: Places
    ends: Places


def new_tokens(size: int) -> Tokens:
    """Room for the tokens of a text of so many code points."""
    return Tokens(
        np.empty(size, np.uint32),
        np.empty(size, np.uint8),
        np.empty(size, np.uint8),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
    )


def _classes() -> tuple[Kinds, npt.NDArray[np.uint32]]:
    """The class and the lower case of each known character."""
    classes = np.full(_KNOWN, _OTHER, np.uint8)
    lower = np.arange(_KNOWN, dtype=np.uint32)
    for code in range(_KNOWN):
        character = chr(code)
        if character.isalpha():
            classes[code] = _LETTER
            if len(character.lower()) == 1:
                lower[code] = ord(character.lower())
        elif character.isdigit() and code < 0x80:
            classes[code] = _DIGIT
        elif character in "\n\x0b\x0c\x85":
            classes[code] = _BREAK
        elif character.isspace() or code < 0x20 or 0x7F <= code < 0xA0:
            classes[code] = _SPACE
    classes[ord("'")] = _APOSTROPHE
    return classes, lower


_CLASSES, _LOWER = _classes()


@compiled
def _class_of(code: np.uint32) -> int:
    """The class of a character: known ones by the table, general punctuation and symbols apart, letters else."""
    if code < _KNOWN:
        return int(_CLASSES[code])
    if code == 0x2019:
        return _APOSTROPHE
    if code == 0x2028 or code == 0x2029:
        return _BREAK
    if 0x2000 <= code <= 0x200F or code == 0x202F or code == 0x3000 or code == 0xFEFF:
        return _SPACE
    if 0x2010 <= code <= 0x2BFF or 0x3001 <= code <= 0x303F or 0xFF00 <= code <= 0xFF0F or code >= 0x1F000:
        return _OTHER
    return _LETTER


@compiled
def lower_of(code: np.uint32) -> np.uint32:
    """The lower case of Latin letters, everything else as it is; curly apostrophes are straight."""
    if code < _KNOWN:
        return np.uint32(_LOWER[code])
    return np.uint32(0x27) if code == 0x2019 else code


@compiled
def mix(value: np.uint32) -> np.uint32:
    """Turn every bit by every other."""
    value = np.uint32((value ^ (value >> _S16)) * _MIX_1)
    value = np.uint32((value ^ (value >> _S13)) * _MIX_2)
    return np.uint32(value ^ (value >> _S16))


@compiled
def add(state: np.uint32, value: np.uint32) -> np.uint32:
    """The state of a hash after one more number; it begins with a salt and ends with `mix`."""
    state = np.uint32((state ^ value) * _PRIME)
    return np.uint32(state ^ (state >> _S15))


@compiled
def cut(codes: Codes, start: int, end: int, tokens: Tokens) -> int:
    """Write the tokens of codes[start:end]; how many there are."""
    count = 0
    i = start
    while i < end:
        kind = _class_of(codes[i])
        if kind == _SPACE:
            i += 1
            continue
        first = i
        if kind <= _DIGIT:  # a letter or a digit
            i = _put_word(codes, first, end, tokens, count)
        elif kind == _BREAK:
            i = _put_break(codes, first, end, tokens, count)
        else:
            _put(tokens, count, mix(add(_START, codes[i])), MARK)
            i += 1
        tokens.starts[count] = first
        tokens.ends[count] = i
        count += 1
    return count


@compiled
def _put(tokens: Tokens, at: int, hashed: np.uint32, kind: int) -> None:
    tokens.hashes[at] = hashed
    tokens.kinds[at] = kind
    tokens.cases[at] = LOWER


@compiled
def _put_break(codes: Codes, first: int, end: int, tokens: Tokens, at: int) -> int:
    """A line end, or a paragraph end for several with nothing but space between them; where it ends."""
    breaks = 0
    i = first
    while i < end:
        kind = _class_of(codes[i])
        if kind != _BREAK and kind != _SPACE:
            break
        breaks += kind == _BREAK
        i += 1
    kind = PARAGRAPH if breaks > 1 else LINE
    _put(tokens, at, np.uint32(kind), kind)
    return i


@compiled
def _put_word(codes: Codes, first: int, end: int, tokens: Tokens, at: int) -> int:
    """A word, or a number, whose hash tells its length and whether it may be a year; where it ends."""
    state = _START
    i = first
    upper = digits = 0
    while i < end:
        kind = _class_of(codes[i])
        inner = kind == _APOSTROPHE and i + 1 < end and i > first and _class_of(codes[i + 1]) == _LETTER
        if not inner and kind != _LETTER and kind != _DIGIT:
            break
        low = lower_of(codes[i])
        state = add(state, low)
        upper += kind == _LETTER and low != codes[i]
        digits += kind == _DIGIT
        i += 1
    length = i - first
    if digits == length:
        year = length == 4 and (codes[first] == 0x31 and codes[first + 1] == 0x39 or codes[first] == 0x32)
        _put(tokens, at, np.uint32(16 + (9 if year else min(length, 8))), NUMBER)
        return i
    _put(tokens, at, mix(state), WORD)
    if upper == length and length > 1:
        tokens.cases[at] = UPPER
    elif lower_of(codes[first]) != codes[first]:
        tokens.cases[at] = CAPITAL
    return i
