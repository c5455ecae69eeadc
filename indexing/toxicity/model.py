"""The whole model: both stages, what joins them, and the probability of every window of some texts."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from indexing.signals.codepoints import code_points
from indexing.toxicity import encoder
from indexing.toxicity.linear import normal_form, scores
from indexing.toxicity.windows import Codes, Places, Windows, cut
from indexing.toxicity.words import Hits, hits

FILE = Path(__file__).with_name("weights.npz")
#: Windows of one text that the second stage reads at most: those most in doubt.
MOST_READ = 200
#: Windows are handed to the second stage in portions of this many, so that their texts need little memory.
_PORTION = 64

Doubles = npt.NDArray[np.float64]


class Joint(NamedTuple):
    """How log-odds become probabilities.

    The first stage's alone where they are below the gate: slope, added; else those of both: slope of each, added. The
    first of `gates` is for texts of one window, as posts are, the second for windows of longer texts, which have many.
    """

    gates: tuple[float, float]
    first: tuple[float, float]
    both: tuple[float, float, float]


@dataclass(frozen=True)
class Judged:
    """Windows, their probabilities, and the hits of the word list; places are code points in the joined texts."""

    offsets: Places
    windows: Windows
    probabilities: Doubles
    hits: Hits


@dataclass(frozen=True)
class Weights:
    """What training learned."""

    linear: npt.NDArray[np.float32]
    bias: float
    joint: Joint


@functools.cache
def weights() -> Weights:
    """The weights of the first stage and the joint."""
    with np.load(FILE) as arrays:
        linear = arrays["linear"].astype(np.float32) * np.float32(arrays["linear_scale"])
        joint = Joint(*(tuple(arrays[name].tolist()) for name in ("gates", "first", "both")))
        return Weights(linear, float(arrays["linear_bias"]), joint)


@functools.cache
def second_stage() -> encoder.Encoder:
    """The tuned transformer, loaded when the first window needs it."""
    with np.load(FILE) as arrays:
        return encoder.load(arrays)


def judge(column: pa.Array) -> Judged:
    """Judge every window of a column of texts."""
    codes, offsets = code_points(column)
    windows = cut(codes, offsets)
    known = weights()
    odds = scores(codes, windows, known.linear, known.bias)
    joint = known.joint
    probabilities = sigmoid(joint.first[0] * odds + joint.first[1])
    alone = np.bincount(windows.rows, minlength=len(column))[windows.rows] == 1
    doubtful = worst(odds - np.where(alone, *joint.gates), windows.rows, 0.0)
    if len(doubtful):
        read = _read(codes, windows, doubtful)
        slope_first, slope_second, added = joint.both
        probabilities[doubtful] = sigmoid(slope_first * odds[doubtful] + slope_second * read + added)
    return Judged(offsets, windows, np.round(probabilities, 4), hits(codes, windows))


def worst(values: Doubles, rows: Places, least: float, most: int = MOST_READ) -> npt.NDArray[np.int64]:
    """The windows with `least` or more, in order; of each row the `most` with the highest values, the earlier first."""
    found = np.flatnonzero(values >= least)
    order = found[np.lexsort((found, -values[found], rows[found]))]
    _, first, counts = np.unique(rows[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(first, counts)
    return np.sort(order[rank < most])


def _read(codes: Codes, windows: Windows, chosen: npt.NDArray[np.int64]) -> Doubles:
    """The second stage's log-odds of some windows."""
    out = np.empty(len(chosen))
    for at in range(0, len(chosen), _PORTION):
        part = chosen[at : at + _PORTION]
        texts = [normal_form(codes, windows.starts[w], windows.ends[w]) for w in part]
        out[at : at + _PORTION] = second_stage().log_odds(texts)
    return out


def sigmoid(z: Doubles) -> Doubles:
    """The probability of log-odds."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * z)))
