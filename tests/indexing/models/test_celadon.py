from pathlib import Path

import numpy as np
import pytest

from corpuscope.errors import UsageError
from indexing.annotators import by_name
from indexing.annotators.celadon import ACTIONS, DIMENSIONS, decide
from indexing.annotators.check import check
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_celadon, save_fineweb_edu


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_celadon(tmp_path_factory.mktemp("celadon"))


@pytest.mark.parametrize(
    ("ratings", "label"),
    [
        ((0, 0, 0, 0, 0), "No toxicity"),
        ((1, 1, 1, 0, 0), "No toxicity"),
        ((1, 0, 2, 0, 0), "No toxicity"),
        ((0, 0, 0, 0, 3), "Mild"),
        ((1, 1, 1, 1, 0), "Mild"),
        ((3, 0, 0, 2, 0), "Mild"),
        ((2, 2, 2, 0, 0), "Mild"),
        ((3, 3, 0, 0, 0), "Mild"),
        ((1, 3, 3, 0, 0), "Toxic"),
        ((3, 3, 3, 3, 3), "Toxic"),
    ],
)
def test_the_published_decision_on_five_ratings(ratings: tuple[int, ...], label: str) -> None:
    assert decide(ratings) == label and label in ACTIONS


def test_each_rating_is_the_likeliest_class_of_its_head(model: Path) -> None:
    import torch
    from transformers import AutoTokenizer, DebertaV2Config

    from indexing.models.deberta import five_heads

    module = five_heads(DebertaV2Config.from_pretrained(model), 5, 4).eval()
    module.load_state_dict(torch.load(model / "pytorch_model.bin", weights_only=True))
    found = rate("celadon", model, TEXTS)
    assert [name.removeprefix("celadon_") for name in found][:5] == list(DIMENSIONS)
    for i, text in enumerate(TEXTS):
        tokens = AutoTokenizer.from_pretrained(model)(text, return_tensors="pt")
        with torch.no_grad():
            logits = module(tokens["input_ids"], tokens["attention_mask"])
        assert logits.shape == (1, 5, 4)
        ratings = [found[f"celadon_{name}"][i] for name in DIMENSIONS]
        assert ratings == logits[0].argmax(dim=1).tolist()
        assert found["celadon_total"][i] == sum(ratings)
        assert found["celadon_action"][i] == ACTIONS[found["celadon_label"][i]] == ACTIONS[decide(ratings)]


def test_the_highest_rating_of_all_windows_counts(model: Path) -> None:
    window = "river " * 510
    parts = [window, "mill best " * 255, "now ! you"]
    alone = [rate("celadon", model, [part]) for part in parts]
    whole = rate("celadon", model, [" ".join(parts)])
    for name in DIMENSIONS:
        assert whole[f"celadon_{name}"][0] == max(one[f"celadon_{name}"][0] for one in alone)
    assert len({tuple(one[f"celadon_{name}"][0] for name in DIMENSIONS) for one in alone}) > 1


def test_both_published_forms_of_the_weights_give_the_same(model: Path, tmp_path: Path) -> None:
    assert rate("celadon", model, TEXTS) == rate("celadon", save_celadon(tmp_path, "fork"), TEXTS)


def test_the_contract_is_kept_on_odd_texts(model: Path) -> None:
    check(by_name("celadon"), {"model": str(model)})


def test_the_weights_of_another_model_are_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing deberta\..*unknown bert\."):
        rate("celadon", save_fineweb_edu(tmp_path), TEXTS)


def test_batches_do_not_change_the_logits(model: Path) -> None:
    from corpuscope.models.files import find
    from indexing.annotators.contract import Given

    annotator = by_name("celadon")
    assert annotator.open is not None
    rater = annotator.open(find(str(model)).identity, Given(str(model), "cpu"))
    items = [[2, 5 + i, *range(10, 10 + i), 3] for i in range(40)]
    together = rater.forward(items[:1] + items[20:21])  # type: ignore[attr-defined]
    assert np.allclose(together[0], rater.forward(items[:1])[0], atol=1e-4)  # type: ignore[attr-defined]
