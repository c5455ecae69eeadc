"""The form of a text that both stages read: what says nothing about tone is taken out, disguises are taken off.

Lower case, no accents, no zero-width characters, white space as one space; addresses, @names and the sign of #tags go
(platforms differ in them); letters that are spaced out are joined, digits and signs between letters become letters
(a5s -> ass), a character stands twice in a row at most. Each code point keeps the place that it came from.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.toxicity.windows import Codes, Places

_COVERED = 0x20000
_SPACE = 32
_AT, _HASH, _UNDERSCORE, _DOLLAR, _SLASH, _COLON = ord("@"), ord("#"), ord("_"), ord("$"), ord("/"), ord(":")
_H, _T, _P, _S, _W, _DOT = (ord(c) for c in "htpsw.")
_LETTER, _DIGIT = 1, 2

Kinds = npt.NDArray[np.uint8]


class Characters(NamedTuple):
    """What each code point becomes (0: nothing), and the kind of what it became: a letter, a digit or neither."""

    becomes: Codes
    kinds: Kinds
    disguises: Codes


@functools.cache
def characters() -> Characters:
    """The tables of the first two planes; all other code points stay as they are."""
    becomes = np.array([_becomes(chr(code)) for code in range(_COVERED)], np.uint32)
    kinds = np.array([_kind(chr(code)) for code in range(_COVERED)], np.uint8)
    disguises = np.zeros(128, np.uint32)
    for disguise, letter in zip("0134578$@!", "oieastbsai", strict=True):
        disguises[ord(disguise)] = ord(letter)
    return Characters(becomes, kinds, disguises)


def _becomes(character: str) -> int:
    category = unicodedata.category(character)
    if character.isspace() or category == "Cc":
        return _SPACE
    if category in ("Mn", "Me", "Cf", "Cs"):
        return 0
    plain = unicodedata.normalize("NFKD", character).lower()
    return ord(plain[0]) if len(plain) == 1 or unicodedata.combining(plain[1]) else ord(character.lower()[0])


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    return _LETTER if category[0] in "LM" else _DIGIT if category == "Nd" else 0


@compiled
def kind_of(code: np.uint32, kinds: Kinds) -> int:
    """1 for a letter, 2 for a digit, 0 for anything else."""
    return kinds[code] if code < _COVERED else _LETTER


@compiled
def normalise(codes: Codes, start: int, end: int, characters: Characters, out: Codes, origins: Places) -> int:
    """Write the normal form of `codes[start:end]` and the place of each code point; how many there are."""
    count = 0
    i = start
    while i < end:
        skipped = _skipped(codes, i, start, end, characters)
        if skipped > i:
            code = np.uint32(_SPACE)
            place = i
            i = skipped
        else:
            code = codes[i]
            if code < _COVERED:
                code = characters.becomes[code]
            if code == _HASH:
                code = np.uint32(_SPACE)
            place = i
            i += 1
        if code == 0 or (code == _SPACE and (count == 0 or out[count - 1] == _SPACE)):
            continue
        repeated = count >= 2 and code == out[count - 1] and code == out[count - 2]
        if repeated and kind_of(code, characters.kinds) != _DIGIT:
            continue
        out[count] = code
        origins[count] = place
        count += 1
    while count and out[count - 1] == _SPACE:
        count -= 1
    _undisguise(out, count, characters)
    return _join_spaced(out, origins, count, characters.kinds)


@compiled
def _skipped(codes: Codes, i: int, start: int, end: int, characters: Characters) -> int:
    """Where the @name or the address ends that begins at i; i where none does."""
    code = codes[i]
    if code != _AT and code != _H and code != _W:
        return i
    if i > start and kind_of(codes[i - 1], characters.kinds):
        return i
    if code == _AT:
        k = i + 1
        while k < end and (kind_of(codes[k], characters.kinds) or codes[k] == _UNDERSCORE):
            k += 1
        return k if k > i + 1 else i
    if not _is_address(codes, i, end):
        return i
    k = i
    while k < end and codes[k] > _SPACE and codes[k] != 0xA0:
        k += 1
    return k


@compiled
def _is_address(codes: Codes, i: int, end: int) -> bool:
    """Whether http://, https:// or www. stands at i."""
    if codes[i] == _W:
        return i + 4 < end and codes[i + 1] == _W and codes[i + 2] == _W and codes[i + 3] == _DOT
    if i + 7 >= end or codes[i + 1] != _T or codes[i + 2] != _T or codes[i + 3] != _P:
        return False
    k = i + 5 if codes[i + 4] == _S else i + 4
    return bool(codes[k] == _COLON and codes[k + 1] == _SLASH)


@compiled
def _undisguise(out: Codes, count: int, characters: Characters) -> None:
    """Digits and signs between letters become letters; a $ after a letter is an s also at the end of a word."""
    for i in range(1, count):
        code = out[i]
        if code >= 128 or characters.disguises[code] == 0 or kind_of(out[i - 1], characters.kinds) != _LETTER:
            continue
        inside = i + 1 < count and kind_of(out[i + 1], characters.kinds) == _LETTER
        if inside or code == _DOLLAR:
            out[i] = characters.disguises[code]


@compiled
def _join_spaced(out: Codes, origins: Places, count: int, kinds: Kinds) -> int:
    """Join three and more single letters that are parted by the same sign: f u c k -> fuck."""
    kept = 0
    i = 0
    while i < count:
        letters = _spaced_letters(out, i, count, kinds)
        for k in range(max(letters, 1)):
            out[kept] = out[i + 2 * k]
            origins[kept] = origins[i + 2 * k]
            kept += 1
        i += 2 * letters - 1 if letters else 1
    return kept


@compiled
def _spaced_letters(out: Codes, i: int, count: int, kinds: Kinds) -> int:
    """How many single letters follow each other from i, parted by one sign; 0 where fewer than three."""
    if i + 4 >= count or kind_of(out[i], kinds) != _LETTER or (i and kind_of(out[i - 1], kinds)):
        return 0
    separator = out[i + 1]
    if not (separator == 32 or separator == 46 or separator == 45 or separator == 42 or separator == 95):
        return 0
    letters = 1
    k = i
    while k + 2 < count and out[k + 1] == separator and kind_of(out[k + 2], kinds) == _LETTER:
        if k + 3 < count and kind_of(out[k + 3], kinds):
            break
        letters += 1
        k += 2
    return letters if letters >= 3 else 0
