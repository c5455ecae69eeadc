"""The documents that ratings are joined with: what identifies each, read column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuscope.manifest import Manifest

#: Ids that a build makes for documents without one: of the content, the file and the line.
_MADE = r"^[0-9a-f]{12}-[0-9]+-[0-9]+(#[0-9]+)?$"
_CHARACTERS = "characters"
_ROWS = 4096


class Target:
    """All documents of a corpus, suppressed ones included, in row order."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest

    @property
    def rows(self) -> int:
        """The number of documents."""
        return self._manifest.rows

    @property
    def fingerprint(self) -> list[str]:
        """What tells these documents, in these parts, from others."""
        return [part.documents.sha256 for part in self._manifest.parts]

    @property
    def left_out(self) -> int:
        """Records of the sources that did not become documents."""
        return sum(reject.count for reject in self._manifest.rejected.values())

    @cached_property
    def ids(self) -> pa.Array:
        """The id of every document."""
        return pa.concat_arrays([*self._pieces("id", lambda ids: ids.cast(pa.large_string()))])

    @cached_property
    def has_made_ids(self) -> bool:
        """Whether the program made all ids, so that nobody else can know them."""
        return bool(pc.all(pc.match_substring_regex(self.ids, _MADE)).as_py())

    def prefixes(self, of: Callable[[pa.Array], pa.Array]) -> pa.Array:
        """How each text begins."""
        return pa.concat_arrays([*self._pieces("text", of)])

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Code points of each text."""
        files = [part.fields.get(_CHARACTERS) for part in self._manifest.parts]
        if all(files):
            paths = [self._folder / file.path for file in files if file]
            counts = pa.concat_arrays([c for p in paths for c in pq.read_table(p)[_CHARACTERS].chunks])
        else:
            counts = pa.concat_arrays([*self._pieces("text", lambda texts: pc.utf8_length(texts).cast(pa.int64()))])
        lengths: npt.NDArray[np.int64] = pc.fill_null(counts, 0).to_numpy(zero_copy_only=False)
        return lengths

    def _pieces(self, column: str, of: Callable[[pa.Array], pa.Array]) -> Iterator[pa.Array]:
        for part in self._manifest.parts:
            with pq.ParquetFile(self._folder / part.documents.path) as file:
                for batch in file.iter_batches(_ROWS, columns=[column]):
                    yield of(batch.column(column))
