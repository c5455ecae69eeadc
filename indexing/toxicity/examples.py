"""What each stage is trained on: windows in normal form, with targets, drawn from the sets by stated numbers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.toxicity import augment, data
from indexing.toxicity.data import Example
from indexing.toxicity.features import matrix, normal_forms, windows_of
from indexing.toxicity.fit_linear import Doubles
from indexing.toxicity.windows import Windows

#: Clean text is taken for toxic with this probability.
CLEAN_TARGET = 0.01
#: Windows of a file of clean text that the first stage sees at most.
CLEAN_WINDOWS = 20_000
#: Examples that are made of others.
DISGUISED, STARRED, EMBEDDED = 1_500, 700, 2_500
#: Files whose pages posts are put into.
_FRAMES = ("c4_1000", "labels/web_topic_format", "web_articles")
#: Davidson's offensive tweets were found by the same few words: they count less.
_REPETITIVE, _REPETITIVE_WEIGHT, _CLEAN_WEIGHT = "davidson", 0.35, 2.0

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """Windows of examples or of clean text: features, normal forms, and what is known of each."""

    features: Any
    texts: list[str]
    targets: Doubles
    sources: npt.NDArray[np.str_]
    splits: npt.NDArray[np.str_]
    alone: npt.NDArray[np.bool_]

    @property
    def is_train(self) -> npt.NDArray[np.bool_]:
        """Which windows may be trained on."""
        return np.asarray(self.splits == "train")

    @property
    def weights(self) -> Doubles:
        """How much each counts for the first stage."""
        repetitive = (self.sources == _REPETITIVE) & (self.targets > 0.6)
        clean = self.targets == CLEAN_TARGET
        return np.where(clean, _CLEAN_WEIGHT, np.where(repetitive, _REPETITIVE_WEIGHT, 1.0))


def posts(folder: Path, clean: Sequence[tuple[str, str]], seed: int) -> Pool:
    """The labelled examples of all splits, and those made of the ones to train on."""
    draw = random.Random(seed)
    examples = [e for name in data.SETS for e in data.labelled(folder, name)]
    train = [e for e in examples if e.split == "train"]
    frames = [text for text, name in clean if name in _FRAMES and len(text) > 600]
    made = augment.disguised(train, data.bad_words(folder), DISGUISED, draw) + augment.starred(train, STARRED, draw)
    made += augment.embedded(train, frames, EMBEDDED, draw)
    return _pool_of([*examples, *made])


def clean_windows(clean: Sequence[tuple[str, str]], seed: int) -> Pool:
    """Windows of clean text, at most so many of a file."""
    codes, windows = windows_of([text for text, _ in clean])
    sources = np.array([name for _, name in clean])[windows.rows]
    draw = np.random.default_rng(seed)
    kept = [draw.permutation(np.flatnonzero(sources == name))[:CLEAN_WINDOWS] for name in sorted(set(sources.tolist()))]
    chosen = np.sort(np.concatenate(kept))
    some = Windows(*(column[chosen] for column in windows))
    count = len(chosen)
    return Pool(
        matrix(codes, some),
        normal_forms(codes, some),
        np.full(count, CLEAN_TARGET),
        sources[chosen],
        np.full(count, "train"),
        np.ones(count, np.bool_),
    )


def _pool_of(examples: Sequence[Example]) -> Pool:
    codes, windows = windows_of([e.text for e in examples])
    rows = windows.rows
    return Pool(
        matrix(codes, windows),
        normal_forms(codes, windows),
        np.array([e.target for e in examples])[rows],
        np.array([e.source for e in examples])[rows],
        np.array([str(e.split) for e in examples])[rows],
        np.bincount(rows)[rows] == 1,
    )


def for_second_stage(pool: Pool, seed: int) -> Indices:
    """The posts that the second stage learns from: those that one window holds, the repetitive ones thinned."""
    draw = np.random.default_rng(seed)
    toxic = pool.targets > 0.6
    usable = pool.is_train & pool.alone

    def some(which: npt.NDArray[np.bool_], count: int | None = None) -> Indices:
        return draw.permutation(np.flatnonzero(usable & which))[:count]

    source = pool.sources
    return np.concatenate(
        [
            some((source == "davidson") & ~toxic, 4_000),
            some((source == "davidson") & toxic, 4_500),
            some((source == "civil") & toxic, 5_000),
            some((source == "civil") & ~toxic, 3_000),
            some(source == "olid"),
            some(source == "ethos"),
            some(source == "disguised", 700),
            some(source == "embedded", 700),
        ]
    )


def hard_clean(odds: Doubles, seed: int, count: int = 1_500) -> Indices:
    """Clean windows that the first stage is unsure of; the very first may be toxic indeed and are left out."""
    worst = np.argsort(-odds, kind="stable")
    return np.random.default_rng(seed).permutation(worst[400:16_000])[:count]
