"""Corpora that the tests share, built once a session by the real build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import corpuscope
from corpuscope.corpus import Corpus
from indexing.build import BuildOptions, build
from indexing.progress import SilentProgress
from tests.tiny import TINY

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the user's list of corpora and cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def build_corpus(folder: Path, rows: list[dict[str, Any]], **options: Any) -> Corpus:
    """A corpus of some rows."""
    source = write_jsonl(folder.with_suffix(".jsonl"), rows)
    build(folder, [str(source)], BuildOptions(workers=1, **options), progress=SilentProgress())
    return corpuscope.open(folder)


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Forty documents with known answers, odd Unicode and personal data, in three parts."""
    return build_corpus(tmp_path_factory.mktemp("corpora") / "tiny", TINY, part_size=15)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that some tests measure with."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED
