from pathlib import Path

import numpy as np
import pytest

from corpuscope.errors import UsageError
from indexing.annotators import by_name
from indexing.annotators.check import check
from indexing.annotators.nemo_curator import KINDS
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_nemo

LABELS = ["Medium", "Low", "High"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_nemo(tmp_path_factory.mktemp("nemo"), LABELS)


def test_the_likeliest_label_is_named_by_the_order_in_the_configuration(model: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoTokenizer, DebertaV2Config

    from indexing.models.deberta import one_head
    from tests.indexing.models.tiny_models import tiny_deberta

    tokenizer = AutoTokenizer.from_pretrained(model)
    module = one_head(DebertaV2Config(**tiny_deberta(len(tokenizer))), 3).eval()
    module.load_state_dict(load_file(model / "model.safetensors"))
    found = rate("nemo_quality", model, TEXTS)
    for i, text in enumerate(TEXTS):
        tokens = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            chances = module(tokens["input_ids"], tokens["attention_mask"]).softmax(dim=1)[0].numpy()
        assert np.isclose(chances.sum(), 1.0)
        assert found["nemo_quality"][i] == LABELS[chances.argmax()]
        assert found["nemo_quality_prob"][i] == pytest.approx(chances.max(), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "tokens"), [("nemo_quality", 1_024), ("nemo_domain", 512), ("nemo_content_type", 1_024)]
)
def test_only_the_published_length_is_read(model: Path, name: str, tokens: int) -> None:
    assert KINDS[name].tokens == tokens
    start = "the " * (tokens - 1)
    chances = rate(name, model, [start, start + "best price " * 300, "mill"])[f"{name}_prob"]
    assert chances[1] == pytest.approx(chances[0], abs=1e-4) and abs(chances[2] - chances[0]) > 1e-4


def test_characters_behind_the_published_number_are_not_read(model: Path) -> None:
    start = "a" * 2_000  # one unknown word
    chances = rate("nemo_domain", model, [start, start + " mill price", start[:-20] + " mill price"])[
        "nemo_domain_prob"
    ]
    assert chances[0] == pytest.approx(chances[1], abs=1e-6) and abs(chances[2] - chances[0]) > 1e-4


def test_batches_do_not_change_a_probability(model: Path) -> None:
    texts = [text * (1 + 5 * (i % 3)) for i, text in enumerate(TEXTS * 3)]
    together, alone = rate("nemo_content_type", model, texts), rate("nemo_content_type", model, texts, batch_tokens=1)
    assert together["nemo_content_type"] == alone["nemo_content_type"]
    assert together["nemo_content_type_prob"] == pytest.approx(alone["nemo_content_type_prob"], abs=1e-4)


def test_a_model_that_does_not_name_its_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no id2label"):
        rate("nemo_quality", save_nemo(tmp_path, LABELS, named=False), TEXTS)


@pytest.mark.parametrize("name", KINDS)
def test_the_contract_is_kept_on_odd_texts(model: Path, name: str) -> None:
    check(by_name(name), {"model": str(model)}, tolerance=1e-4)


def test_a_sentencepiece_file_is_tokenizer_enough(tmp_path: Path) -> None:
    import sentencepiece

    model = save_nemo(tmp_path / "model", LABELS)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        (model / name).unlink(missing_ok=True)
    lines = tmp_path / "lines.txt"
    lines.write_text("\n".join(TEXTS * 20))
    pieces = {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}
    options = {f"{name}_piece": piece for name, piece in pieces.items()}
    options |= {f"{name}_id": i for i, name in enumerate(pieces)}
    sentencepiece.SentencePieceTrainer.train(
        input=str(lines), model_prefix=str(model / "spm"), vocab_size=44, minloglevel=2, **options
    )
    found = rate("nemo_quality", model, ["the river rose", "buy now"])
    assert set(found["nemo_quality"]) <= set(LABELS) and found["nemo_quality_prob"][0] != found["nemo_quality_prob"][1]
