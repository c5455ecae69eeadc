"""What each character is, as Python's own string methods and regular expressions see it."""

from __future__ import annotations

import functools
import string
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Classes = npt.NDArray[np.uint16]

#: Bits of a character's class: `\w` of `re`; white space of `str.split`, `str.strip` and `\s`; `str.isalpha`,
#: `str.isupper`, `str.islower`, `str.isdigit` and `str.isnumeric`; title case (such as U+01C5), in which a letter is
#: neither upper nor lower.
WORD, SPACE, ALPHA, UPPER, LOWER, DIGIT, NUMERIC, TITLE = (1 << i for i in range(8))
#: `string.punctuation`; `[a-zA-Z]`; the line end `\n`; the ends of sentences `.`, `!` and `?`.
PUNCTUATION, ASCII_LETTER, LINE_END, SENTENCE_END = (1 << i for i in range(8, 12))
#: `\w` and `\s` of the package regex: marks belong to words, and numbers that are no digits (such as fractions) do not.
REGEX_WORD, REGEX_SPACE = (1 << i for i in range(12, 14))

_CODE_POINTS = 0x110000
#: From here on there are no letters, digits or spaces: planes not in use, tags, variation selectors, private use.
_CLASSED = 0x40000


@functools.cache
def classes() -> Classes:
    """The class of every code point: bits of WORD, SPACE and so on."""
    # A NUL stands for the empty string here, which is of no class, as NUL is.
    every = np.arange(_CLASSED, dtype=np.uint32).view("<U1")
    upper = np.strings.isupper(every)
    table = np.zeros(_CODE_POINTS, np.uint16)
    for bit, found in (
        (WORD, np.strings.isalnum(every)),
        (SPACE, np.strings.isspace(every)),
        (ALPHA, np.strings.isalpha(every)),
        (UPPER, upper),
        (LOWER, np.strings.islower(every)),
        (DIGIT, np.strings.isdigit(every)),
        (NUMERIC, np.strings.isnumeric(every)),
        (TITLE, np.strings.istitle(every) & ~upper),
        (WORD, _ascii("_")),
        (PUNCTUATION, _ascii(string.punctuation)),
        (ASCII_LETTER, _ascii(string.ascii_letters)),
        (LINE_END, _ascii("\n")),
        (SENTENCE_END, _ascii(".!?")),
    ):
        table[:_CLASSED][found] |= np.uint16(bit)
    for bit, pattern in ((REGEX_WORD, r"\w+"), (REGEX_SPACE, r"\s+")):
        for start, end in _runs(pattern):
            table[start:end] |= np.uint16(bit)
    table.setflags(write=False)
    return table


def _runs(pattern: str) -> Iterator[tuple[int, int]]:
    """The runs of code points that a pattern of regex matches."""
    import regex

    return (match.span() for match in regex.finditer(pattern, "".join(map(chr, range(_CODE_POINTS)))))


def _ascii(characters: str) -> npt.NDArray[np.intp]:
    return np.frombuffer(characters.encode("ascii"), np.uint8).astype(np.intp)
