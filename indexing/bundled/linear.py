"""A page classifier: softmax over sums of weighted features, each view of a page brought to length 1.

The score of a class is the sum of its bias; for each view of the sum over the page's known features of
x * weight / sqrt(DAMPING + sum of x^2), where x = (1 + ln count) * idf; for each figure of the layout of a piecewise
linear function of it, which stays level beyond its ends; and of the product of the page's vector with the class's own.
Weights are bytes, one scale for each feature. A feature is known by 32 bits of its hash alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.bundled.hash_table import fill, new_table
from indexing.bundled.layout import FIGURES, Figures, measure
from indexing.bundled.ngrams import ADDRESS, MORE, PER_CODE, WORDS, emit, emit_address
from indexing.bundled.tokenizing import Hashes, Tokens, cut, new_tokens
from indexing.bundled.vectors import AXES, Words, words, write_vector
from indexing.bundled.wording import WORDING, measure_wording
from indexing.signals.codepoints import Codes, Offsets

Bytes = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float32]
Slots = npt.NDArray[np.int32]


#: What keeps the features of a short text from being believed like those of a long one; a word's x^2 is about 30.
DAMPING = 300.0


class Weights(NamedTuple):
    """What a model knows, as loops read it.

    `hashes` are the known features, sorted within their view, those of view v from `views[v]` to `views[v + 1]`;
    `table` leads from a hash to them. `idf` and `scale` have one number a feature, `weights` a row of one byte a class.
    `knots` and `levels` hold, for each figure, where its function bends and what it gives there, a row of classes;
    `axes` what each axis of the page's vector gives.
    """

    hashes: Hashes
    views: Slots
    table: Slots
    idf: Floats
    scale: Floats
    weights: Bytes
    knots: Floats
    levels: Floats
    axes: Floats
    bias: Floats


class Room(NamedTuple):
    """Working memory for the longest text of a batch; `counts` is all zero between texts."""

    tokens: Tokens
    hashes: Hashes
    counts: Slots
    met: Slots
    figures: Figures
    rarities: Floats
    vector: Floats


@dataclass(frozen=True)
class Classifier:
    """A model with the names of its classes."""

    classes: tuple[str, ...]
    weights: Weights

    def scores(self, texts: tuple[Codes, Offsets], addresses: tuple[Codes, Offsets]) -> Floats:
        """The score of each class for each text, whose softmax is its probability; NaN where no word is known."""
        out = np.zeros((len(texts[1]) - 1, len(self.classes)), np.float32)
        room = _room(self.weights, texts[1], addresses[1])
        score_all(self.weights, words(), room, texts[0], texts[1], addresses[0], addresses[1], out)
        return out


def load(path: Path) -> Classifier:
    """Read a model that `save` wrote."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    classes = tuple(arrays.pop("classes").tolist())
    floats = {name: a.astype(np.float32) if a.dtype == np.float16 else a for name, a in arrays.items()}
    return Classifier(classes, Weights(**floats, table=hash_table(arrays["hashes"])))


def save(path: Path, classifier: Classifier) -> None:
    """Write a model: the same model gives the same bytes."""
    arrays = classifier.weights._asdict()
    del arrays["table"]
    small = {name: a.astype(np.float16) if a.dtype == np.float32 else a for name, a in arrays.items()}
    np.savez_compressed(path, classes=np.array(classifier.classes), **small)


def hash_table(hashes: Hashes) -> Slots:
    """The table that leads from a hash to the number of its feature."""
    table = new_table(len(hashes))
    fill(hashes, table)
    return table


def _room(weights: Weights, *offsets: Offsets) -> Room:
    longest = max([0, *(int(np.diff(o).max(initial=0)) for o in offsets)])
    size = PER_CODE * longest + MORE
    features = len(weights.hashes)
    return Room(
        new_tokens(longest + 1),
        np.empty(size, np.uint32),
        np.zeros(features, np.int32),
        np.empty(features, np.int32),
        np.empty(FIGURES + WORDING, np.float32),
        np.empty(longest + 1, np.float32),
        np.empty(AXES, np.float32),
    )


@compiled
def score_all(
    weights: Weights,
    known_words: Words,
    room: Room,
    codes: Codes,
    offsets: Offsets,
    address: Codes,
    addresses: Offsets,
    out: Floats,
) -> None:
    """Score each text; `out` is zero."""
    for row in range(len(offsets) - 1):
        out[row] += weights.bias
        known = 0
        count = cut(codes, offsets[row], offsets[row + 1], room.tokens)
        for view in range(len(weights.views) - 1):
            if weights.views[view] < weights.views[view + 1] and view != ADDRESS:
                made = emit(view, codes, room.tokens, count, room.hashes)
                met = _add_view(weights, room, view, made, out[row])
                known += met if view == WORDS else 0
        measure(codes, room.tokens, count, room.hashes, room.figures[:FIGURES])
        measure_wording(known_words, codes, room.tokens, count, room.rarities, room.hashes, room.figures[FIGURES:])
        _add_figures(weights, room.figures, out[row])
        write_vector(known_words, room.tokens, count, room.vector)
        for axis in range(len(room.vector)):
            out[row] += room.vector[axis] * weights.axes[axis]
        count = cut(address, addresses[row], addresses[row + 1], room.tokens)
        if count and weights.views[ADDRESS] < weights.views[ADDRESS + 1]:
            _add_view(weights, room, ADDRESS, emit_address(address, room.tokens, count, room.hashes), out[row])
        if known == 0:
            out[row] = np.nan


@compiled
def _add_view(weights: Weights, room: Room, view: int, made: int, out: Floats) -> int:
    """Add a view's part to the scores; how many different features of it are known."""
    first, last = weights.views[view], weights.views[view + 1]
    mask = len(weights.table) - 1
    met = 0
    for i in range(made):
        cell = int(room.hashes[i]) & mask
        while weights.table[cell]:
            k = weights.table[cell] - 1
            if weights.hashes[k] == room.hashes[i] and first <= k < last:
                if room.counts[k] == 0:
                    room.met[met] = k
                    met += 1
                room.counts[k] += 1
                break
            cell = (cell + 1) & mask
    squares = 0.0
    for m in range(met):
        k = room.met[m]
        squares += ((1 + np.log(room.counts[k])) * weights.idf[k]) ** 2
    length = np.sqrt(DAMPING + squares)
    for m in range(met):
        k = room.met[m]
        factor = np.float32((1 + np.log(room.counts[k])) * weights.idf[k] * weights.scale[k] / length)
        room.counts[k] = 0
        for c in range(len(out)):
            out[c] += factor * weights.weights[k, c]
    return met


@compiled
def _add_figures(weights: Weights, figures: Figures, out: Floats) -> None:
    """Add what the functions of the figures give."""
    steps = weights.knots.shape[1]
    for f in range(len(figures)):
        knots = weights.knots[f]
        if figures[f] <= knots[0]:
            place, share = 0, np.float32(0)
        elif figures[f] >= knots[steps - 1]:
            place, share = steps - 2, np.float32(1)
        else:
            place = 0
            while figures[f] >= knots[place + 1]:
                place += 1
            share = (figures[f] - knots[place]) / (knots[place + 1] - knots[place])
        for c in range(len(out)):
            out[c] += (1 - share) * weights.levels[f, place, c] + share * weights.levels[f, place + 1, c]
