r"""RedPajama-V2's signals of lines: of each, over the lines of a text, the mean, the least, and the share that fails.

A line ends behind its `\n`; what stands behind the last `\n` is a line where there is anything. Each signal has three
places in `out`: mean, least, share of lines that fail the rule which the signal was made for.
"""

from __future__ import annotations

import numpy as np

from corpuscope.compiled import compiled
from corpuscope.rules import C4_FEWEST_WORDS
from indexing.signals.characters import LINE_END, NUMERIC, UPPER, Classes
from indexing.signals.codepoints import Codes
from indexing.signals.redpajama_raw import (
    Figures,
    count_of,
    ends_terminally,
    ends_with_ellipsis,
    starts_with_bullet,
    strip,
)
from indexing.signals.redpajama_words import Words, total

_TERMINAL, _BULLET, _UPPER, _JAVASCRIPT, _WORDS, _NUMERICAL = range(0, 18, 3)
#: RefinedWeb drops lines that are mainly in capitals.
_MAINLY = 0.5


@compiled
def write_lines(
    codes: Codes, kinds: Classes, words: Words, count: int, normal: Classes, javascript: np.uint64, out: Figures
) -> tuple[int, int]:
    """Write the 18 figures; how many lines there are, and how many end with an ellipsis.

    `codes` and `kinds` are of the text as it is; `normal` are the classes of the normalised one, `words` its words.
    """
    lines = ellipses = start = normal_start = word = 0
    for signal in range(0, 18, 3):
        out[signal], out[signal + 1], out[signal + 2] = 0.0, np.inf, 0.0
    while start < len(codes):
        end = find_line_end(kinds, start)
        ellipses += _add_raw_line(codes[start:end], kinds[start:end], out)
        normal_end = find_line_end(normal, normal_start)
        next_word = word
        while next_word < count and words.starts[next_word] < normal_end:
            next_word += 1
        _add_normal_line(words, word, next_word, count_of(NUMERIC, normal[normal_start:normal_end]), javascript, out)
        start, normal_start, word = end, normal_end, next_word
        lines += 1
    for signal in range(0, 18, 3):
        out[signal] = out[signal] / lines if lines else np.nan
        out[signal + 1] = out[signal + 1] if lines else np.nan
        out[signal + 2] = out[signal + 2] / lines if lines else np.nan
    return lines, ellipses


@compiled
def find_line_end(kinds: Classes, start: int) -> int:
    """Where the line that begins at `start` has ended, its line end being part of it."""
    end = start
    while end < len(kinds):
        end += 1
        if kinds[end - 1] & LINE_END:
            break
    return end


@compiled
def _add_raw_line(codes: Codes, kinds: Classes, out: Figures) -> bool:
    """Add what a line as it is says; whether it ends with an ellipsis."""
    start, end = strip(kinds)
    terminal = ends_terminally(codes[start:end], kinds[start:end])
    bullet = starts_with_bullet(codes[start:end])
    upper = count_of(UPPER, kinds) / len(codes)
    _add(out, _TERMINAL, 1.0 if terminal else 0.0, not terminal)
    _add(out, _BULLET, 1.0 if bullet else 0.0, bullet)
    _add(out, _UPPER, upper, upper > _MAINLY)
    return ends_with_ellipsis(codes[start:end])


@compiled
def _add_normal_line(words: Words, first: int, last: int, numeric: int, javascript: np.uint64, out: Figures) -> None:
    """Add what the normalised line says that has the words from `first` to before `last`."""
    size = last - first
    scripts = 0
    for i in range(first, last):
        scripts += words.hashes[i] == javascript
    length = total(words.lengths[first:last]) + size - 1
    numerical = numeric / length if size else 0.0
    _add(out, _JAVASCRIPT, float(scripts), scripts > 0)
    _add(out, _WORDS, float(size), size < C4_FEWEST_WORDS)
    _add(out, _NUMERICAL, numerical, numerical == 1)


@compiled
def _add(out: Figures, signal: int, score: float, fails: bool) -> None:
    out[signal] += score
    out[signal + 1] = min(out[signal + 1], score)
    out[signal + 2] += fails
