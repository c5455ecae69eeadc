"""Says how good the classifiers are on texts held out: python -m benchmarks.domain_figures --data DIR.

As Markdown: by class, the pairs that are mistaken for each other, and how far confidences can be believed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from indexing.bundled import train_pages, train_readability
from indexing.bundled.judging import Judged
from indexing.bundled.labelled import EXCERPTS, PAGES, Labelled, read
from indexing.bundled.linear import Classifier, Floats, load
from indexing.bundled.pages import CLASSES, model_path
from indexing.bundled.reading_ease import model_path as readability_path

#: The beginning of a page, as a short text: so many code points.
_SHORT = 300


def main() -> None:
    """Print the figures of all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with labels/")
    data = parser.parse_args().data
    pages = read(data / PAGES)
    for name in CLASSES:
        print(_of_pages(name, pages, load(model_path(name))), flush=True)
    excerpts = read(data / EXCERPTS)
    print(train_readability.told_held_out(excerpts, load(readability_path())))


def _of_pages(name: str, pages: Labelled, classifier: Classifier) -> str:
    kept = pages.some(pages.held_out)
    labels = train_pages.labels_of(name, kept)
    judged = Judged.of(classifier.scores(kept.texts(), kept.addresses()), labels)
    lines = [f"## {name}", train_pages.told_held_out(name, pages, classifier), _in_proportion(judged, kept)]
    lines += [_short(kept, labels, classifier), "", "| class | pages | precision | recall |", "|---|---:|---:|---:|"]
    lines += [f"| {c} | {n} | {p:.2f} | {r:.2f} |" for c, n, p, r in judged.by_class(classifier.classes)]
    lines += ["", "| label | said instead | pages |", "|---|---|---:|"]
    lines += [f"| {a} | {b} | {n} |" for a, b, n in judged.confusions(classifier.classes)]
    lines += ["", "| confidence from | pages | mean confidence | right |", "|---|---:|---:|---:|"]
    lines += [f"| {start:.1f} | {n} | {mean:.2f} | {right:.2f} |" for start, n, mean, right in judged.reliability()]
    return "\n".join(lines)


def _in_proportion(judged: Judged, kept: Labelled) -> str:
    """Accuracy with each page counted as often as pages of its topic and format occur on the web."""
    weights = np.array([d["weight"] for d in kept.documents])
    right = judged.labels == judged.predicted
    return f"in the proportions of the web: accuracy {float((right * weights).sum() / weights.sum()):.4f}"


def _short(kept: Labelled, labels: Floats, classifier: Classifier) -> str:
    cut = Labelled([d | {"text": d["text"][:_SHORT]} for d in kept.documents], kept.checksums)
    judged = Judged.of(classifier.scores(cut.texts(), cut.addresses()), labels)
    figures = f"accuracy {judged.accuracy:.4f}, calibration error {judged.calibration_error:.4f}"
    return f"their first {_SHORT} characters alone, with address: {figures}"


if __name__ == "__main__":
    main()
