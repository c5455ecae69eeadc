"""Joining the stages: log-odds become probabilities by logistic regression on the calibration split (Platt, 1999).

The class prior is made explicit: every labelled set counts alike, and in each of them toxic and harmless texts do. A
probability of one half is where a text from such a half-toxic mixture is as likely toxic as not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from indexing.toxicity.fit_linear import Doubles
from indexing.toxicity.model import sigmoid

Flags = npt.NDArray[np.bool_]


def balanced(sources: Sequence[str], toxic: Flags) -> Doubles:
    """Weights by which each set, and in each set each class, counts alike; their mean is 1."""
    names = np.array(sources)
    weights = np.zeros(len(names))
    for name in np.unique(names):
        for value in (False, True):
            cell = (names == name) & (toxic == value)
            weights[cell] = 1 / max(cell.sum(), 1)
    return np.asarray(weights / weights.mean())


def platt(columns: Sequence[Doubles], toxic: Flags, weights: Doubles) -> tuple[float, ...]:
    """A slope for each column of log-odds, and what is added, by weighted logistic regression."""
    from scipy.optimize import minimize

    x = np.column_stack([*columns, np.ones(len(toxic))])
    y = toxic.astype(np.float64)

    def loss(theta: Doubles) -> tuple[float, Doubles]:
        z = x @ theta
        return float(weights @ (np.logaddexp(0, z) - y * z)), x.T @ (weights * (sigmoid(z) - y))

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B")
    return tuple(float(value) for value in found.x)
