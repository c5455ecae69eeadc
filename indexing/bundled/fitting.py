"""Fitting the page classifier: softmax regression with a squared penalty, solved exactly in its kernel form.

With fewer texts than features the weights are sums of the training texts' features, one factor a text and class (the
representer theorem; Schoelkopf, Herbrich and Smola, 2001). The factors are found by steps against an upper bound of the
loss's curvature that one factorisation serves for all (Boehning, 1992): no learning rate, no seed, no order of texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.bundled.counting import Counted, add_products
from indexing.bundled.layout import Figures
from indexing.bundled.linear import DAMPING, Classifier, Floats, Weights, hash_table
from indexing.bundled.ngrams import VIEWS

Rows = npt.NDArray[np.int64]

_STEPS = 10


@dataclass(frozen=True)
class Recipe:
    """How a model is made: the weights of views, figures and vector, the penalty, and how many features it keeps.

    A feature has to occur in the `least` number of texts; the function of a figure has so many `knots`. `weighs_labels`
    takes the labels' published confidences into account.
    """

    label: str
    views: Mapping[str, float]
    layout: float
    vector: float
    penalty: float
    features: int
    least: int = 3
    knots: int = 8
    weighs_labels: bool = False


@dataclass(frozen=True)
class Inputs:
    """What is fitted to: counted views, figures, vectors, labels as numbers, and names of the classes.

    `certainty` is the probability that each label is right, as its publisher says (None: they all are).
    """

    views: Sequence[Counted]
    figures: Figures
    vectors: Floats
    labels: Rows
    classes: tuple[str, ...]
    certainty: Floats | None = None

    def targets(self, rows: Rows) -> Floats:
        """The probabilities of the classes of some texts: the others share alike what a label's certainty leaves."""
        labelled = np.eye(len(self.classes), dtype=np.float32)[self.labels[rows]]
        if self.certainty is None:
            return labelled
        certain = self.certainty[rows, None].astype(np.float32)
        return labelled * certain + (1 - labelled) * (1 - certain) / np.float32(len(self.classes) - 1)


def fit(recipe: Recipe, inputs: Inputs, training: Rows, offset: Floats | None = None) -> Classifier:
    """A classifier fitted to the training rows alone; with `offset` its scores, without a bias, are added to those."""
    targets = inputs.targets(training)
    basis = _Basis.of(recipe, inputs, training, targets)
    kernel = basis.kernel()
    if offset is not None:
        return without_bias(basis.classifier(inputs.classes, _solve(kernel, targets, recipe.penalty, offset)))
    kernel += np.float32(1)
    return basis.classifier(inputs.classes, _solve(kernel, targets, recipe.penalty, np.float32(0)))


def fit_numbers(recipe: Recipe, inputs: Inputs, training: Rows, numbers: Floats) -> Classifier:
    """A model of one class whose score is a number, fitted to those of the training rows by least squares."""
    from scipy.linalg import cho_factor, cho_solve

    targets = numbers[training, None]
    mean = targets.mean()
    basis = _Basis.of(recipe, inputs, training, targets)
    kernel = basis.kernel() + np.float32(1)
    kernel[np.diag_indices_from(kernel)] += recipe.penalty
    factors = cho_solve(cho_factor(kernel, check_finite=False), targets - mean).astype(np.float32)
    model = basis.classifier(inputs.classes, factors)
    return replace(model, weights=model.weights._replace(bias=model.weights.bias + mean))


@dataclass(frozen=True)
class _Basis:
    """The training rows in the features that the model keeps."""

    views: Sequence[_Scaled]
    hats: _Hats
    vectors: Floats
    weight: np.float32

    @classmethod
    def of(cls, recipe: Recipe, inputs: Inputs, training: Rows, targets: Floats) -> _Basis:
        views = _keep_best(recipe, [_rows(v, training) for v in inputs.views], targets)
        scaled = [_Scaled.of(v, recipe.views[VIEWS[v.view]]) for v in views]
        weight = np.float32(np.sqrt(recipe.vector))
        return cls(scaled, _Hats.of(inputs.figures[training], recipe), weight * inputs.vectors[training], weight)

    def kernel(self) -> Floats:
        """How alike each two rows are."""
        kernel: Floats = self.hats.values @ self.hats.values.T + self.vectors @ self.vectors.T
        for view in self.views:
            add_products(view.matrix, kernel)
        return kernel

    def classifier(self, classes: tuple[str, ...], factors: Floats) -> Classifier:
        """The factors of the rows turned into weights."""
        return _classifier(classes, self.views, self.hats, self.weight * (self.vectors.T @ factors), factors)


def without_bias(classifier: Classifier) -> Classifier:
    """The classifier with a bias of zero."""
    return replace(classifier, weights=classifier.weights._replace(bias=np.zeros_like(classifier.weights.bias)))


def joined(first: Classifier, second: Classifier) -> Classifier:
    """The classifier whose scores are the sums of both's, of which the second knows views behind the first's alone."""
    a, b = first.weights, second.weights
    both = {
        name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("hashes", "idf", "scale", "weights")
    }
    weights = a._replace(**both, views=a.views + b.views, table=hash_table(both["hashes"]))
    return replace(first, weights=weights)


def _rows(view: Counted, rows: Rows) -> Counted:
    return Counted(view.view, view.hashes, view.matrix[rows])


def _keep_best(recipe: Recipe, views: Sequence[Counted], targets: Floats) -> list[Counted]:
    """The features on which the classes differ most: the length of the loss's slope before the first step."""
    centred = targets - targets.mean(axis=0)
    known = [v.columns(np.flatnonzero(_documents(v.matrix) >= recipe.least)) for v in views]
    worth = []
    for view in known:
        scaled = _Scaled.of(view, recipe.views[VIEWS[view.view]])
        worth.append(np.sqrt(((scaled.matrix.T @ centred) ** 2).sum(axis=1)))
    every = np.concatenate(worth)
    least = np.sort(every)[-min(recipe.features, len(every))]
    return [view.columns(np.flatnonzero(w >= least)) for view, w in zip(known, worth, strict=True)]


def _documents(matrix: Any) -> Rows:
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


@dataclass(frozen=True)
class _Scaled:
    """A view whose rows have the length root of its weight; `idf` as the model stores it."""

    counted: Counted
    idf: Floats
    weight: float
    matrix: Any

    @classmethod
    def of(cls, counted: Counted, weight: float) -> _Scaled:
        from scipy.sparse import diags

        rows = counted.matrix.shape[0]
        idf = np.log((1 + rows) / (1 + _documents(counted.matrix))) + 1
        idf = idf.astype(np.float16).astype(np.float32)
        matrix = counted.matrix.copy()
        matrix.data = 1 + np.log(matrix.data)
        matrix = matrix @ diags(idf)
        squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
        matrix = diags(np.sqrt(weight / (DAMPING + squares))) @ matrix
        return cls(counted, idf, weight, matrix.tocsr().astype(np.float32))


@dataclass(frozen=True)
class _Hats:
    """Each figure as shares of the two knots it lies between, centred and scaled by one number."""

    knots: Floats
    values: Floats
    mean: Floats
    factor: float

    @classmethod
    def of(cls, figures: Figures, recipe: Recipe) -> _Hats:
        knots = np.stack([_spread(column, recipe.knots) for column in figures.T])
        shares = np.concatenate([_shares(c, k) for c, k in zip(figures.T, knots, strict=True)], axis=1)
        mean = shares.mean(axis=0)
        factor = np.sqrt(recipe.layout / ((shares - mean) ** 2).sum(axis=1).mean())
        return cls(knots, ((shares - mean) * factor).astype(np.float32), mean, float(factor))


def _spread(values: Floats, count: int) -> Floats:
    """Knots at quantiles, made distinct."""
    knots = np.unique(np.quantile(values, np.linspace(0, 1, count)).astype(np.float16)).astype(np.float32)
    more = np.arange(1, count - len(knots) + 1, dtype=np.float32)
    return np.concatenate([knots, knots[-1] + np.maximum(1, abs(knots[-1])) * more])


def _shares(values: Floats, knots: Floats) -> Floats:
    place = np.clip(np.searchsorted(knots, values, side="right") - 1, 0, len(knots) - 2)
    share = np.clip((values - knots[place]) / (knots[place + 1] - knots[place]), 0, 1)
    out = np.zeros((len(values), len(knots)), np.float32)
    rows = np.arange(len(values))
    out[rows, place] = 1 - share
    out[rows, place + 1] = share
    return out


def _solve(kernel: Floats, targets: Floats, penalty: float, offset: Floats | np.float32) -> Floats:
    """The factor of each text and class."""
    from scipy.linalg import cho_factor, cho_solve

    bound = kernel * np.float32(0.25)
    bound[np.diag_indices_from(bound)] += penalty
    factored = cho_factor(bound, overwrite_a=True, check_finite=False)
    factors = np.zeros_like(targets)
    for _ in range(_STEPS):
        slope = probabilities(kernel @ factors + offset) - targets + penalty * factors
        factors -= cho_solve(factored, slope, check_finite=False).astype(np.float32)
    return factors


def probabilities(scores: Floats) -> Floats:
    """Softmax of each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _classifier(
    classes: tuple[str, ...], views: Sequence[_Scaled], hats: _Hats, axes: Floats, factors: Floats
) -> Classifier:
    """The factors turned into weights, which are rounded to bytes."""
    by_view = {v.counted.view: v for v in views}
    ordered = [by_view[n] for n in range(len(VIEWS)) if n in by_view]
    sizes = [len(by_view[n].counted.hashes) if n in by_view else 0 for n in range(len(VIEWS))]
    hashes = np.concatenate([v.counted.hashes for v in ordered])
    bounds = np.cumsum([0, *sizes]).astype(np.int32)
    rows = np.concatenate([np.sqrt(v.weight) * (v.matrix.T @ factors) for v in ordered])
    scale = (abs(rows).max(axis=1) / 127).astype(np.float32) + np.float32(1e-7)
    scale = scale.astype(np.float16).astype(np.float32)
    levels = hats.factor * (hats.values.T @ factors)
    weights = Weights(
        hashes=hashes,
        views=bounds,
        table=hash_table(hashes),
        idf=np.concatenate([v.idf for v in ordered]),
        scale=scale,
        weights=np.clip(np.round(rows / scale[:, None]), -127, 127).astype(np.int8),
        knots=hats.knots,
        levels=levels.reshape(*hats.knots.shape, -1).astype(np.float16).astype(np.float32),
        axes=axes.astype(np.float16).astype(np.float32),
        bias=(factors.sum(axis=0) - hats.mean @ levels).astype(np.float16).astype(np.float32),
    )
    return Classifier(classes, weights)
