"""Fitting the first stage: logistic regression over hashed features, with soft targets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from indexing.toxicity.model import sigmoid

Doubles = npt.NDArray[np.float64]


class LinearModel(NamedTuple):
    """A weight for each hash, and what is added to their sum."""

    weights: npt.NDArray[np.float32]
    bias: float


def fit_linear(x: Any, targets: Doubles, weights: Doubles, *, penalty: float = 2.0, steps: int = 60) -> LinearModel:
    """Least cross-entropy plus `penalty` times half the squared weights, by L-BFGS.

    Columns are scaled by their inverse document frequency first, so that rare words may weigh more.
    """
    from scipy.optimize import minimize

    frequency = np.bincount(x.indices, minlength=x.shape[1])
    scale = np.log((1 + x.shape[0]) / (1 + frequency)) + 1
    scale[frequency < 2] = 0
    scaled = x.multiply(scale).tocsr().astype(np.float32)
    turned = scaled.T.tocsr()

    def loss(theta: Doubles) -> tuple[float, Doubles]:
        z = scaled @ theta[:-1].astype(np.float32) + theta[-1]
        error = weights * (sigmoid(z) - targets)
        value = weights @ (np.logaddexp(0, z) - targets * z) + penalty / 2 * theta[:-1] @ theta[:-1]
        slope = turned @ error.astype(np.float32) + penalty * theta[:-1]
        return float(value), np.append(slope, error.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return LinearModel((found.x[:-1] * scale).astype(np.float32), float(found.x[-1]))


def auc(scores: Doubles, toxic: npt.NDArray[np.bool_]) -> float:
    """The area under the ROC curve: how often a toxic text scores above one that is not, ties half."""
    from scipy.stats import rankdata

    positives = int(toxic.sum())
    negatives = len(toxic) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[toxic].sum() - positives * (positives + 1) / 2) / (positives * negatives))
