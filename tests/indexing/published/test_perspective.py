from pathlib import Path

import pytest

from indexing.published import recognise
from tests.conftest import write_jsonl
from tests.indexing.published.reading import read


def test_attributes_in_any_case_and_with_a_prefix_are_one_spelling(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "perspective.TOXICITY": 0.25, "perspective_Insult": "0.5", "perspective_threat": None, "note": 1}
    ]
    found = read(write_jsonl(tmp_path / "p.jsonl", rows))
    assert found.origin == "perspective_published"
    assert (found["toxicity"], found["insult"], found["threat"]) == ([0.25], [0.5], [None])
    assert "note" in found.found.left_out
    assert found.fields["toxicity"].range == (0.0, 1.0) and "perspective.TOXICITY" in found.fields["toxicity"].meaning


def test_scores_as_the_api_nests_them_are_known(tmp_path: Path) -> None:
    score = {"summaryScore": {"value": 0.75, "type": "PROBABILITY"}}
    found = read(write_jsonl(tmp_path / "p.jsonl", [{"id": "a", "attributeScores": {"SEVERE_TOXICITY": score}}]))
    assert found.origin == "perspective_published" and found["severe_toxicity"] == [0.75]


def test_both_generations_of_jigsaw_columns_get_the_same_names(tmp_path: Path) -> None:
    first = {"toxic": 1, "severe_toxic": 0, "obscene": 0, "threat": 0, "insult": 1, "identity_hate": 0}
    second = {"target": 0.9, "severe_toxicity": 0.1, "identity_attack": 0.2, "sexual_explicit": 0.0, "insult": 1.5}
    one = read(write_jsonl(tmp_path / "one.jsonl", [{"id": "a", **first}]))
    two = read(write_jsonl(tmp_path / "two.jsonl", [{"id": "a", **second}]))
    assert one.origin == two.origin == "jigsaw_published"
    assert (one["toxicity"], one["severe_toxicity"], one["identity_attack"]) == ([1.0], [0.0], [0.0])
    assert (two["toxicity"], two["sexual_explicit"], two["insult"]) == ([0.9], [0.0], [None])
    assert two.rejected == {"out_of_range": 1}


@pytest.mark.parametrize("names", [["target"], ["toxicity", "note"], ["score", "insulting", "threats"]])
def test_one_bare_name_is_not_enough(names: list[str]) -> None:
    assert recognise(names, "f.jsonl")[0].name == "flat"
