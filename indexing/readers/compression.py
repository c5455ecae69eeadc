"""Reading files as streams of bytes, whatever they are compressed with."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
COMPRESSED_ENDINGS = (".gz", ".zst", ".zstd")

_EXPANSION_SAMPLE = 4 << 20
_PLAIN_CHUNK = 4 << 20
# Small, because a chunk of zeros grows a thousandfold and more.
_COMPRESSED_CHUNK = 128 << 10


class Damaged(Exception):
    """A compressed file that ends too early or does not decompress; what came before it is whole."""


def stream(path: Path) -> Iterator[bytes]:
    """Yield the decompressed content; raises Damaged where a compressed file stops making sense."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == GZIP_MAGIC:
        yield from _gzip(path)
    elif magic == ZSTD_MAGIC:
        yield from _zstd(path)
    else:
        yield from _plain(path)


def is_compressed(path: Path) -> bool:
    """Whether the content, not the name, says gzip or zstd."""
    with path.open("rb") as file:
        magic = file.read(4)
    return magic[:2] == GZIP_MAGIC or magic == ZSTD_MAGIC


def expansion(path: Path) -> float:
    """Bytes that one byte of the file decompresses to, by the start of it."""
    with path.open("rb") as file:
        start = file.read(_EXPANSION_SAMPLE)
    if start[:2] == GZIP_MAGIC:
        try:
            return len(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start)) / len(start)
        except zlib.error:
            return 1.0
    if start[:4] == ZSTD_MAGIC:
        import zstandard

        frame = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
        try:
            data = frame.decompress(start)
        except zstandard.ZstdError:
            return 1.0
        return len(data) / max(1, len(start) - len(frame.unused_data))
    return 1.0


def _plain(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_PLAIN_CHUNK):
            yield chunk


def _gzip(path: Path) -> Iterator[bytes]:
    """All members of a gzip file."""
    try:
        with gzip.open(path) as file:
            while chunk := file.read1(_PLAIN_CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Damaged(str(error)) from None


def _zstd(path: Path) -> Iterator[bytes]:
    """All frames of a zstd file; a decompressor per frame, because only that tells a cut frame from a whole one."""
    import zstandard

    frames = zstandard.ZstdDecompressor(max_window_size=1 << 31)
    frame = None
    try:
        with path.open("rb") as file:
            while chunk := file.read(_COMPRESSED_CHUNK):
                while chunk:
                    frame = frame or frames.decompressobj()
                    if data := frame.decompress(chunk):
                        yield data
                    chunk, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    except zstandard.ZstdError as error:
        raise Damaged(str(error)) from None
    if frame is not None:
        raise Damaged("the last zstd frame is cut short")
