"""A corpus folder, opened: its manifest, its catalog, its documents, its Lucene index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope import manifest as manifests
from corpuscope.cached import cached_property
from corpuscope.catalog.catalog import Catalog
from corpuscope.catalog.column_cache import open_column
from corpuscope.catalog.columns import Column, Mask, Rows
from corpuscope.catalog.widened import WidenedCatalog
from corpuscope.documents import Documents
from corpuscope.errors import CorpusDamaged, InvalidQuery, suggest
from corpuscope.fields import Field
from corpuscope.filters import Filter
from corpuscope.manifest import Manifest

if TYPE_CHECKING:
    from corpuscope.dense.joined import Vectors
    from corpuscope.lexical.index import LexicalIndex
    from corpuscope.query import Query
    from corpuscope.results import SearchResult
    from corpuscope.selection import Lexical


T = TypeVar("T")

#: Answers of one function that a corpus remembers unless told otherwise; each is some kilobytes.
REMEMBERED = 32


class Corpus:
    """One version of a corpus. It goes on serving that version when a job commits a newer one.

    Not for ever: `compact` and `build --force` remove what they replace at once, other jobs when the next one starts.

    Safe to use from many threads; everything but the manifest is opened on first use.
    """

    def __init__(self, folder: Path, manifest: Manifest, suppression: int | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.version = manifest.version
        self.suppression = manifest.suppression if suppression is None else suppression
        #: What other modules work out from this version, to be forgotten with it.
        self.kept: dict[str, Any] = {}
        self._opening = threading.RLock()

    def remembering(self, answer: Callable[..., T], most: int = REMEMBERED) -> Callable[..., T]:
        """A function of this corpus that remembers its latest answers, for all who ask."""
        name = f"{answer.__module__}.{answer.__qualname__}"
        if name not in self.kept:
            self.kept.setdefault(name, lru_cache(most)(partial(answer, self)))
        remembered: Callable[..., T] = self.kept[name]
        return remembered

    def home(self, fields: frozenset[str]) -> Corpus:
        """Where what rests on some fields is remembered: a session's own fields change with every mark."""
        del fields
        return self

    @property
    def name(self) -> str:
        """The corpus's name."""
        return self.manifest.name

    def with_suppressions(self, suppression: int) -> Corpus:
        """The corpus as it was when only the first `suppression` suppressions were in force."""
        return Corpus(self.folder, self.manifest, suppression)

    def with_columns(self, columns: Sequence[Column]) -> WidenedCorpus:
        """The corpus with further fields, held in memory; whatever is open is shared, so this costs nothing."""
        return WidenedCorpus(self, columns)

    @property
    def label(self) -> str:
        """`name@version`, as results and recipes carry it."""
        return f"{self.name}@{self.version}"

    @property
    def fields(self) -> dict[str, Field]:
        """The fields of the corpus by name."""
        return {f.name: f for f in self.manifest.fields}

    @property
    def token_field(self) -> Field | None:
        """The field that counts tokens, None when the corpus has none."""
        counting = (f for f in self.manifest.fields if f.origin == "tokens" and f.column == "tokens")
        return next(counting, None)

    @cached_property
    def suppressed_rows(self) -> Rows:
        """Rows taken down, ascending: never shown, counted or exported."""
        entry = self.manifest.suppressed
        if entry is None:
            return np.empty(0, dtype=np.int64)
        path = self.folder / entry.path
        try:
            table = pq.read_table(path, columns=["row", "suppression"])
        except (OSError, pa.ArrowException) as error:
            raise CorpusDamaged(f"{path} cannot be read ({error}). Run: corpuscope verify {self.folder}") from None
        in_force = table.column("suppression").to_numpy() <= self.suppression
        rows: Rows = np.sort(table.column("row").to_numpy()[in_force])
        return rows

    @cached_property
    def shown(self) -> Mask:
        """Every row that is not suppressed."""
        mask = np.ones(self.manifest.rows, dtype=np.bool_)
        mask[self.suppressed_rows] = False
        mask.setflags(write=False)
        return mask

    @cached_property
    def catalog(self) -> Catalog:
        """Fields as columns."""
        with self._opening:
            return Catalog(self.manifest.fields, self.shown, partial(open_column, self.folder, self.manifest))

    @cached_property
    def documents(self) -> Documents:
        """Texts by row."""
        parts = self.manifest.parts
        return Documents([self.folder / p.documents.path for p in parts], [p.rows for p in parts])

    @property
    def lexical(self) -> LexicalIndex:
        """The Lucene index over all parts."""
        with self._opening:
            return self._lexical

    @cached_property
    def _lexical(self) -> LexicalIndex:
        from corpuscope.lexical.index import LexicalIndex

        parts = self.manifest.parts
        missing = [p.name for p in parts if p.lexical is None]
        if missing:
            raise CorpusDamaged(
                f"{self.folder} has no Lucene index for part {missing[0]}; run the build command again."
            )
        paths = [self.folder / p.lexical.path for p in parts if p.lexical]
        return LexicalIndex.open(paths, [p.rows for p in parts], self.manifest.language)

    def text_matcher(self, query: Query, field_mask: Callable[[Filter], Mask]) -> Lexical:
        """What a keyword, phrase or boolean query looks for; `field_mask` knows the fields in a boolean one."""
        from corpuscope.selection import Lexical

        return Lexical(self.lexical.compile(query, field_mask))

    def vectors(self, embedder: str | None = None) -> Vectors:
        """The vectors by an embedder, by default the one that came last; raises InvalidQuery where there is none."""
        known = self.manifest.dense
        if not known:
            raise InvalidQuery(
                f"{self.label} has no embeddings, so it cannot be searched by meaning. "
                f"Make them first: corpuscope embed {self.folder} --embedder minilm"
            )
        name = list(known)[-1] if embedder is None else embedder
        if name not in known:
            raise InvalidQuery(f"{self.label} has no embeddings by {name!r}. {suggest(name, known)}")
        return self._vectors(name)

    def pinned(self, query: Query) -> Query:
        """The query with the name of the embedder that it means, if any: what is usual may be another one tomorrow."""
        compares = query.by_meaning and query.looks_for_something
        return replace(query, embedder=self.vectors(query.embedder).name if compares else None)

    def _vectors(self, name: str) -> Vectors:
        from corpuscope.dense.index import DenseIndex
        from corpuscope.dense.joined import Vectors

        with self._opening:
            key = f"vectors {name}"
            if key not in self.kept:
                index = DenseIndex.open(self.folder, self.manifest, name)
                self.kept[key] = Vectors(name, self.manifest.dense[name].embedder, index)
            found: Vectors = self.kept[key]
            return found

    def search(self, query: Query) -> SearchResult:
        """Answer a query."""
        from corpuscope.engine import search

        return search(self, query)


class WidenedCorpus(Corpus):
    """A corpus with further fields, which no file of it holds."""

    def __init__(self, base: Corpus, columns: Sequence[Column]) -> None:
        super().__init__(base.folder, base.manifest, base.suppression)
        self.base = base
        self.columns = {c.field.name: c for c in columns}

    def home(self, fields: frozenset[str]) -> Corpus:
        """The corpus itself, for what rests on its own fields alone."""
        return self.base if fields.isdisjoint(self.columns) else self

    @property
    def fields(self) -> dict[str, Field]:
        """The fields of the corpus, then the further ones."""
        return self.base.fields | {name: c.field for name, c in self.columns.items()}

    @cached_property
    def suppressed_rows(self) -> Rows:
        """Rows taken down, ascending."""
        return self.base.suppressed_rows

    @cached_property
    def shown(self) -> Mask:
        """Every row that is not suppressed."""
        return self.base.shown

    @cached_property
    def catalog(self) -> Catalog:
        """Fields as columns."""
        return WidenedCatalog(self.base.catalog, list(self.columns.values()))

    @cached_property
    def documents(self) -> Documents:
        """Texts by row."""
        return self.base.documents

    @property
    def lexical(self) -> LexicalIndex:
        """The Lucene index over all parts."""
        return self.base.lexical

    def _vectors(self, name: str) -> Vectors:
        return self.base._vectors(name)


def open_corpus(folder: str | Path) -> Corpus:
    """Open the corpus in `folder`; raises CorpusNotFound or CorpusDamaged."""
    path = Path(folder)
    return Corpus(path, manifests.load(path))
