from pathlib import Path

import numpy as np
import pytest

from indexing.annotators import by_name
from indexing.annotators.check import check
from indexing.annotators.qurater import OUTPUTS, weighted_mean
from indexing.models.loading import load_tokenizer
from indexing.models.texts import windows
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_qurater

NAMES = [f"qurater_{name}" for name in OUTPUTS]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_qurater(tmp_path_factory.mktemp("qurater"))


def test_outputs_stand_in_the_published_order() -> None:
    assert OUTPUTS == ("writing_style", "required_expertise", "facts_and_trivia", "educational_value")
    assert [field.name for field in by_name("qurater").fields] == NAMES


def test_a_text_of_1030_tokens_has_windows_of_512_512_and_6(model: Path) -> None:
    text = "x" * 1_030  # a token for each byte
    (found,) = windows(load_tokenizer(model), [text], 512)
    assert [len(ids) for ids in found] == [512, 512, 6]
    parts = [text[:512], text[512:1024], text[1024:]]
    alone = rate("qurater", model, parts)
    whole = rate("qurater", model, [text])
    for name in NAMES:
        assert whole[name][0] == pytest.approx(np.dot(alone[name], [512, 512, 6]) / 1_030, abs=1e-5)


def test_windows_are_weighted_by_their_tokens() -> None:
    scores = np.array([[1.0, 0.0, 2.0, -1.0], [3.0, 0.0, 2.0, -1.0], [1000.0, 0.0, 2.0, -1.0]])
    assert weighted_mean(scores, [512, 512, 6]) == pytest.approx([(512 + 3 * 512 + 6000) / 1030, 0.0, 2.0, -1.0])


def test_ratings_are_the_logits_of_the_last_token_without_special_ones(model: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    reference = AutoModelForSequenceClassification.from_pretrained(model).eval()
    tokenizer = AutoTokenizer.from_pretrained(model)
    found = rate("qurater", model, TEXTS)
    for i, text in enumerate(TEXTS):
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            logits = reference(input_ids=ids).logits[0].tolist()
        assert [found[name][i] for name in NAMES] == pytest.approx(logits, abs=1e-4)


@pytest.mark.parametrize("batch_tokens", [1, 700, 50_000])
def test_the_size_of_batches_does_not_change_a_rating(model: Path, batch_tokens: int) -> None:
    texts = [text * (1 + 9 * (i % 3)) for i, text in enumerate(TEXTS * 2)]
    expected, found = rate("qurater", model, texts), rate("qurater", model, texts, batch_tokens=batch_tokens)
    for name in NAMES:
        assert found[name] == pytest.approx(expected[name], abs=1e-4)


def test_documents_without_text_have_no_rating(model: Path) -> None:
    found = rate("qurater", model, ["", None, " \n", "\x00"])
    assert [value is None for value in found[NAMES[0]]] == [True, True, True, False]


def test_the_contract_is_kept_on_odd_texts(model: Path) -> None:
    check(by_name("qurater"), {"model": str(model)}, tolerance=1e-4)
