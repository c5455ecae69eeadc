"""The vectors of one part: documents read and tokenised in one thread, embedded in another, written as they come."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpuscope.dense.embedder import Embedder, Vectors, normalised
from corpuscope.errors import CorpuscopeError, CorpusDamaged

#: What becomes of a document that is longer than the model reads: its first passage alone is embedded, each passage is,
#: or their mean stands for the document.
Cut = Literal["first", "passages", "mean"]
CUTS: tuple[str, ...] = get_args(Cut)

T = TypeVar("T")

_FORMAT = 1
_PASSAGES = pa.schema([("row", pa.int32()), ("start", pa.int32()), ("end", pa.int32())])
#: Rows that are read of a file at once, and the bytes after which fewer are.
_READ_ROWS, _READ_BYTES = 256, 16 << 20


@dataclass(frozen=True)
class Piece:
    """Some documents of a part, prepared: `items` as the model takes them, and where each lies in which document."""

    rows: int
    items: list[Any]
    documents: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    longer: int


@dataclass
class Embedded:
    """What was embedded and what it took: `busy` seconds of `seconds` the model was at work.

    `longer` counts documents that the model cannot read whole. `utilisation` is the device's own figure (0 to 100),
    None where it tells none.
    """

    documents: int = 0
    passages: int = 0
    tokens: int = 0
    longer: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    utilisation: list[float] = field(default_factory=list)

    def add(self, other: Embedded) -> None:
        """Count another part."""
        for name in ("documents", "passages", "tokens", "longer", "seconds", "busy", "utilisation"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def told(self) -> dict[str, Any]:
        """For the history: plain JSON."""
        seconds = max(self.seconds, 1e-9)
        known = {"utilisation": round(float(np.mean(self.utilisation)), 1)} if self.utilisation else {}
        return {
            "documents": self.documents,
            "passages": self.passages,
            "tokens": self.tokens,
            "longer": self.longer,
            "seconds": round(self.seconds, 3),
            "documents_a_second": round(self.documents / seconds, 1),
            "tokens_a_second": round(self.tokens / seconds),
            "busy": round(100 * self.busy / seconds, 1),
            **known,
        }


def file_stem(name: str, identity: dict[str, Any], cut: str) -> str:
    """What the files of an embedder are called in each part: another model, or another cut, has other files."""
    made_by = json.dumps([_FORMAT, identity, cut], sort_keys=True)
    return f"{name}-{hashlib.sha256(made_by.encode()).hexdigest()[:8]}"


def embed_documents(
    documents: Path,
    target: Path,
    embedder: Embedder,
    cut: Cut,
    *,
    rows_at_once: int,
    advance: Callable[[int], None],
    watch: Callable[[], float | None] = lambda: None,
) -> Embedded:
    """Write the vectors of a documents.parquet to `target`.npy, with `cut` "passages" also `target`.passages.parquet.

    Both appear by a rename, the vectors last. `watch` tells how busy the device is.
    """
    done = Embedded()
    begun = time.perf_counter()
    target.parent.mkdir(parents=True, exist_ok=True)
    files = _Writer(target, embedder.dimensions, with_passages=cut == "passages")
    with files as writer, ThreadPoolExecutor(2) as others:
        base = 0
        texts = ahead(read_texts(documents, rows_at_once), others)
        for piece in ahead(prepared(texts, embedder, cut), others):
            at = time.perf_counter()
            vectors = _vectors(embedder, piece, cut)
            done.busy += time.perf_counter() - at
            writer.write(vectors, piece, base)
            base += piece.rows
            done.documents += piece.rows
            done.passages += len(piece.items)
            done.tokens += sum(map(len, piece.items))
            done.longer += piece.longer
            done.utilisation += [u for u in (watch(),) if u is not None]
            advance(piece.rows)
    done.seconds = time.perf_counter() - begun
    return done


def ahead(items: Iterator[T], others: ThreadPoolExecutor) -> Iterator[T]:
    """The same items, each made in another thread while the one before it is used."""
    upcoming: Future[T | None] = others.submit(next, items, None)
    while (item := upcoming.result()) is not None:
        upcoming = others.submit(next, items, None)
        yield item


def read_texts(documents: Path, rows_at_once: int) -> Iterator[tuple[list[str], list[int]]]:
    """The texts of a part as they are embedded, some rows at a time, and where in each the document's text begins.

    That is behind its title, which is embedded with it, as it is indexed with it.
    """
    held: list[str] = []
    shifts: list[int] = []
    size = 0
    try:
        with pq.ParquetFile(documents, memory_map=True) as file:
            columns = [c for c in ("title", "text") if c in file.schema_arrow.names]
            for batch in file.iter_batches(_READ_ROWS, columns=columns):
                for text, shift in zip(*_contents(batch), strict=True):
                    held.append(text)
                    shifts.append(shift)
                    size += len(text)
                    if len(held) >= rows_at_once or size >= _READ_BYTES:
                        yield held, shifts
                        held, shifts, size = [], [], 0
    except (OSError, pa.ArrowException) as error:
        raise CorpusDamaged(f"{documents} cannot be read ({error}).") from None
    if held:
        yield held, shifts


def _contents(batch: pa.RecordBatch) -> tuple[list[str], list[int]]:
    texts = [text.encode("utf-8", "replace").decode() for text in batch.column("text").to_pylist()]
    titles = batch.column("title").to_pylist() if "title" in batch.schema.names else [None] * len(texts)
    heads = [_head(title, text) for title, text in zip(titles, texts, strict=True)]
    return [head + text for head, text in zip(heads, texts, strict=True)], [len(head) for head in heads]


def _head(title: str | None, text: str) -> str:
    """What stands before a text: its title, unless it begins with it."""
    return f"{title}\n".encode("utf-8", "replace").decode() if title and not text.startswith(title) else ""


def prepared(texts: Iterator[tuple[list[str], list[int]]], embedder: Embedder, cut: Cut) -> Iterator[Piece]:
    """Texts cut into passages, and passages as the model takes them."""
    for whole, shifts in texts:
        yield _first(whole, embedder) if cut == "first" else _passages(whole, shifts, embedder)


def _first(texts: list[str], embedder: Embedder) -> Piece:
    items = embedder.prepare(texts, "document")
    most = embedder.max_tokens
    longer = 0 if most is None else sum(len(item) >= most for item in items)
    every, none = np.arange(len(texts), dtype=np.int32), np.zeros(len(texts), np.int32)
    return Piece(len(texts), items, every, none, none, longer)


def _passages(texts: list[str], shifts: list[int], embedder: Embedder) -> Piece:
    places = embedder.passages(texts)
    counts = [len(found) for found in places]
    items = embedder.prepare([t[a:b] for t, found in zip(texts, places, strict=True) for a, b in found], "document")
    documents = np.repeat(np.arange(len(texts), dtype=np.int32), counts)
    shift = np.repeat(np.array(shifts, np.int32), counts)
    flat = np.array([place for found in places for place in found], np.int32).reshape(-1, 2) - shift[:, None]
    flat = np.maximum(flat, 0)  # the title is no part of the text
    return Piece(len(texts), items, documents, flat[:, 0], flat[:, 1], sum(count > 1 for count in counts))


def _vectors(embedder: Embedder, piece: Piece, cut: Cut) -> Vectors:
    vectors = embedder.embed(piece.items)
    if cut == "mean" and len(vectors):
        starts = np.searchsorted(piece.documents, np.arange(piece.rows))
        vectors = normalised(np.add.reduceat(vectors, starts))
    if not np.isfinite(vectors).all():
        raise CorpuscopeError(
            "The model gave vectors that are not finite numbers; give it another device or number type: --device cpu"
        )
    return vectors


class _Writer:
    """Vectors, and the places of passages, into files that appear when they are whole."""

    def __init__(self, target: Path, dimensions: int, *, with_passages: bool) -> None:
        self._target, self._passages = npy_path(target), passages_path(target) if with_passages else None
        self._shape = (0, dimensions)
        self._file: BinaryIO | None = None
        self._table: pq.ParquetWriter | None = None

    def __enter__(self) -> _Writer:
        self._file = _beside(self._target).open("wb")
        self._header()
        if self._passages is not None:
            self._table = pq.ParquetWriter(_beside(self._passages), _PASSAGES, compression="zstd")
        return self

    def write(self, vectors: Vectors, piece: Piece, base: int) -> None:
        """Append the vectors of a piece whose first document is the row `base` of the part."""
        assert self._file is not None
        self._file.write(np.ascontiguousarray(vectors, np.float16).tobytes())
        self._shape = (self._shape[0] + len(vectors), self._shape[1])
        if self._table is not None:
            columns = [piece.documents + np.int32(base), piece.starts, piece.ends]
            self._table.write_table(pa.table([pa.array(c) for c in columns], schema=_PASSAGES))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        if self._table is not None:
            self._table.close()
        self._file.seek(0)
        self._header()
        self._file.close()
        if kind is None:
            if self._passages is not None:
                _beside(self._passages).replace(self._passages)
            _beside(self._target).replace(self._target)

    def _header(self) -> None:
        """The header of a .npy file, which NumPy makes wide enough for any number of rows."""
        about = {"descr": "<f2", "fortran_order": False, "shape": self._shape}
        np.lib.format.write_array_header_1_0(self._file, about)  # type: ignore[no-untyped-call]


def npy_path(target: Path) -> Path:
    """The file of the vectors."""
    return target.with_name(f"{target.name}.npy")


def passages_path(target: Path) -> Path:
    """The file of the passages' places."""
    return target.with_name(f"{target.name}.passages.parquet")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")


def keep_vectors(source: Path, target: Path, keep: npt.NDArray[np.bool_], passages: Path | None) -> None:
    """Write the vectors of those documents that are kept; `target` as in `embed_documents`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    vectors = np.load(source, mmap_mode="r")
    if passages is not None:
        table = pq.read_table(passages)
        rows = table.column("row").to_numpy()
        kept = keep[rows]
        new_row = (np.cumsum(keep) - 1).astype(np.int32)[rows[kept]]
        table = table.filter(pa.array(kept)).set_column(0, "row", pa.array(new_row))
        _replace(passages_path(target), lambda path: pq.write_table(table, path, compression="zstd"))
        keep = kept
    _replace(npy_path(target), lambda path: _save(path, vectors[keep]))


def _save(path: Path, vectors: npt.NDArray[np.float16]) -> None:
    with path.open("wb") as file:
        np.save(file, vectors)


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    write(_beside(path))
    _beside(path).replace(path)
