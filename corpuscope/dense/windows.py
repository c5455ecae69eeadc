"""Long texts in passages: windows of tokens that overlap, cut at exact places of the text."""

from __future__ import annotations

from collections.abc import Sequence

#: A passage shares one token in so many with the one before it, so that what lies across a cut is read whole.
OVERLAP = 8


def passages(offsets: Sequence[tuple[int, int]], size: int, length: int) -> list[tuple[int, int]]:
    """Ranges of a text of `length` code points whose tokens lie at `offsets`, of `size` tokens each.

    The first begins at 0, the last ends at the end of the text; a text that fits is one range.
    """
    if len(offsets) <= size:
        return [(0, length)]
    step = size - size // OVERLAP
    out = []
    for first in range(0, len(offsets), step):
        last = first + size
        start = 0 if first == 0 else offsets[first][0]
        if last >= len(offsets):
            out.append((start, length))
            break
        out.append((start, offsets[last - 1][1]))
    return out
