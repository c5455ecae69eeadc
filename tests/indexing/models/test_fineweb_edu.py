import json
from pathlib import Path

import pytest

from commands.main import main
from corpuscope import manifest as manifests
from indexing.annotators import by_name
from indexing.annotators.check import check
from indexing.annotators.fineweb_edu import int_score
from tests.conftest import build_corpus
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_fineweb_edu
from tests.tiny import TINY


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_fineweb_edu(tmp_path_factory.mktemp("fineweb_edu"))


def test_the_contract_is_kept_on_odd_texts(model: Path) -> None:
    check(by_name("fineweb_edu"), {"model": str(model)}, tolerance=1e-5)


def test_scores_are_those_of_the_model_for_each_text_alone(model: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    reference = AutoModelForSequenceClassification.from_pretrained(model).eval()
    tokenizer = AutoTokenizer.from_pretrained(model)
    found = rate("fineweb_edu", model, TEXTS)
    for text, score in zip(TEXTS, found["fineweb_edu_score"], strict=True):
        with torch.no_grad():
            logits = reference(**tokenizer(text, return_tensors="pt", truncation=True)).logits
        assert score == pytest.approx(logits.squeeze(-1).item(), abs=1e-5)
    assert found["fineweb_edu_int_score"] == [int_score(score) for score in found["fineweb_edu_score"]]


@pytest.mark.parametrize("batch_tokens", [1, 30, 5_000])
def test_the_size_of_batches_does_not_change_a_score(model: Path, batch_tokens: int) -> None:
    texts = [text * (1 + i % 5) for i, text in enumerate(TEXTS * 5)]
    expected = rate("fineweb_edu", model, texts)["fineweb_edu_score"]
    assert rate("fineweb_edu", model, texts, batch_tokens=batch_tokens)["fineweb_edu_score"] == pytest.approx(
        expected, abs=1e-5
    )


def test_only_the_first_512_tokens_are_read(model: Path) -> None:
    start = "the river rose " * 170 + "and "  # 511 tokens with the mark of the start
    scores = rate("fineweb_edu", model, [start, start + "the mill", start + "best price " * 20_000, "mill"])
    first, *same, other = scores["fineweb_edu_score"]
    assert same == pytest.approx([first, first], abs=1e-5) and abs(other - first) > 1e-3


def test_documents_without_text_have_no_score_and_odd_ones_have_one(model: Path) -> None:
    texts = ["", " \n\t", None, "a\x00b", "word" * 50_000, " " * 20_000 + "mill", "\U0001f600"]
    scores = rate("fineweb_edu", model, texts)["fineweb_edu_score"]
    assert [score is None for score in scores] == [True, True, True, False, False, False, False]
    assert scores[5] == pytest.approx(rate("fineweb_edu", model, ["mill"])["fineweb_edu_score"][0], abs=1e-5)


@pytest.mark.parametrize(("score", "rounded"), [(-0.2, 0), (0.5, 0), (1.5, 2), (2.5, 2), (3.5, 4), (6.0, 5)])
def test_whole_scores_are_rounded_as_published(score: float, rounded: int) -> None:
    assert int_score(score) == rounded


def test_a_corpus_is_rated_by_the_command_and_added_to(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = build_corpus(tmp_path / "corpus", TINY, part_size=25, annotators=("characters",))
    ask = ["annotate", str(corpus.folder), "fineweb_edu", "--device", "cpu", "--workers", "1"]
    assert main([*ask, "--model", str(model)]) == 0
    assert "fineweb_edu: 40 documents, " in capsys.readouterr().out
    manifest = manifests.load(corpus.folder)
    run = manifest.annotators["fineweb_edu"]
    assert list(run["settings"]) == ["sha256"] and run["documents"] == 40 and run["tokens"] > 400
    assert str(model) not in manifest.to_bytes().decode()
    names = [field.name for field in manifest.fields if field.origin == "fineweb_edu"]
    assert names == ["fineweb_edu_score", "fineweb_edu_int_score"]
    assert main(ask) == 0  # nothing is left to do, and no model is needed for it
    assert "read;" not in capsys.readouterr().out
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"id": "new", "text": TEXTS[0]}) + "\n")
    assert main(["add", str(corpus.folder), "--source", str(more), "--workers", "1"]) == 0
    assert manifests.load(corpus.folder).annotators["fineweb_edu"]["documents"] == 41
