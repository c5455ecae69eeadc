"""How good the bundled classifiers are on texts that no training saw; the rule of the split is `labelled.held_out`."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from indexing.annotate import run
from indexing.annotators import by_name
from indexing.bundled.judging import Judged
from indexing.bundled.labelled import EXCERPTS, PAGES, Labelled, read
from indexing.bundled.pages import CLASSES, spelled


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> Labelled:
    every = read(shared_data / PAGES)
    return every.some(every.held_out)


def annotated(name: str, documents: Labelled) -> list[pa.Array]:
    rows = len(documents.documents)
    columns: Mapping[str, pa.Array] = {
        key: pa.array([d.get(key) for d in documents.documents], pa.large_string()) for key in ("text", "url")
    }
    return run(by_name(name), {}, columns, rows)


def test_a_tenth_is_held_out_and_shared_with_no_fold(shared_data: Path) -> None:
    every = read(shared_data / PAGES)
    assert len(every.held_out) == 863 and not set(every.held_out) & set(every.training)
    assert len(every.held_out) + len(every.training) == len(every.documents) == 8_684


@pytest.mark.parametrize(("name", "least"), [("topic", 0.75), ("format", 0.62)])
def test_classes_of_pages_never_seen_are_as_good_as_promised(pages: Labelled, name: str, least: float) -> None:
    said, confidence = annotated(name, pages)
    labels = np.array([CLASSES[name].index(spelled(name, d[name])) for d in pages.documents])
    predicted = np.array([CLASSES[name].index(s) for s in said.to_pylist()])
    judged = Judged(labels, predicted, confidence.to_numpy())
    assert judged.accuracy >= least
    assert judged.calibration_error <= 0.06


def test_readability_of_excerpts_never_seen_is_ranked_as_promised(shared_data: Path) -> None:
    from scipy.stats import spearmanr

    every = read(shared_data / EXCERPTS)
    excerpts = every.some(every.held_out)
    (estimated,) = annotated("readability", excerpts)
    truth = [d["readability"] for d in excerpts.documents]
    assert len(truth) == 378
    assert spearmanr(estimated.to_numpy(), truth).statistic >= 0.75
    assert np.sqrt(np.mean((estimated.to_numpy() - truth) ** 2)) <= 0.7
