"""From a model's folder to a tokenizer and a module of torch on a device; nothing of the folder is run as code."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.models.files import weight_files
from indexing.models.devices import Place

if TYPE_CHECKING:
    from torch import Tensor, nn

#: The model that this process holds: its key and what was made of it. One at a time: several need not fit a device.
_held: tuple[object, Any] | None = None


def once(key: object, make: Callable[[], Any]) -> Any:
    """What `make` gave for this key the last time; it is let go before another is made."""
    global _held
    if _held is None or _held[0] != key:
        _held = None
        _held = (key, make())
    return _held[1]


def let_go() -> None:
    """Hold no model any more: another process is to have the device's memory."""
    global _held
    _held = None
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def load_config(folder: Path) -> dict[str, Any]:
    """config.json."""
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / 'config.json'} cannot be read ({error}).") from None
    if not isinstance(config, dict):
        raise UsageError(f"{folder / 'config.json'} is no JSON object.")
    return config


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of transformers that lies in the folder.

    A DeBERTa's is known by its file where config.json names no type of model that transformers knows.
    """
    transformers: Any = importlib.import_module("transformers")
    kind = "DebertaV2Tokenizer" if (folder / "spm.model").exists() else "AutoTokenizer"
    try:
        return getattr(transformers, kind).from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # noqa: BLE001  # it raises whatever its many formats raise
        raise UsageError(f"{folder} holds no tokenizer that can be read ({_first_line(error)}).") from None


def load_stock(kind: str, folder: Path, place: Place) -> nn.Module:
    """A model whose architecture is in transformers, by the name of the class that picks it."""
    transformers: Any = importlib.import_module("transformers")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        loaded, about = getattr(transformers, kind).from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, dtype=place.dtype, output_loading_info=True
        )
    except Exception as error:  # noqa: BLE001  # it raises whatever its many formats raise
        raise UsageError(f"{folder} holds no model that {kind} can load ({_first_line(error)}).") from None
    if about["missing_keys"]:
        raise UsageError(f"The weights in {folder} lack {_some(sorted(about['missing_keys']))}; it is another model.")
    module: nn.Module = loaded.to(place.device).eval()
    return module


def load_own(module: nn.Module, weights: Mapping[str, Tensor], place: Place, folder: Path) -> nn.Module:
    """A module of this program with the published weights; every name and shape has to fit."""
    try:
        missing, unexpected = module.load_state_dict(dict(weights), strict=False)
    except RuntimeError as error:
        raise UsageError(f"The weights in {folder} have other shapes: {_last_line(error)}") from None
    unexpected = [name for name in unexpected if not name.endswith("position_ids")]
    if missing or unexpected:
        raise UsageError(
            f"The weights in {folder} are another model's: missing {_some(missing)}, unknown {_some(unexpected)}."
        )
    return module.to(device=place.device, dtype=place.dtype).eval()


def load_weights(folder: Path) -> dict[str, Tensor]:
    """All tensors by name, from safetensors or from pickles that hold nothing but tensors."""
    import torch
    from safetensors.torch import load_file

    out: dict[str, Tensor] = {}
    for path in weight_files(folder):
        try:
            out |= load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
        except Exception as error:  # noqa: BLE001  # a damaged file raises whatever its reader raises
            raise CorpuscopeError(f"{path} cannot be read as weights ({_first_line(error)}).") from None
    return out


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more if names else "nothing"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200].rstrip(".")


def _last_line(error: Exception) -> str:
    return str(error).strip().rsplit("\n", 1)[-1].strip()[:200]
