"""NumPy arrays beside the shards of a corpus: one folder a column, its files in order, no ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuscope.errors import SourceError
from indexing.published.weborganizer import is_own
from indexing.readers.contract import Records

ENDING = ".npy"
_ROWS = 65_536


@dataclass(frozen=True)
class SideBySide:
    """Columns out of arrays, all with as many values."""

    names: tuple[str, ...]
    blocks: Callable[[Callable[[str], bool]], Iterator[Records]]


def side_by_side(paths: Sequence[Path]) -> SideBySide:
    """The columns that the files make; columns of unequal length are refused."""
    files: dict[str, list[Path]] = {}
    for path in paths:
        files.setdefault(_column(path, paths), []).append(path)
    columns = {name: [_load(path) for path in own] for name, own in files.items()}
    rows = {name: sum(map(len, pieces)) for name, pieces in columns.items()}
    if len(set(rows.values())) > 1:
        (long, most), *_, (short, least) = Counter(rows).most_common()
        raise SourceError(f"The arrays of {long!r} hold {most:,} values and those of {short!r} {least:,}; "
                          "import them one by one, or complete them.")  # fmt: skip

    def blocks(wanted: Callable[[str], bool]) -> Iterator[Records]:
        total = next(iter(rows.values()))
        for start in range(0, total, _ROWS):
            size = min(_ROWS, total - start)
            held = {name: _arrow(_slice(pieces, start, size)) for name, pieces in columns.items() if wanted(name)}
            yield Records(held, np.arange(start + 1, start + size + 1), np.zeros(size, np.int64))

    return SideBySide(tuple(columns), blocks)


def _column(path: Path, paths: Sequence[Path]) -> str:
    """The column that a file belongs to: its folder where that is a known one or holds several files, else itself."""
    stem = path.name.removesuffix(ENDING)
    if is_own(path.parent.name):
        return path.parent.name
    if is_own(stem):
        return stem
    return path.parent.name if sum(other.parent == path.parent for other in paths) > 1 else stem


def _load(path: Path) -> npt.NDArray[np.generic]:
    try:
        array: npt.NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise SourceError(f"{path} is no array that can be read ({error}).") from None
    if array.ndim not in (1, 2) or array.dtype.kind not in "biuf":
        shape = " x ".join(map(str, array.shape))
        raise SourceError(
            f"{path} holds {array.dtype} values ({shape}); ratings are numbers, one or one row a document."
        )
    return array


def _slice(pieces: list[npt.NDArray[np.generic]], start: int, size: int) -> npt.NDArray[np.generic]:
    """Some rows of arrays that stand one behind the other."""
    taken = []
    for piece in pieces:
        taken.append(piece[start : start + size])
        size -= len(taken[-1])
        start = max(0, start - len(piece))
    return np.concatenate(taken)


def _arrow(values: npt.NDArray[np.generic]) -> pa.Array:
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
    flat = pa.array(np.ascontiguousarray(values).ravel())
    return flat if values.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
