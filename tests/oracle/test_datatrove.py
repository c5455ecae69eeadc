"""Against the decisions of datatrove's own filters."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard

from corpuscope.rules import SYSTEMS
from indexing.annotate import run
from indexing.annotators.quality_rules import QUALITY_RULES

DATA = Path(__file__).parents[3] / "shared" / "data" / "oracle"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"the decisions of datatrove are not in {DATA}")


def _read(name: str) -> list[dict]:
    with zstandard.open(DATA / name, "rt", encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def ours() -> dict[str, dict[str, str]]:
    texts = _read("redpajama_v2_signals.jsonl.zst")
    arrays = run(QUALITY_RULES, {}, {"text": pa.array([t["text"] for t in texts], pa.large_string())}, len(texts))
    rows = pa.table(arrays, names=[field.name for field in QUALITY_RULES.fields]).select(SYSTEMS).to_pylist()
    return {text["id"]: row for text, row in zip(texts, rows, strict=True)}


@pytest.mark.parametrize("system", SYSTEMS)
def test_decisions_are_those_of_datatrove(system: str, ours: dict[str, dict[str, str]]) -> None:
    theirs = {row["id"]: row["decisions"][system] for row in _read("datatrove_filters.jsonl.zst")}
    assert {document: row[system] for document, row in ours.items()} == theirs
