import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.models import remembered
from corpuscope.models.files import find, find_again, identify
from indexing.models.devices import devices, processes
from tests.indexing.models.tiny_models import save_wordpiece


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_wordpiece(tmp_path / "model")
    (tmp_path / "model" / "config.json").write_text("{}")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"weights")
    return tmp_path / "model"


def test_a_folder_is_identified_by_its_files_and_by_no_path(folder: Path, tmp_path: Path) -> None:
    identity = identify(str(folder))
    assert list(identity) == ["sha256"] and len(identity["sha256"]) == 64
    folder.rename(tmp_path / "elsewhere")
    assert identify(str(tmp_path / "elsewhere")) == identity
    (tmp_path / "elsewhere" / "README.md").write_text("not read")
    assert identify(str(tmp_path / "elsewhere")) == identity
    (tmp_path / "elsewhere" / "model.safetensors").write_bytes(b"other")
    assert identify(str(tmp_path / "elsewhere")) != identity


def test_pickled_weights_count_only_where_there_are_no_safe_ones(folder: Path) -> None:
    identity = identify(str(folder))
    (folder / "pytorch_model.bin").write_bytes(b"pickles")
    assert identify(str(folder)) == identity
    (folder / "model.safetensors").unlink()
    assert find(str(folder)).files[-1].name == "tokenizer_config.json"
    assert "pytorch_model.bin" in [path.name for path in find(str(folder)).files]


def test_a_folder_that_was_used_is_found_again_unless_it_has_changed(folder: Path) -> None:
    settings = identify(str(folder))
    assert find_again(settings, None).folder == folder
    assert remembered.path_of(settings["sha256"]) == folder
    (folder / "config.json").write_text('{"a": 1}')
    with pytest.raises(CorpuscopeError, match=r"has changed.*--model FOLDER"):
        find_again(settings, None)


def test_without_the_hub_one_sentence_says_what_would_work() -> None:
    with pytest.raises(CorpuscopeError, match=r"HuggingFaceFW/fineweb-edu-classifier could not be had.*--model FOLDER"):
        find("HuggingFaceFW/fineweb-edu-classifier")  # the tests run with HF_HUB_OFFLINE


@pytest.mark.parametrize(
    ("asked", "says"),
    [("/nowhere/at/all", "no folder '/nowhere/at/all'"), ("{tmp}", "no config.json"), ("{tmp}/a.txt", "is a file")],
)
def test_what_is_no_model_is_said(tmp_path: Path, asked: str, says: str) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageError, match=says):
        find(asked.format(tmp=tmp_path))


@pytest.mark.parametrize("asked", ["gpu", "cuda:x", "cuda:99", ""])
def test_a_device_that_is_not_there_is_named_with_what_would_work(asked: str) -> None:
    with pytest.raises(UsageError, match=r"no device .*(auto|cpu)"):
        devices(asked)


@pytest.mark.parametrize(("gpus", "workers", "count"), [(0, 1, 1), (0, 16, 2), (1, 16, 1), (4, 2, 4)])
def test_there_is_a_process_a_gpu_and_one_or_two_on_a_processor(
    monkeypatch: pytest.MonkeyPatch, gpus: int, workers: int, count: int
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert processes("auto", workers) == count
    assert devices("auto") == (tuple(f"cuda:{i}" for i in range(gpus)) or ("cpu",))


def test_the_list_of_annotators_and_help_need_neither_torch_nor_transformers() -> None:
    code = (
        "import sys, json; from commands.main import main; main(['annotators']); main(['--help']);"
        "print(json.dumps([n for n in ('torch', 'transformers', 'safetensors') if n in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(out.splitlines()[-1]) == []
    assert "qurater_educational_value" in out
