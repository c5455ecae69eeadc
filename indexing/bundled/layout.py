"""How a page is laid out, in numbers: its lines and paragraphs, and what their tokens are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.bundled.tokenizing import CAPITAL, LINE, MARK, NUMBER, PARAGRAPH, UPPER, WORD, Hashes, Tokens
from indexing.signals.codepoints import Codes

Figures = npt.NDArray[np.float32]

#: Marks that are counted for each word, each group together.
_GROUPS = (
    "?", "!", ":", ";", ",", ".", '"\u201c\u201d', "()", "[]", "$\u20ac\xa3", "%", "|", "/\\", "@",
    "*\u2022\xb7\u25cf", "-\u2013\u2014", "\u2026", "#", "+=<>", "{}_", "&", "\xa9\xae\u2122", "'\u2018",
)  # fmt: skip
_GROUP_OF = {ord(c): g for g, group in enumerate(_GROUPS) for c in group}
#: The group of each mark below 0x2600; one more than the last group for any other.
_TABLE = np.array([_GROUP_OF.get(code, len(_GROUPS)) for code in range(0x2600)], np.uint8)
_OTHER = len(_GROUPS)
_BEFORE_GROUPS, _LINES = 13, 24
#: How many figures there are.
FIGURES = _BEFORE_GROUPS + _OTHER + 1 + _LINES


@compiled
def _group(code: np.uint32) -> int:
    return int(_TABLE[code]) if code < 0x2600 else _OTHER


@compiled
def measure(codes: Codes, tokens: Tokens, count: int, seen: Hashes, out: Figures) -> None:
    """Write the FIGURES of a text; `seen` has room for a hash of each line."""
    out[:] = 0
    _measure_tokens(codes, tokens, count, out)
    _measure_lines(codes, tokens, count, seen, out[_BEFORE_GROUPS + _OTHER + 1 :])


@compiled
def _measure_tokens(codes: Codes, tokens: Tokens, count: int, out: Figures) -> None:
    """Lengths, shares of kinds of words, and marks for each word."""
    marks = out[_BEFORE_GROUPS : _BEFORE_GROUPS + _OTHER + 1]
    words = numbers = years = lines = paragraphs = capitals = uppers = letters = long = contracted = 0
    for i in range(count):
        kind = tokens.kinds[i]
        length = tokens.ends[i] - tokens.starts[i]
        if kind == WORD:
            words += 1
            letters += length
            long += length > 9
            capitals += tokens.cases[i] == CAPITAL
            uppers += tokens.cases[i] == UPPER
            if length > 2:
                before = codes[tokens.ends[i] - 2]
                contracted += before == 0x27 or before == 0x2019
        elif kind == NUMBER:
            numbers += 1
            years += tokens.hashes[i] == 25
        elif kind == MARK:
            marks[_group(codes[tokens.starts[i]])] += 1
        else:
            lines += 1
            paragraphs += kind == PARAGRAPH
    per = 1.0 / max(1, words)
    for g in range(_OTHER + 1):
        marks[g] = np.sqrt(marks[g] * per)
    out[0] = np.log1p(words)
    out[1] = np.log1p(lines)
    out[2] = np.log1p(paragraphs)
    out[3] = paragraphs / max(1, lines)
    out[4] = letters * per
    out[5] = long * per
    out[6] = np.sqrt(numbers * per)
    out[7] = np.sqrt(years * per)
    out[8] = capitals * per
    out[9] = np.sqrt(uppers * per)
    out[10] = np.sqrt(contracted * per)
    out[11] = np.log1p(numbers)
    out[12] = np.log1p(tokens.ends[count - 1] - tokens.starts[0]) if count else 0


@compiled
def _measure_lines(codes: Codes, tokens: Tokens, count: int, seen: Hashes, out: Figures) -> None:
    """How long lines are, how they begin and end, how often they are said again, and the first and the last one."""
    lines = first = longest = total = 0
    while first < count:
        end = first
        words = 0
        hashed = np.uint32(1)
        while end < count and tokens.kinds[end] != LINE and tokens.kinds[end] != PARAGRAPH:
            words += tokens.kinds[end] == WORD
            hashed = np.uint32((hashed ^ tokens.hashes[end]) * np.uint32(16777619))
            end += 1
        if end > first:
            seen[lines] = hashed
            _measure_line(codes, tokens, first, end, words, out)
            if lines == 0:
                out[16] = np.log1p(words)
            out[17] = np.log1p(words)
            lines += 1
            total += words
            longest = max(longest, words)
        first = end + 1
    per = 1.0 / max(1, lines)
    for k in range(12):
        out[k] *= per
    out[12] /= max(1, total)
    out[13] /= max(1, total)
    out[14] = np.log1p(longest)
    out[15] = np.log1p(total * per)
    out[18] = 1 - len(np.unique(seen[:lines])) * per if lines else 0
    out[19] = _ends_with(codes, tokens, count, 0x2E)
    out[20] = 1 if _ends_with(codes, tokens, count, 0x2026) or _ends_in_dots(codes, tokens, count) else 0
    out[21] = 1 if count and tokens.kinds[count - 1] == WORD else 0
    out[22] = lines_within(tokens, count, 300)
    out[23] = np.log1p(lines)


@compiled
def _measure_line(codes: Codes, tokens: Tokens, first: int, end: int, words: int, out: Figures) -> None:
    """Add one line to the counts of lines."""
    out[0] += words <= 3
    out[1] += 3 < words <= 10
    out[2] += 10 < words <= 30
    out[3] += 30 < words <= 80
    out[4] += words > 80
    out[5] += tokens.kinds[first] == NUMBER
    out[6] += tokens.kinds[first] == MARK
    out[7] += tokens.kinds[first] == WORD and tokens.cases[first] == 0
    last = codes[tokens.starts[end - 1]]
    out[8] += last == 0x2E
    out[9] += last == 0x3F
    out[10] += last == 0x3A
    out[11] += tokens.kinds[end - 1] != MARK
    out[12] += words if words <= 5 else 0
    out[13] += words if words > 60 else 0


@compiled
def _ends_with(codes: Codes, tokens: Tokens, count: int, code: int) -> int:
    return 1 if count and codes[tokens.starts[count - 1]] == code else 0


@compiled
def _ends_in_dots(codes: Codes, tokens: Tokens, count: int) -> bool:
    return count > 1 and codes[tokens.starts[count - 1]] == 0x2E and codes[tokens.starts[count - 2]] == 0x2E


@compiled
def lines_within(tokens: Tokens, count: int, most: int) -> int:
    """How many lines end in the first code points."""
    lines = 0
    for i in range(count):
        if tokens.starts[i] > tokens.starts[0] + most:
            break
        lines += tokens.kinds[i] >= LINE
    return lines
