"""Tokenizers by name: one that is installed, a file, or one from a model hub."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

from corpuscope.errors import MissingDependency, UsageError

#: The tokenizer of Mistral Nemo (131,072 tokens), which lies in the mistral-common package.
INSTALLED = "tekken"
_TEKKEN_FILE = "tekken_240911.json"
_PIECE = 10_000

#: From texts to the number of tokens of each, special tokens not counted.
CountTokens = Callable[[Sequence[str]], list[int]]


@functools.cache
def load(name: str) -> CountTokens:
    """The token counter called `name`: "tekken", a tokenizer.json (or its folder), or a hub id."""
    if name == INSTALLED:
        return _load_tekken()
    path = Path(name)
    if path.is_dir():
        path /= "tokenizer.json"
    return _load_file(path) if path.exists() else _load_from_hub(name)


def _load_tekken() -> CountTokens:
    spec = importlib.util.find_spec("mistral_common")
    if spec is None or spec.origin is None:
        raise MissingDependency("The tokenizer tekken needs a package that is missing: pip install mistral-common")
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    tokenizer = Tekkenizer.from_file(Path(spec.origin).parent / "data" / _TEKKEN_FILE)

    def count(text: str) -> int:
        try:
            return len(tokenizer.encode(text, bos=False, eos=False))
        except ValueError:
            # Its pattern gives up on a very long run of white space: count such a text in pieces.
            pieces = (text[i : i + _PIECE] for i in range(0, len(text), _PIECE))
            return sum(len(tokenizer.encode(piece, bos=False, eos=False)) for piece in pieces)

    return lambda texts: [count(text) for text in texts]


def _load_file(path: Path) -> CountTokens:
    from tokenizers import Tokenizer

    try:
        return _counter(Tokenizer.from_file(str(path)))
    except Exception as error:  # noqa: BLE001  # the library raises bare Exception
        raise UsageError(f"{path} is no tokenizer.json of the tokenizers library ({_first_line(error)}).") from None


def _load_from_hub(name: str) -> CountTokens:
    from tokenizers import Tokenizer

    try:
        return _counter(Tokenizer.from_pretrained(name))
    except Exception as error:  # noqa: BLE001  # the library raises bare Exception
        raise UsageError(
            f"The tokenizer {name!r} is no file and could not be had from the Hugging Face hub "
            f"({_first_line(error)}). Use {INSTALLED}, or the path of a tokenizer.json."
        ) from None


def _counter(tokenizer: object) -> CountTokens:
    from tokenizers import Tokenizer

    assert isinstance(tokenizer, Tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda texts: [len(e.ids) for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200].rstrip(".")
