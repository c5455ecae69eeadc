"""How good a classifier is: accuracy, by class, and how far its confidences can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexing.bundled.fitting import probabilities
from indexing.bundled.linear import Floats

Rows = npt.NDArray[np.int64]

_BINS = 10


@dataclass(frozen=True)
class Judged:
    """Labels, predictions and confidences of some texts."""

    labels: Rows
    predicted: Rows
    confidences: Floats

    @classmethod
    def of(cls, scores: Floats, labels: Rows) -> Judged:
        """Judge scores by labels."""
        shares = probabilities(scores)
        return cls(labels, shares.argmax(axis=1), shares.max(axis=1))

    @property
    def accuracy(self) -> float:
        """Share of right predictions."""
        return float((self.labels == self.predicted).mean())

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten equal bins of confidence (Naeini, Cooper and Hauskrecht, 2015)."""
        right = self.labels == self.predicted
        bins = np.minimum((self.confidences * _BINS).astype(int), _BINS - 1)
        gaps = [abs(float((right[bins == b] - self.confidences[bins == b]).sum())) for b in range(_BINS)]
        return sum(gaps) / len(right)

    def reliability(self) -> list[tuple[float, int, float, float]]:
        """Of each tenth of confidence with texts: where it starts, texts, mean confidence, share right."""
        right = self.labels == self.predicted
        bins = np.minimum((self.confidences * _BINS).astype(int), _BINS - 1)
        met = [(b, bins == b) for b in range(_BINS) if (bins == b).any()]
        return [(b / _BINS, int(m.sum()), float(self.confidences[m].mean()), float(right[m].mean())) for b, m in met]

    def by_class(self, classes: Sequence[str]) -> list[tuple[str, int, float, float]]:
        """Name, texts, precision and recall of each class."""
        out = []
        for number, name in enumerate(classes):
            own, said = self.labels == number, self.predicted == number
            both = int((own & said).sum())
            out.append((name, int(own.sum()), both / max(1, int(said.sum())), both / max(1, int(own.sum()))))
        return out

    def confusions(self, classes: Sequence[str], most: int = 10) -> list[tuple[str, str, int]]:
        """The most frequent pairs of a label and another class that was predicted."""
        table = np.zeros((len(classes), len(classes)), int)
        np.add.at(table, (self.labels, self.predicted), 1)
        np.fill_diagonal(table, 0)
        worst = np.argsort(-table, axis=None, kind="stable")[:most]
        pairs = [np.unravel_index(w, table.shape) for w in worst]
        return [(classes[i], classes[j], int(table[i, j])) for i, j in pairs]


def temperature(scores: Floats, labels: Rows) -> float:
    """The number that scores have to be multiplied by for the likeliest labels (Guo et al., 2017)."""
    from scipy.optimize import minimize_scalar

    def loss(factor: float) -> float:
        shares = probabilities(scores * factor)[np.arange(len(labels)), labels]
        return -float(np.log(np.maximum(shares, 1e-12)).mean())

    return float(minimize_scalar(loss, bounds=(0.3, 4.0), method="bounded").x)
