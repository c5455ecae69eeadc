"""Long texts are judged in windows, which end where a line, a sentence or at least a word ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

#: Code points of a window at most, and those that it should have before a boundary ends it.
LONGEST, SHORTEST = 480, 160

_LINE, _SENTENCE, _WORD = 3, 2, 1
_MARK_BEFORE = ord("!")  # all ASCII up to here but ! itself is white space or a control


class Windows(NamedTuple):
    """The windows of some texts, in order: the row of each, and its code points in the joined texts."""

    rows: Places
    starts: Places
    ends: Places


def cut(codes: Codes, offsets: Places) -> Windows:
    """Windows without gaps over all rows; a row without characters has none."""
    most = int(np.sum(np.diff(offsets) // SHORTEST + 1))
    rows, starts, ends = (np.empty(most, np.int64) for _ in range(3))
    count = _cut(codes, offsets, rows, starts, ends)
    return Windows(rows[:count], starts[:count], ends[:count])


@compiled
def _cut(codes: Codes, offsets: Places, rows: Places, starts: Places, ends: Places) -> int:
    count = 0
    for row in range(len(offsets) - 1):
        start = offsets[row]
        while start < offsets[row + 1]:
            end = _end_of_window(codes, start, offsets[row + 1])
            rows[count] = row
            starts[count] = start
            ends[count] = end
            count += 1
            start = end
    return count


@compiled
def _end_of_window(codes: Codes, start: int, end: int) -> int:
    """The last of the best boundaries within reach; the longest window where there is none."""
    if end - start <= LONGEST:
        return end
    best = 0
    found = start + LONGEST
    for i in range(start + LONGEST, start + SHORTEST, -1):
        boundary = _boundary(codes, i)
        if boundary > best:
            best = boundary
            found = i
            if best == _LINE:
                break
    return found


@compiled
def _boundary(codes: Codes, i: int) -> int:
    """What ends between the code points i - 1 and i: a line, a sentence, a word or nothing (0)."""
    before = codes[i - 1]
    if before == 10 or before == 0x2028 or before == 0x2029 or before == 0x85:
        return _LINE
    if before == 13:
        return 0 if codes[i] == 10 else _LINE
    if before == 0x3002 or before == 0xFF01 or before == 0xFF1F:  # full stops of Chinese and Japanese
        return _SENTENCE
    if not _is_space(before) or _is_space(codes[i]):
        return 0
    k = i - 2
    while k > 0 and i - k < 6 and (_is_space(codes[k]) or _is_closing(codes[k])):
        k -= 1
    c = codes[k]
    ends = c == 46 or c == 33 or c == 63 or c == 0x2026 or c == 0x964 or c == 0x61F or c == 0x6D4
    return _SENTENCE if ends else _WORD


@compiled
def _is_space(code: np.uint32) -> bool:
    return bool(code < _MARK_BEFORE or code == 0xA0 or 0x2000 <= code <= 0x200A or code == 0x3000)


@compiled
def _is_closing(code: np.uint32) -> bool:
    """Quotation marks and brackets that may follow the end of a sentence."""
    return bool(
        code == 34 or code == 39 or code == 41 or code == 93 or code == 0x201D or code == 0x2019 or code == 0xBB
    )
