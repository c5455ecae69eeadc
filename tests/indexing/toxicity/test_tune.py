"""Tuning the second stage: it learns, members join into one, and what is written says the same as what was tuned."""

from __future__ import annotations

import numpy as np
import pytest

from corpuscope.dense import minilm
from indexing.toxicity import encoder, tune
from indexing.toxicity.tune import Changes, Tuned, lower_states, predict

_TEXTS = [
    *(
        f"you are a {word} and nobody wants you here"
        for word in ("fool", "clown", "coward", "liar", "pest", "nuisance")
    ),
    *(
        f"the {word} opens at nine and closes at five"
        for word in ("shop", "library", "museum", "office", "bank", "zoo")
    ),
]
_TOXIC = np.array([True] * 6 + [False] * 6)


def quiet(message: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def members() -> list[Changes]:
    """Two that were tuned to the same twelve texts, from different random numbers."""
    model = minilm.load()
    states = lower_states(model, _TEXTS * 8, quiet)
    targets = np.tile(np.where(_TOXIC, 0.95, 0.05), 8)
    return [tune.tune(model, states, targets, seed=seed, say=quiet) for seed in (1, 2)]


def odds(changes: Changes) -> np.ndarray:
    model = minilm.load()
    return predict(Tuned(model, changes), lower_states(model, _TEXTS, quiet))


def test_what_was_tuned_tells_the_classes_apart(members: list[Changes]):
    for member in members:
        assert odds(member)[_TOXIC].min() > odds(member)[~_TOXIC].max()


def test_the_mean_changes_each_map_by_the_mean_of_the_changes(members: list[Changes]):
    mean = Changes.mean(members)
    for name in encoder.tuned_names():
        changes = [(m.up[name] @ m.down[name]).numpy() for m in members]
        assert np.abs(changes[0] - changes[1]).max() > 1e-4
        np.testing.assert_allclose((mean.up[name] @ mean.down[name]).numpy(), sum(changes) / 2, atol=1e-6)
    np.testing.assert_allclose(mean.head.numpy(), sum(m.head.numpy() for m in members) / 2, atol=1e-6)
    assert odds(mean)[_TOXIC].min() > odds(mean)[~_TOXIC].max()


def test_the_encoder_says_what_the_tuned_says(members: list[Changes]):
    mean = Changes.mean(members)
    read = encoder.load(mean.arrays()).log_odds(_TEXTS)
    np.testing.assert_allclose(read, odds(mean), atol=0.02)


def test_the_same_seed_gives_the_same_changes():
    model = minilm.load()
    states = lower_states(model, _TEXTS, quiet)
    first, again = (tune.tune(model, states, _TOXIC.astype(float), seed=3, say=quiet) for _ in range(2))
    np.testing.assert_array_equal(odds(first), odds(again))
