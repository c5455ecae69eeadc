"""Vectors of English words, and that of a text: the mean of its words', rare ones counting more.

A word's vector is what all-MiniLM-L6-v2 makes of the word alone, on its main axes; the weight of a word that is in a
share p of all texts is A / (A + p) (smooth inverse frequency; Arora, Liang and Ma, 2017).
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpuscope.compiled import compiled
from indexing.bundled.hash_table import fill, new_table
from indexing.bundled.tokenizing import WORD, Hashes, Tokens

Floats = npt.NDArray[np.float32]
Slots = npt.NDArray[np.int32]

#: The words known and the axes kept.
KNOWN, AXES = 20_000, 64
_A = 0.05
#: As if so much weight stood on nothing: some five words.
_DAMPING = 5.0
PATH = Path(__file__).parent / "vectors.npz"


class Words(NamedTuple):
    """Words by their hashes: a table, vectors, the natural logarithm of the share of texts, and the mean of texts."""

    hashes: Hashes
    table: Slots
    vectors: Floats
    rarity: Floats
    mean: Floats


@functools.cache
def words() -> Words:
    """Read the words that come with the program."""
    with np.load(PATH) as stored:
        vectors = stored["vectors"].astype(np.float32) * stored["scale"].astype(np.float32)
        hashes, rarity = stored["hashes"], stored["rarity"].astype(np.float32)
    table = new_table(len(hashes))
    fill(hashes, table)
    often = np.exp(rarity) * _A / (_A + np.exp(rarity))
    return Words(hashes, table, vectors, rarity, (often @ vectors / often.sum()).astype(np.float32))


@compiled
def find_word(words: Words, hashed: np.uint32) -> int:
    """The number of a word, or -1."""
    mask = len(words.table) - 1
    cell = int(hashed) & mask
    while words.table[cell]:
        k = words.table[cell] - 1
        if words.hashes[k] == hashed:
            return int(k)
        cell = (cell + 1) & mask
    return -1


@compiled
def write_vector(words: Words, tokens: Tokens, count: int, out: Floats) -> None:
    """Write the vector of a text: zero where no word is known, and shorter than 1 where few are."""
    out[:] = 0
    weights = np.float32(0)
    for i in range(count):
        if tokens.kinds[i] == WORD:
            k = find_word(words, tokens.hashes[i])
            if k >= 0:
                share = np.float32(_A / (_A + np.exp(words.rarity[k])))
                weights += share
                for axis in range(len(out)):
                    out[axis] += share * words.vectors[k, axis]
    if weights == 0:
        return
    square = np.float32(0)
    for axis in range(len(out)):
        out[axis] = out[axis] / weights - words.mean[axis]
        square += out[axis] * out[axis]
    length = np.sqrt(square) * (1 + _DAMPING / weights)
    for axis in range(len(out)):
        out[axis] /= np.float32(length)
