"""Makes the word vectors: the most frequent words of training texts, each embedded by all-MiniLM-L6-v2."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.bundled.labelled import EXCERPTS, PAGES, Labelled, read
from indexing.bundled.reading import Read
from indexing.bundled.tokenizing import WORD, cut, new_tokens
from indexing.bundled.vectors import AXES, KNOWN, PATH

#: Texts whose words are counted beside those for training.
_MORE = ("c4_1000.jsonl.zst", "labels/onestop_english.jsonl.zst")


def train(data: Path, minilm: Path) -> str:
    """Count words, embed the most frequent ones and write them on their main axes."""
    counts: Counter[tuple[int, str]] = Counter()
    texts = 0
    for file, chosen in ((PAGES, "training"), (EXCERPTS, "training"), *((more, "all") for more in _MORE)):
        found = read(data / file)
        rows = found.training if chosen == "training" else np.arange(len(found.documents))
        texts += len(rows)
        _count(found.some(rows), counts)
    known = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:KNOWN]
    vectors = _axes(_embed([word for (_, word), _ in known], minilm))
    scale = np.abs(vectors).max(axis=0) / 127
    np.savez_compressed(
        PATH,
        hashes=np.array([hashed for (hashed, _), _ in known], np.uint32),
        vectors=np.round(vectors / scale).astype(np.int8),
        scale=scale.astype(np.float16),
        rarity=np.log(np.array([count for _, count in known]) / texts).astype(np.float16),
    )
    return f"vectors: {len(known):,} words of {texts:,} texts, {PATH.stat().st_size:,} bytes"


def _count(texts: Labelled, counts: Counter[tuple[int, str]]) -> None:
    codes, offsets = texts.texts()
    for start, end in zip(offsets[:-1], offsets[1:], strict=True):
        counts.update(_words_of((codes[start:end], offsets)))


def _words_of(text: Read) -> set[tuple[int, str]]:
    """The different words of a text in lower case, with their hashes."""
    codes = text[0]
    tokens = new_tokens(len(codes) + 1)
    count = cut(codes, 0, len(codes), tokens)
    spelled = codes.tobytes().decode("utf-32-le", errors="replace")
    places = np.flatnonzero(tokens.kinds[:count] == WORD)
    cuts = zip(*(column[places].tolist() for column in (tokens.hashes, tokens.starts, tokens.ends)), strict=True)
    return {(hashed, spelled[start:end].lower().replace("\u2019", "'")) for hashed, start, end in cuts}


def _embed(words: list[str], minilm: Path) -> npt.NDArray[np.float32]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(minilm), device="cpu")
    return np.asarray(model.encode(words, batch_size=512, show_progress_bar=False), np.float32)


def _axes(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The vectors, centred, on the axes along which they vary most."""
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    out: npt.NDArray[np.float32] = centred @ axes[:AXES].T
    out /= np.sqrt((out**2).sum(axis=1).mean())
    return out
