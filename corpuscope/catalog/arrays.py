"""One-dimensional arrays in files: written piece by piece, then mapped into memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt


def map_array(path: Path) -> npt.NDArray[Any]:
    """An array in a file, as a plain view: NumPy's memmap class makes every single access some microseconds dearer."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return array


class Arrays:
    """One-dimensional .npy files of given types that grow; their headers are written last, when lengths are known."""

    def __init__(self, folder: Path, dtypes: Mapping[str, Any]) -> None:
        self.lengths = dict.fromkeys(dtypes, 0)
        self._dtypes = {name: np.dtype(dtype) for name, dtype in dtypes.items()}
        self._files = {name: (folder / f"{name}.npy").open("wb") for name in dtypes}
        for name in dtypes:
            self._write_header(name)

    def append(self, name: str, values: npt.ArrayLike) -> None:
        """Add values to an array."""
        added = np.ascontiguousarray(values, dtype=self._dtypes[name])
        self._files[name].write(added.data)
        self.lengths[name] += len(added)

    def __enter__(self) -> Arrays:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, file in self._files.items():
            with file:
                file.seek(0)
                self._write_header(name)

    def _write_header(self, name: str) -> None:
        # NumPy pads a header so that a longer first axis needs no more bytes.
        shape = (self.lengths[name],)
        about = {"descr": self._dtypes[name].str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._files[name], about)  # type: ignore[no-untyped-call]
