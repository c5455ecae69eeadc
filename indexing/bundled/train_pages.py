"""Training the classifiers of topic and format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.bundled.counting import count_view, figures_of, vectors_of
from indexing.bundled.fitting import Inputs, Recipe, fit, joined
from indexing.bundled.judging import Judged, temperature
from indexing.bundled.labelled import PAGES, Labelled, read
from indexing.bundled.linear import Classifier, save
from indexing.bundled.ngrams import ADDRESS, VIEWS
from indexing.bundled.pages import CLASSES, model_path, spelled
from indexing.bundled.reading import Read

Rows = npt.NDArray[np.int64]

#: What is fitted to the pages; the format's address comes later.
RECIPES = {
    "topic": Recipe(
        "topic", {"words": 1.0, "pairs": 0.5, "address": 0.4}, 0.05, 0.7, 0.009, 130_000, weighs_labels=True
    ),
    "format": Recipe(
        "format",
        {"words": 1.0, "pairs": 1.0, "marks": 1.0, "head": 0.5, "tail": 0.5, "lines": 1.0},
        1.0,
        0.5,
        0.02,
        45_000,
    ),
}
#: What is then fitted to the address, where there is one, beside the scores of the text.
_ADDRESS = {"format": Recipe("format", {"address": 1.0}, 0.0, 0.0, 0.05, 15_000)}
#: One page in so many serves for what has to be fitted to scores of pages that the classifier has not seen.
_UNSEEN_OF = 3


def train(name: str, data: Path) -> str:
    """Fit to all training pages, write the model, and judge it on pages unseen and on those held out."""
    pages = read(data / PAGES)
    inputs, training = _inputs(RECIPES[name], pages), pages.training
    unseen = pages.folds(_UNSEEN_OF)[training] == 0
    rows = training[unseen]
    part = fit(RECIPES[name], inputs, training[~unseen])
    kept = pages.some(rows)
    scores = part.scores(kept.texts(), _addresses(kept, name not in _ADDRESS))
    factor = temperature(scores, inputs.labels[rows])
    classifier = scaled(fit(RECIPES[name], inputs, training), factor)
    if name in _ADDRESS:
        address = fit(_ADDRESS[name], _inputs(_ADDRESS[name], pages), rows, scores * np.float32(factor))
        classifier = joined(classifier, address)
    save(model_path(name), classifier)
    size = model_path(name).stat().st_size
    told = f"{name}: scores of texts times {factor:.3f}, {size:,} bytes"
    judged = Judged.of(scores * np.float32(factor), inputs.labels[rows])
    return "\n".join(
        [told, _told("unseen", judged, address=name not in _ADDRESS), told_held_out(name, pages, classifier)]
    )


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
    certainty = None
    if recipe.weighs_labels:
        certainty = np.array([document[f"{recipe.label}_confidence"] for document in pages.documents], np.float32)
    labels, classes = labels_of(recipe.label, pages), CLASSES[recipe.label]
    return Inputs(views, figures_of(texts), vectors_of(texts), labels, classes, certainty)
