"""All values that the rules of Gopher, C4 and FineWeb judge, text by text: words are cut once for all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.compiled import compiled
from indexing.signals.c4_quality import Needles, c4_quality, needles
from indexing.signals.codepoints import Codes, Offsets, code_points
from indexing.signals.english_classes import Table as Classes
from indexing.signals.english_classes import english_classes
from indexing.signals.english_exceptions import Rules, rules
from indexing.signals.english_tokens import Words, keep_words, new_words
from indexing.signals.english_words import cut_words
from indexing.signals.fineweb_quality import fineweb_quality
from indexing.signals.gopher_quality import gopher_quality, stop_words
from indexing.signals.gopher_repetition import gopher_repetition
from indexing.signals.hashing import Hashes, Table, new_table

#: Where the values of each system begin among all of a text.
_REPETITION, _C4, _FINEWEB, _END = 8, 22, 28, 33
_CURLY_FIRST = 27


def measure(column: pa.Array) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The values of each text, a row each: Gopher's 8 and 14, C4's 5 and FineWeb's 5, NaN where one is not defined.

    Beside them, for C4, whether a curly bracket stands in a line before all with lorem ipsum.
    """
    codes, offsets = code_points(column)
    longest = int(np.diff(offsets).max(initial=0))
    out = np.full((len(column), _END), np.nan)
    words = new_words(longest)
    _measure(
        codes,
        offsets,
        english_classes(),
        rules(),
        needles(),
        stop_words(),
        words,
        new_words(longest, words),
        np.zeros(longest, np.uint32),
        new_table(longest + 1),
        np.zeros(longest, np.uint64),
        out,
    )
    return np.delete(out, _CURLY_FIRST, axis=1), out[:, _CURLY_FIRST] == 1


@compiled
def _measure(
    codes: Codes,
    offsets: Offsets,
    classes: Classes,
    exceptions: Rules,
    marks: Needles,
    stops: Hashes,
    words: Words,
    line_words: Words,
    line: Codes,
    table: Table,
    ngrams: Hashes,
    out: npt.NDArray[np.float64],
) -> None:
    """Write the values of every text into its row; the other arguments are what is looked up, and room."""
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        tokens = cut_words(codes, start, end, classes, exceptions, words)
        count = keep_words(words, tokens)
        values = out[row]
        gopher_quality(codes, start, end, classes, words, count, stops, values[:_REPETITION])
        gopher_repetition(codes, start, end, classes, words, count, table, ngrams, values[_REPETITION:_C4])
        c4_quality(
            codes,
            start,
            end,
            classes,
            exceptions,
            words,
            tokens,
            marks,
            line,
            line_words,
            values[_C4:_FINEWEB],
        )
        fineweb_quality(codes, start, end, classes, count, table, values[_FINEWEB:])
