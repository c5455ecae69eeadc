"""The page about importing ratings: its example is run, its table names every system."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import indexing.published
from indexing.published import FLAT, SYSTEMS
from tests.conftest import write_jsonl
from tests.indexing.published.reading import read

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "importing-ratings.md").read_text("utf-8")


def test_the_example_reads_its_ratings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    module = ModuleType("indexing.published.mine")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(block, "importing-ratings.md", "exec"), module.__dict__)
    monkeypatch.setattr(indexing.published, "SYSTEMS", (*SYSTEMS[:-1], module.MINE, FLAT))
    found = read(write_jsonl(tmp_path / "a.jsonl", [{"id": "a", "clarity": c, "rater": "x"} for c in (0.5, 2)]))
    assert found.origin == "mine_published" and found["clarity"] == [0.5, None]


def test_every_system_and_every_reason_is_on_the_page() -> None:
    for system in SYSTEMS:
        if system is not FLAT:
            assert f"`{system.name}" in PAGE
    sources = "".join(p.read_text("utf-8") for p in Path(indexing.published.__file__).parent.glob("*.py"))
    assert set(re.findall(r'fault\("(\w+)"', sources)) - {"not_24_logits"} <= set(re.findall(r"`(\w+)`", PAGE))
