"""The dictionary of a text column: its distinct values, sorted by code point, one after the other in a file.

Each part is encoded by its own sorted words first. These are then merged range by range, so that no more than a part
or a range of words is in memory at once, however long the texts are.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuscope.catalog.arrays import Arrays, map_array

Codes = npt.NDArray[np.int32]

#: A range of words to merge has about this many samples, which lie this many bytes apart.
_RANGE_SAMPLES = 256
_SAMPLE_BYTES = 1 << 18


def map_words(folder: Path) -> pa.Array:
    """The sorted words in a folder."""
    offsets = map_array(folder / "word_offsets.npy")
    path = folder / "words.bin"
    words = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.empty(0, dtype=np.uint8)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(words)]
    return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, buffers)


class DictionaryBuilder:
    """Collects the values of a column, part by part, in a folder for temporary files."""

    def __init__(self, temporary: Path) -> None:
        self._temporary = temporary
        self._parts: list[Path] = []

    def add(self, values: pa.Array) -> Codes:
        """Take the values of the next part; returns their codes among the part's own sorted words, -1 for none."""
        encoded = values.cast(pa.large_string()).dictionary_encode()
        order = pc.sort_indices(encoded.dictionary)  # Arrow compares bytes, which orders UTF-8 by code point
        places = np.full(len(order) + 1, -1, dtype=np.int32)
        places[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
        codes: Codes = places[pc.fill_null(encoded.indices, -1).to_numpy()]  # -1 takes the last one
        folder = self._temporary / f"{len(self._parts)}"
        folder.mkdir()
        np.save(folder / "codes.npy", codes)
        with Arrays(folder, {"word_offsets": np.int64}) as offsets, (folder / "words.bin").open("wb") as file:
            offsets.append("word_offsets", [0])
            _append_words(offsets, file, encoded.dictionary.take(order))
        self._parts.append(folder)
        return codes

    def join(self, folder: Path) -> Iterator[Codes]:
        """Write the words of all parts into `folder`; gives the codes of each part among them."""
        self._merge(folder)
        for part in self._parts:
            codes: Codes = np.append(map_array(part / "merged.npy"), np.int32(-1))[map_array(part / "codes.npy")]
            yield codes

    def _merge(self, folder: Path) -> None:
        """Write all words, and where each word of a part has come to stand among them."""
        words = [map_words(part) for part in self._parts]
        # Mapped, not open: there may be more parts than a process may have files.
        places = [_new_codes(part / "merged.npy", len(w)) for part, w in zip(self._parts, words, strict=True)]
        starts = [0] * len(words)
        size = 0
        with Arrays(folder, {"word_offsets": np.int64}) as offsets, (folder / "words.bin").open("wb") as file:
            offsets.append("word_offsets", [0])
            for bound in (*_bounds(words), None):
                ends = [len(w) if bound is None else _first_at(w, bound) for w in words]
                slices = [w[start:end] for w, start, end in zip(words, starts, ends, strict=True)]
                merged = _sorted_union(slices)
                _append_words(offsets, file, merged)
                for part, start, end, own in zip(places, starts, ends, slices, strict=True):
                    part[start:end] = size + pc.index_in(own, value_set=merged).to_numpy()
                starts, size = ends, size + len(merged)


def _bounds(words: Sequence[pa.Array]) -> list[str]:
    """Words that cut the sorted words of all parts into ranges that fit into memory."""
    samples: list[str] = []
    for part in words:
        offsets = np.frombuffer(part.buffers()[1], dtype=np.int64)
        at = np.searchsorted(offsets, np.arange(0, offsets[-1], _SAMPLE_BYTES), side="right") - 1
        samples += (part[int(i)].as_py() for i in np.unique(at))
    return sorted(samples)[_RANGE_SAMPLES::_RANGE_SAMPLES]


def _first_at(words: pa.Array, bound: str) -> int:
    """The first of the sorted words that is not before `bound`."""
    return bisect.bisect_left(range(len(words)), bound, key=lambda i: words[i].as_py())


def _new_codes(path: Path, size: int) -> Codes:
    codes: Codes = np.lib.format.open_memmap(path, mode="w+", dtype=np.int32, shape=(size,))  # type: ignore[no-untyped-call]
    return codes


def _sorted_union(sets: Sequence[pa.Array]) -> pa.Array:
    union = pc.unique(pa.chunked_array(sets, pa.large_string()))
    return union.take(pc.sort_indices(union))


def _append_words(offsets: Arrays, file: BinaryIO, words: pa.Array) -> None:
    if not len(words):
        return
    _, ends, data = words.buffers()
    ends = np.frombuffer(ends, dtype=np.int64)[words.offset : words.offset + len(words) + 1]
    offsets.append("word_offsets", file.tell() + ends[1:] - ends[0])
    if data is not None:
        file.write(memoryview(data)[int(ends[0]) : int(ends[-1])])
