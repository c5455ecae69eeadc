"""Training the estimate of readability: ridge regression in the same form as the page classifiers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.bundled.counting import count_view, figures_of, vectors_of
from indexing.bundled.fitting import Inputs, Recipe, fit_numbers
from indexing.bundled.labelled import EXCERPTS, Labelled, read
from indexing.bundled.linear import Classifier, Floats, save
from indexing.bundled.ngrams import VIEWS
from indexing.bundled.reading_ease import estimate, model_path

Rows = npt.NDArray[np.int64]

_FOLDS = 5
RECIPE = Recipe("readability", {"words": 1.0, "pairs": 0.5, "marks": 0.5}, 2.0, 1.0, 0.5, 20_000)


def train(data: Path) -> str:
    """Fit to all training excerpts, write the model, and judge it by cross-validation and on the excerpts held out."""
    excerpts = read(data / EXCERPTS)
    inputs, easiness = inputs_of(excerpts), easiness_of(excerpts)
    training, folds = excerpts.training, excerpts.folds(_FOLDS)
    parts = [fit_numbers(RECIPE, inputs, training[folds[training] != f], easiness) for f in range(_FOLDS)]
    model = fit_numbers(RECIPE, inputs, training, easiness)
    save(model_path(), model)
    kept = _out_of_fold(excerpts, parts)[training]
    told = [
        f"readability: {model_path().stat().st_size:,} bytes",
        _told(f"{_FOLDS} folds of training excerpts", kept, easiness[training]),
        told_held_out(excerpts, model),
    ]
    return "\n".join(told)


def told_held_out(excerpts: Labelled, model: Classifier) -> str:
    """Figures on the excerpts held out."""
    kept = excerpts.some(excerpts.held_out)
    return _told("held out", estimate(kept.texts(), model), easiness_of(kept))


def _told(what: str, estimated: Floats, easiness: Floats) -> str:
    error = float(np.sqrt(((estimated - easiness) ** 2).mean()))
    rho = rank_correlation(estimated, easiness)
    return f"{what}, {len(easiness):,}: Spearman {rho:.4f}, root mean squared error {error:.4f}"


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation."""
    from scipy.stats import spearmanr

    return float(spearmanr(a, b).statistic)


def easiness_of(excerpts: Labelled) -> Floats:
    """The published easiness of each excerpt."""
    return np.array([d["readability"] for d in excerpts.documents], np.float32)


def inputs_of(excerpts: Labelled) -> Inputs:
    """All excerpts counted."""
    texts = excerpts.texts()
    numbers = [number for number, view in enumerate(VIEWS) if view in RECIPE.views]
    views = [count_view(n, texts, excerpts.training, RECIPE.least) for n in numbers]
    none = np.zeros(len(excerpts.documents), np.int64)
    return Inputs(views, figures_of(texts), vectors_of(texts), none, (RECIPE.label,))


def _out_of_fold(excerpts: Labelled, models: Sequence[Classifier]) -> Floats:
    """The estimate for each training excerpt by the model that was fitted without its fold."""
    training, folds = excerpts.training, excerpts.folds(len(models))
    out = np.zeros(len(excerpts.documents), np.float32)
    for fold, model in enumerate(models):
        rows = training[folds[training] == fold]
        out[rows] = estimate(excerpts.some(rows).texts(), model)
    return out
