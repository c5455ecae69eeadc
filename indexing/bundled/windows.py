"""Long texts looked at through windows of the length of the excerpts that readability was trained on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes, Offsets

#: Code points of a window, the longest text that is one window, and the most windows of a text.
WINDOW, WHOLE, MOST = 1_000, 1_400, 8


class Windows(NamedTuple):
    """Code points of all windows, where each starts (one more than windows), and where each text's windows start."""

    codes: Codes
    offsets: Offsets
    firsts: Offsets


def windows_of(texts: tuple[Codes, Offsets]) -> Windows:
    """Windows evenly spaced over each text, the first at its start and the last at its end, of whole words."""
    codes, offsets = texts
    lengths = np.diff(offsets)
    numbers = np.where(lengths <= WHOLE, 1, np.minimum(MOST, -(-lengths // WINDOW)))
    firsts = np.concatenate([[0], np.cumsum(numbers)])
    bounds = np.empty((firsts[-1], 2), np.int64)
    _place(codes, offsets, firsts, bounds)
    sizes = bounds[:, 1] - bounds[:, 0]
    out = np.empty(sizes.sum(), np.uint32)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    _copy(codes, bounds, starts, out)
    return Windows(out, starts, firsts)


@compiled
def _place(codes: Codes, offsets: Offsets, firsts: Offsets, bounds: npt.NDArray[np.int64]) -> None:
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        windows = firsts[row + 1] - firsts[row]
        for w in range(windows):
            at = start if windows == 1 else start + (end - start - WINDOW) * w // (windows - 1)
            stop = end if windows == 1 or w == windows - 1 else at + WINDOW
            bounds[firsts[row] + w, 0] = at if w == 0 else _after_space(codes, at, stop)
            bounds[firsts[row] + w, 1] = stop if stop == end else _before_word(codes, at, stop)


@compiled
def _after_space(codes: Codes, at: int, stop: int) -> int:
    """The first place behind a space, within a tenth of a window; else the place itself."""
    for i in range(at, min(stop, at + WINDOW // 10)):
        if codes[i] == 0x20 or codes[i] == 0x0A:
            return i + 1
    return at


@compiled
def _before_word(codes: Codes, at: int, stop: int) -> int:
    """The last place before a space, within a tenth of a window; else the place itself."""
    for i in range(stop - 1, max(at, stop - WINDOW // 10), -1):
        if codes[i] == 0x20 or codes[i] == 0x0A:
            return i
    return stop


@compiled
def _copy(codes: Codes, bounds: npt.NDArray[np.int64], starts: Offsets, out: Codes) -> None:
    for w in range(len(bounds)):
        out[starts[w] : starts[w + 1]] = codes[bounds[w, 0] : bounds[w, 1]]
