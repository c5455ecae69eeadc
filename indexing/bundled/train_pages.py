"""Training the classifiers of topic and format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.bundled.counting import count_view, figures_of, vectors_of
from indexing.bundled.fitting import Inputs, Recipe, fit, joined
from indexing.bundled.judging import Judged, temperature
from indexing.bundled.labelled import PAGES, Labelled, read
from indexing.bundled.linear import Classifier, Floats, save
from indexing.bundled.ngrams import ADDRESS, VIEWS
from indexing.bundled.pages import CLASSES, model_path, spelled
from indexing.bundled.reading import Read

Rows = npt.NDArray[np.int64]

#: What is fitted to the text.
RECIPES = {
    "topic": Recipe("topic", {"words": 1.0, "pairs": 0.5}, 0.1, 0.5, 0.01, 45_000),
    "format": Recipe(
        "format",
        {"words": 1.0, "pairs": 1.0, "marks": 1.0, "head": 0.5, "tail": 0.5, "lines": 1.0},
        1.0,
        0.5,
        0.02,
        45_000,
        folds=3,
    ),
}
#: What is then fitted to the address, where there is one, beside the scores of the text.
_ADDRESS = {name: Recipe(name, {"address": 1.0}, 0.0, 0.0, 0.05, 15_000) for name in RECIPES}


def train(name: str, data: Path) -> str:
    """Fit to all training pages, write the model, and judge it by cross-validation and on the pages held out."""
    pages = read(data / PAGES)
    inputs, addresses = _inputs(RECIPES[name], pages), _inputs(_ADDRESS[name], pages)
    training, labels = pages.training, inputs.labels
    count = RECIPES[name].folds
    folds = [training[pages.folds(count)[training] != fold] for fold in range(count)]
    parts = [fit(RECIPES[name], inputs, fold) for fold in folds]
    scores = _out_of_fold(pages, parts, address=False)
    factor = temperature(scores[training], labels[training])
    offset = scores * np.float32(factor)
    both = [
        joined(scaled(part, factor), fit(_ADDRESS[name], addresses, fold, offset[fold]))
        for part, fold in zip(parts, folds, strict=True)
    ]
    text = scaled(fit(RECIPES[name], inputs, training), factor)
    classifier = joined(text, fit(_ADDRESS[name], addresses, training, offset[training]))
    save(model_path(name), classifier)
    size = model_path(name).stat().st_size
    told = [f"{name}: scores of texts times {factor:.3f}, {size:,} bytes"]
    for address in (True, False):
        kept = _out_of_fold(pages, both, address=address)[training]
        told.append(_told(f"{count} folds of training pages", Judged.of(kept, labels[training]), address=address))
    return "\n".join([*told, told_held_out(name, pages, classifier)])


def _told(what: str, judged: Judged, *, address: bool) -> str:
    accuracy = f"accuracy {judged.accuracy:.4f}, calibration error {judged.calibration_error:.4f}"
    return f"{what}, {len(judged.labels):,} {'with' if address else 'without'} address: {accuracy}"


def labels_of(name: str, pages: Labelled) -> Rows:
    """The number of each page's label among the classes."""
    classes = CLASSES[name]
    return np.array([classes.index(spelled(name, d[name])) for d in pages.documents])


def told_held_out(name: str, pages: Labelled, classifier: Classifier) -> str:
    """Figures on the pages held out, with and without their addresses."""
    labels = labels_of(name, pages)[pages.held_out]
    kept = pages.some(pages.held_out)
    judged = {a: Judged.of(classifier.scores(kept.texts(), _addresses(kept, a)), labels) for a in (True, False)}
    return "\n".join(_told("held out", j, address=a) for a, j in judged.items())


def scaled(classifier: Classifier, factor: float) -> Classifier:
    """The classifier with all scores times a factor."""
    w = classifier.weights
    names = ("scale", "levels", "axes", "bias")
    small = {name: (getattr(w, name) * factor).astype(np.float16).astype(np.float32) for name in names}
    return replace(classifier, weights=w._replace(**small))


def _addresses(pages: Labelled, wanted: bool) -> Read:  # noqa: FBT001
    """The addresses, or none for each page."""
    return pages.addresses() if wanted else (np.zeros(0, np.uint32), np.zeros(len(pages.documents) + 1, np.int64))


def _inputs(recipe: Recipe, pages: Labelled) -> Inputs:
    """All pages counted."""
    texts, addresses = pages.texts(), pages.addresses()
    numbers = [number for number, view in enumerate(VIEWS) if view in recipe.views]
    views = [count_view(n, addresses if n == ADDRESS else texts, pages.training, recipe.least) for n in numbers]
    return Inputs(views, figures_of(texts), vectors_of(texts), labels_of(recipe.label, pages), CLASSES[recipe.label])


def _out_of_fold(pages: Labelled, classifiers: Sequence[Classifier], *, address: bool) -> Floats:
    """The scores of each training page by the classifier that was fitted without its fold; zero for those held out."""
    training, folds = pages.training, pages.folds(len(classifiers))
    scores = np.zeros((len(pages.documents), len(classifiers[0].classes)), np.float32)
    for fold, classifier in enumerate(classifiers):
        rows = training[folds[training] == fold]
        kept = pages.some(rows)
        scores[rows] = classifier.scores(kept.texts(), _addresses(kept, address))
    return scores
