import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpuscope.errors import UsageError
from indexing.annotate import fit
from indexing.annotators import by_name
from indexing.annotators.check import check
from indexing.annotators.weborganizer import inputs
from indexing.published.weborganizer import FORMATS, TOPICS
from tests.indexing.models.rating import rate
from tests.indexing.models.tiny_models import TEXTS, save_weborganizer

URLS = [f"http://site{i}.example.org/page" for i in range(len(TEXTS))]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weborganizer(tmp_path_factory.mktemp("topics"), rope_scaling={"type": "ntk", "factor": 2.0})


def plainly(folder: Path, ids: list[int]) -> np.ndarray:
    """The logits of one text, after the description of the architecture, in doubles and without any of its code."""
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    w = {name: value.astype(np.float64) for name, value in load_file(folder / "model.safetensors").items()}

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]

    def dense(x: np.ndarray, name: str) -> np.ndarray:
        return x @ w[f"{name}.weight"].T + w.get(f"{name}.bias", np.zeros(1))

    h = w["new.embeddings.word_embeddings.weight"][ids]
    if config["type_vocab_size"]:
        h = h + w["new.embeddings.token_type_embeddings.weight"][0]
    h = norm(h, "new.embeddings.LayerNorm")
    for layer in range(2):
        name = f"new.encoder.layer.{layer}"
        q, k, v = np.split(dense(h, f"{name}.attention.qkv_proj"), 3, axis=1)
        heads = [attend(*(x[:, 8 * i : 8 * i + 8] for x in (q, k, v)), config) for i in range(4)]
        h = norm(h + dense(np.concatenate(heads, 1), f"{name}.attention.o_proj"), f"{name}.attn_ln")
        up, gate = np.split(dense(h, f"{name}.mlp.up_gate_proj"), 2, axis=1)
        h = norm(h + dense(gelu(gate) * up, f"{name}.mlp.down_proj"), f"{name}.mlp_ln")
    return dense(np.tanh(dense(h[0], "new.pooler.dense")), "classifier")


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, config: dict[str, Any]) -> np.ndarray:
    factor = (config["rope_scaling"] or {"factor": 1.0})["factor"]

    def turn(x: np.ndarray) -> np.ndarray:
        out = np.empty_like(x)
        for position in range(len(x)):
            for pair in range(4):
                angle = position * (config["rope_theta"] * factor) ** (-2 * pair / 8) / factor ** (2 / 8)
                a, b = x[position, pair], x[position, pair + 4]
                out[position, pair] = a * np.cos(angle) - b * np.sin(angle)
                out[position, pair + 4] = b * np.cos(angle) + a * np.sin(angle)
        return out

    scores = np.exp(turn(q) @ turn(k).T / np.sqrt(8))
    return scores / scores.sum(1, keepdims=True) @ v


def gelu(x: np.ndarray) -> np.ndarray:
    from scipy.special import erf

    return x * (1 + erf(x / np.sqrt(2))) / 2


@pytest.mark.parametrize("kinds", [0, 2])
@pytest.mark.parametrize("scaling", [None, {"type": "ntk", "factor": 2.0}])
def test_logits_are_those_of_the_described_network(tmp_path: Path, kinds: int, scaling: dict[str, Any] | None) -> None:
    import torch

    from indexing.models.devices import Place
    from indexing.models.gte_new import load_new

    folder = save_weborganizer(tmp_path / "m", kinds=kinds, rope_scaling=scaling)
    module = load_new(folder, Place("cpu", torch.float32, 100), outputs=24)
    ids = [2, *range(10, 40), 3]
    with torch.no_grad():
        padded = torch.tensor([ids + [0] * 7])
        logits = module(padded, (padded != 0).long())[0].numpy()
    assert np.allclose(logits, plainly(folder, ids), atol=1e-3)


def test_weights_are_named_as_the_published_ones(model: Path) -> None:
    from safetensors import safe_open

    with safe_open(model / "model.safetensors", "pt") as file:
        names = set(file.keys())
    layer = {f"{n}.{x}" for n in ("attention.qkv_proj", "attention.o_proj", "attn_ln", "mlp.down_proj", "mlp_ln")
             for x in ("weight", "bias")} | {"mlp.up_gate_proj.weight"}  # fmt: skip
    around = ("new.embeddings.LayerNorm", "new.pooler.dense", "classifier")
    assert names == (
        {"new.embeddings.word_embeddings.weight"}
        | {f"{n}.{x}" for n in around for x in ("weight", "bias")}
        | {f"new.encoder.layer.{i}.{n}" for i in range(2) for n in layer}
    )


def test_topics_and_formats_are_the_likeliest_of_24_with_their_probability(model: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    topics = rate("weborganizer_topic", model, TEXTS, urls=URLS)
    formats = rate("weborganizer_format", model, TEXTS, urls=URLS)
    assert list(topics) == ["weborganizer_topic", "weborganizer_topic_confidence"]
    for i, (url, text) in enumerate(zip(URLS, TEXTS, strict=True)):
        logits = plainly(model, tokenizer(f"{url}\n\n{text}")["input_ids"])
        powers = np.exp(logits - logits.max())
        assert topics["weborganizer_topic"][i] == TOPICS[logits.argmax()]
        assert formats["weborganizer_format"][i] == FORMATS[logits.argmax()]
        assert topics["weborganizer_topic_confidence"][i] == pytest.approx(powers.max() / powers.sum(), abs=1e-3)


def test_batches_do_not_change_a_confidence(model: Path) -> None:
    texts = [text * (1 + 3 * (i % 3)) for i, text in enumerate(TEXTS * 3)]
    together = rate("weborganizer_topic", model, texts)
    alone = rate("weborganizer_topic", model, texts, batch_tokens=1)
    assert together["weborganizer_topic"] == alone["weborganizer_topic"]
    assert together["weborganizer_topic_confidence"] == pytest.approx(alone["weborganizer_topic_confidence"], abs=1e-5)


def test_the_address_is_read_unless_the_model_is_named_as_one_that_does_not(tmp_path: Path, model: Path) -> None:
    without = save_weborganizer(tmp_path / "TopicClassifier-NoURL", rope_scaling={"type": "ntk", "factor": 2.0})
    topic = by_name("weborganizer_topic")
    assert fit(topic, [], {"model": str(model)})["reads"] == "url and text"
    assert fit(topic, [], {"model": str(without)})["reads"] == "text"
    a, b = ([f"http://{name}.example.org/"] * len(TEXTS) for name in ("mill", "best.price.now"))
    assert rate("weborganizer_topic", without, TEXTS, urls=a) == rate("weborganizer_topic", without, TEXTS, urls=b)
    assert rate("weborganizer_topic", model, TEXTS, urls=a) != rate("weborganizer_topic", model, TEXTS, urls=b)


def test_an_empty_line_stands_between_address_and_text() -> None:
    batch = pa.RecordBatch.from_pydict(
        {"text": ["one", "two", " ", None], "url": ["http://x/", None, "http://y/", "z"]}
    )
    assert inputs(batch, with_address=True) == ["http://x/\n\none", "two", None, None]
    assert inputs(batch, with_address=False) == ["one", "two", None, None]


def test_the_contract_is_kept_on_odd_texts(model: Path) -> None:
    check(by_name("weborganizer_topic"), {"model": str(model)}, tolerance=1e-5)


def test_a_network_that_is_not_evaluated_here_is_refused(tmp_path: Path) -> None:
    folder = save_weborganizer(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"layer_norm_type": "rms_norm"}))
    with pytest.raises(UsageError, match="layer_norm_type = 'rms_norm'"):
        rate("weborganizer_topic", folder, TEXTS)
