"""The values of FineWeb's rules, as datatrove 0.10.1 computes them."""

from __future__ import annotations

from corpuscope.compiled import compiled
from corpuscope.rules import FINEWEB_SHORT_LINE
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import TERMINAL
from indexing.signals.english_classes import Table as Classes
from indexing.signals.gopher_quality import Values
from indexing.signals.hashing import Table, count, empty, hash_codes
from indexing.signals.lines import count_new_lines, find_new_line, strip


@compiled
def fineweb_quality(
    codes: Codes, start: int, end: int, classes: Classes, words: int, table: Table, out: Values
) -> None:
    """Write the five values; what is divided by nothing stays as it is."""
    lines = punctuated = short = repeated = 0
    new_lines = count_new_lines(codes, start, end)
    empty(table, new_lines + 1)
    i = start
    while i <= end:
        stop = find_new_line(codes, i, end)
        first, last = strip(codes, i, stop, classes)
        if first < last:
            lines += 1
            punctuated += classes[codes[stop - 1]] & TERMINAL != 0
            short += stop - i <= FINEWEB_SHORT_LINE
            if count(table, hash_codes(codes, i, stop)) > 1:
                repeated += stop - i
        i = stop + 1
    out[0] = lines
    if lines:
        out[1], out[2] = punctuated / lines, short / lines
        out[3] = repeated / (end - start - new_lines)
    if words:
        out[4] = new_lines / words
