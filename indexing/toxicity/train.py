"""Trains both stages and writes their weights: `python -m indexing.toxicity.train --data ../shared/data`.

`--without NAME ...` leaves labelled sets out and says how the model does on them; nothing is written then.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.dense import minilm
from indexing.toxicity import data, tune
from indexing.toxicity.examples import CLEAN_TARGET, Pool, clean_windows, for_second_stage, hard_clean, posts
from indexing.toxicity.fit_linear import Doubles, LinearModel, auc, fit_linear
from indexing.toxicity.join import balanced, platt
from indexing.toxicity.model import FILE

SEED = 7
#: From these log-odds of the first stage on the second one reads a window: one that is all of a text, one of several.
GATES = (-3.0, 0.0)
PENALTY, STEPS = 6.0, 40
#: Second stages that are tuned, of which the mean is written, and how many at a time.
MEMBERS, WORKERS = 4, 2
#: What the doubtful get of the first stage when a set is left out and nothing can be calibrated on it.
_SHARE_OF_FIRST = 0.5
_LARGEST = 32767


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(prog="python -m indexing.toxicity.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with toxicity/, labels/ and bench/")
    parser.add_argument("--without", nargs="+", choices=data.SETS)
    args = parser.parse_args()
    clean = list(data.clean(args.data))
    pool, harmless = posts(args.data, clean, SEED), clean_windows(clean, SEED)
    say(f"{len(pool.texts)} windows of posts, {len(harmless.texts)} of clean text")
    if args.without:
        _leave_out(pool, harmless, args.without)
    else:
        _write(*_train(pool, harmless))


def say(message: str) -> None:
    """Print what is going on, with the time."""
    print(time.strftime("%H:%M:%S"), message, flush=True)


def _train(pool: Pool, harmless: Pool) -> tuple[LinearModel, tune.Changes, dict[str, Doubles]]:
    first = _fit_first(pool, harmless, pool.is_train)
    odds, clean_odds = _odds(first, pool), _odds(first, harmless)
    chosen, negatives = for_second_stage(pool, SEED), hard_clean(clean_odds, SEED)
    changes = _tune([pool.texts[i] for i in chosen], pool.targets[chosen], [harmless.texts[i] for i in negatives])
    return first, changes, _joint(changes, pool, odds)


def _fit_first(pool: Pool, harmless: Pool, which: npt.NDArray[np.bool_]) -> LinearModel:
    from scipy.sparse import vstack

    fitted = fit_linear(
        vstack([pool.features[which], harmless.features]).tocsr(),
        np.concatenate([pool.targets[which], harmless.targets]),
        np.concatenate([pool.weights[which], harmless.weights]),
        penalty=PENALTY,
        steps=STEPS,
    )
    say("the first stage is fitted")
    return fitted


def _odds(first: LinearModel, pool: Pool) -> Doubles:
    return np.asarray(pool.features @ first.weights + first.bias, np.float64)


def _tune(texts: Sequence[str], targets: Doubles, negatives: Sequence[str]) -> tune.Changes:
    """The mean of what members learn; each is a process of one thread, as those waste nothing on one another."""
    every = [*texts, *negatives]
    wanted = np.concatenate([targets, np.full(len(negatives), CLEAN_TARGET)])
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        return tune.Changes.mean([*pool.map(partial(_member, every, wanted), range(SEED, SEED + MEMBERS))])


def _member(texts: Sequence[str], targets: Doubles, seed: int) -> tune.Changes:
    import torch

    torch.set_num_threads(1)
    model = minilm.load()
    return tune.tune(model, tune.lower_states(model, texts, say), targets, seed=seed, say=say)


def _joint(changes: tune.Changes, pool: Pool, odds: Doubles) -> dict[str, Doubles]:
    """Calibrate on posts of the calibration split: both stages together, and the first alone."""
    usable = (pool.splits == "calibrate") & pool.alone & (np.abs(pool.targets - 0.5) > 0.1)
    at = np.flatnonzero(usable)
    read, toxic = _read(changes, [pool.texts[i] for i in at]), pool.targets[at] > 0.6
    weights = balanced(pool.sources[at].tolist(), toxic)
    return {
        "gates": np.array(GATES),
        "first": np.array(platt([odds[at]], toxic, weights)),
        "both": np.array(platt([odds[at], read], toxic, weights)),
    }


def _read(changes: tune.Changes, texts: Sequence[str]) -> Doubles:
    model = minilm.load()
    return tune.predict(tune.Tuned(model, changes), tune.lower_states(model, texts, say))


def _leave_out(pool: Pool, harmless: Pool, names: Sequence[str]) -> None:
    """Train without some sets, and say how well each stage orders all of them."""
    related = np.isin(pool.sources, [*names, "disguised", "embedded"])  # those may be made of the sets
    first = _fit_first(pool, harmless, pool.is_train & ~related)
    odds = _odds(first, pool)
    chosen = for_second_stage(pool, SEED)
    chosen = chosen[~related[chosen]]
    negatives = hard_clean(_odds(first, harmless), SEED)
    changes = _tune([pool.texts[i] for i in chosen], pool.targets[chosen], [harmless.texts[i] for i in negatives])
    for name in names:
        at = np.flatnonzero((pool.sources == name) & pool.alone & (np.abs(pool.targets - 0.5) > 0.1))
        read, toxic = _read(changes, [pool.texts[i] for i in at]), pool.targets[at] > 0.6
        joint = read + _SHARE_OF_FIRST * odds[at]
        for stage, values in (("first", odds[at]), ("second", read), ("both", joint)):
            say(f"without {', '.join(names)}: {len(at)} posts of {name}, {stage} stage {auc(values, toxic):.4f}")


def _write(first: LinearModel, changes: tune.Changes, joint: Mapping[str, Doubles]) -> None:
    """Write the weights, whole or not at all; those of the first stage as whole numbers of one scale."""
    scale = np.float32(np.abs(first.weights).max() / _LARGEST)
    arrays: dict[str, Any] = {
        "linear": np.round(first.weights / scale).astype(np.int16),
        "linear_scale": scale,
        "linear_bias": np.float64(first.bias),
        **joint,
        **changes.arrays(),
    }
    temporary = FILE.with_name(f".{FILE.name}.tmp.npz")
    np.savez_compressed(temporary, **arrays)
    temporary.replace(FILE)
    say(f"{FILE}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
