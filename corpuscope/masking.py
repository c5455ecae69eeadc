"""Masking personal data: one implementation for titles, snippets, fields, facet values, counts and exports.

A text is only ever changed by putting [EMAIL], [IP], [PHONE] or [KEY] where `personal_data.spans` found something.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope import personal_data
from corpuscope.personal_data import KINDS, Kind, Span, spans, spans_near
from corpuscope.spans import LabelledSpan

_TOKENS: dict[Kind, str] = {kind: f"[{kind.upper()}]" for kind in KINDS}

Highlights = list[tuple[int, int]]


def mask(text: str) -> str:
    """`text` with every piece of personal data replaced by its kind."""
    return _mask(text, spans(text))


def mask_value(value: Any) -> Any:
    """A field's value with its texts masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [mask_value(v) for v in value]
    return value


@dataclass(frozen=True)
class Window:
    """A masked part of a text: where the masks stand in it, and what was highlighted, in the order given."""

    text: str
    masks: list[Span]
    highlights: Highlights


def mask_window(text: str, start: int, end: int, highlights: Highlights) -> tuple[str, Highlights]:
    """The masked snippet `text[start:end]` and the highlights (offsets into `text`) moved onto it, joined and sorted.

    What the window cuts is masked whole; a highlight that touches a mask marks all of the mask.
    """
    window = masked_window(text, start, end, highlights)
    return window.text, _joined(window.highlights)


def masked_window(text: str, start: int, end: int, highlights: Highlights) -> Window:
    """What `mask_window` gives, with the masks; highlights that fall into one mask are not joined.

    A highlight that does not reach into the window is left out.
    """
    start, end = max(0, start), min(len(text), end)
    found = spans_near(text, start, end)
    inside = [Span(max(s.start, start), min(s.end, end), s.kind) for s in found if s.start < end and s.end > start]
    shifted = [Span(s.start - start, s.end - start, s.kind) for s in inside]
    local = ((max(a, start) - start, min(b, end) - start) for a, b in highlights)
    places = _Places(shifted)
    moved = [(places.of_start(a), places.of_end(b)) for a, b in local if a < b]
    return Window(_mask(text[start:end], shifted), places.masks, moved)


def mask_array(array: pa.Array) -> tuple[pa.Array, int]:
    """Strings, or lists of strings, masked, and how many pieces of personal data were; null stays null."""
    if _is_list(array.type):
        values, count = mask_array(array.flatten())
        return (_relist(array, values), count) if count else (array, 0)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if not _is_text(array.type):
        return array, 0
    found = _spans_by_row(array)
    if not found:
        return array, 0
    chosen = np.zeros(len(array), bool)
    chosen[list(found)] = True
    masked = [_mask(array[row].as_py(), where) for row, where in found.items()]
    replaced = pc.replace_with_mask(array, pa.array(chosen), pa.array(masked, array.type))
    return replaced, sum(map(len, found.values()))


@dataclass(frozen=True)
class Found:
    """What every string of an array holds: pieces by kind (int64), and where they stand (lists of "start-end kind").

    Offsets are code points, end exclusive; null for null.
    """

    counts: dict[Kind, pa.Array]
    places: pa.Array


def find_array(array: pa.Array) -> Found:
    """Count and place the personal data of every string."""
    counts = {kind: np.zeros(len(array), np.int64) for kind in KINDS}
    sizes = np.zeros(len(array) + 1, np.int32)
    places: list[str] = []
    for row, where in (_spans_by_row(array) if _is_text(array.type) else {}).items():
        for span in where:
            counts[span.kind][row] += 1
        sizes[row + 1] = len(where)
        places += [str(LabelledSpan(span.start, span.end, span.kind)) for span in where]
    missing = np.asarray(array.is_null())
    offsets = pa.array(np.cumsum(sizes, dtype=np.int32))
    return Found(
        {kind: pa.array(values, mask=missing) for kind, values in counts.items()},
        pa.ListArray.from_arrays(offsets, pa.array(places, pa.string()), mask=pa.array(missing)),
    )


def _mask(text: str, found: list[Span]) -> str:
    pieces: list[str] = []
    done = 0
    for span in found:
        pieces += (text[done : span.start], _TOKENS[span.kind])
        done = span.end
    return "".join((*pieces, text[done:]))


def _joined(highlights: Highlights) -> Highlights:
    """Highlights in order, those that overlap joined."""
    out: Highlights = []
    for start, end in sorted(highlights):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


class _Places:
    """Where places of a text stand once some spans of it are masked."""

    def __init__(self, masked: list[Span]) -> None:
        self._starts = [s.start for s in masked]
        self._ends = [s.end for s in masked]
        self.masks: list[Span] = []
        shift = 0
        for span in masked:
            size = len(_TOKENS[span.kind])
            self.masks.append(Span(span.start + shift, span.start + shift + size, span.kind))
            shift += size - (span.end - span.start)

    def of_start(self, offset: int) -> int:
        """The place of what begins at `offset`: within a mask, where the mask begins."""
        i = bisect_right(self._starts, offset) - 1
        if i < 0:
            return offset
        return self.masks[i].start if offset < self._ends[i] else self.masks[i].end + offset - self._ends[i]

    def of_end(self, offset: int) -> int:
        """The place of what ends at `offset`: within a mask, where the mask ends."""
        i = bisect_left(self._starts, offset) - 1
        return offset if i < 0 else self.masks[i].end + max(0, offset - self._ends[i])


def _spans_by_row(array: pa.Array) -> dict[int, list[Span]]:
    """Personal data by row, for the rows that have some; only candidates are ever decoded."""
    found: dict[int, list[Span]] = {}
    for row in _candidates(array):
        text = array[row].as_py()
        where = spans(text) if text is not None else []
        if where:
            found[row] = where
    return found


def _candidates(array: pa.Array) -> list[int]:
    """Rows that may hold personal data, by one pass of the joint pattern over the array's character buffer.

    A match that runs over the end of its row only makes a false candidate: none starts in the rows before it.
    """
    _, offsets, characters = array.buffers()
    if len(array) == 0 or characters is None:
        return []
    ends = _offsets(array, offsets)
    buffer = memoryview(characters)
    regexp = personal_data.joint_pattern()
    rows: list[int] = []
    position = int(ends[0])
    while position < ends[-1]:
        match = regexp.search(buffer, position, int(ends[-1]))
        if match is None:
            break
        row = int(np.searchsorted(ends, match.start(), side="right")) - 1
        rows.append(row)
        position = int(ends[row + 1])
    return rows


def _offsets(array: pa.Array, buffer: pa.Buffer) -> npt.NDArray[Any]:
    width = np.int64 if pa.types.is_large_string(array.type) else np.int32
    return np.frombuffer(buffer, width)[array.offset : array.offset + len(array) + 1]


def _relist(array: pa.Array, values: pa.Array) -> pa.Array:
    """The lists of `array` with other values; `values` are those of `array.flatten()`."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    large = pa.types.is_large_list(array.type)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int64() if large else pa.int32())
    kind = pa.LargeListArray if large else pa.ListArray
    return kind.from_arrays(offsets, values, type=array.type, mask=array.is_null())


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_list(kind: pa.DataType) -> bool:
    return (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type)
