"""What each character is to spaCy's rules for English and to datatrove's quality filters."""

from __future__ import annotations

import functools
import unicodedata

import numpy as np
import numpy.typing as npt

from corpuscope.english import characters as c
from indexing.signals import characters

Table = npt.NDArray[np.uint32]

#: Bits: cut off at a word's start or end as a single character; may begin an infix; is one by itself; letters of
#: spaCy's, that are lower or upper case or of a script without case; quotes; money; what a final stop may follow.
PREFIX, SUFFIX, MAY_CUT, ICON, LETTER, LOWER, UPPER, QUOTE, MONEY, BEFORE_STOP = (1 << i for i in range(10))
#: `[0-9]`; `\d`; `\w`; what a host's name may hold; white space; `str.isalpha`; category P; the ends of lines of
#: `str.splitlines`; ends of sentences of spaCy's and datatrove's; datatrove's punctuation.
ASCII_DIGIT, DECIMAL, WORD, HOST, SPACE, ALPHA, P, LINE_END, SENTENCE_END, TERMINAL, PUNCTUATION = (
    1 << i for i in range(10, 21)
)
#: First letters, in either case, of what is looked for in the lines of a page.
NEEDLE = 1 << 21

_NO_MARKS_FROM = 0x20000  # no character of category P is there or beyond


@functools.cache
def english_classes() -> Table:
    """The bits of every code point."""
    theirs = characters.classes()
    table = np.zeros(len(theirs), np.uint32)
    for bit, has in ((WORD, characters.WORD), (SPACE, characters.SPACE), (ALPHA, characters.ALPHA)):
        table[theirs & has != 0] |= np.uint32(bit)
    for bit, ranges in _RANGES:
        for first, last in ranges:
            table[first : last + 1] |= np.uint32(bit)
    marks = [code for code in range(_NO_MARKS_FROM) if unicodedata.category(chr(code)).startswith("P")]
    table[marks] |= np.uint32(P)
    every = np.arange(_NO_MARKS_FROM, dtype=np.uint32).view("<U1")
    table[:_NO_MARKS_FROM][np.strings.isdecimal(every)] |= np.uint32(DECIMAL)
    table.setflags(write=False)
    return table


_RANGES: tuple[tuple[int, c.Ranges], ...] = (
    (PREFIX, c.PREFIXES),
    (SUFFIX, c.SUFFIXES),
    (MAY_CUT, c.single("….+-*^,–—~:<>=/") + c.ICONS),
    (ICON, c.single("…") + c.ICONS),
    (LETTER, c.LETTERS),
    (LOWER, c.LOWER),
    (UPPER, c.UPPER),
    (QUOTE, c.single(c.QUOTES)),
    (MONEY, c.single(c.CURRENCY)),
    (BEFORE_STOP, c.BEFORE_STOP + c.LOWER + c.single("0123456789")),
    (ASCII_DIGIT, c.single("0123456789")),
    (HOST, ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0xA1, 0xFFFF))),
    (LINE_END, c.single("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")),
    (SENTENCE_END, c.SENTENCE_ENDS),
    (TERMINAL, c.TERMINAL),
    (PUNCTUATION, c.PUNCTUATION),
    (NEEDLE, c.single("LlJjTtPpCcUu")),
)
