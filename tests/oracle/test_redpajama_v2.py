"""RedPajama-V2's signals beside those that RedPajama-Data's own code computed."""

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard

from indexing.annotate import run
from indexing.annotators.redpajama_v2 import FIELDS, REDPAJAMA_V2
from indexing.signals.make_word_lists import read
from indexing.signals.word_lists import cells_of, word_lists
from tests.indexing.signals.plain_redpajama import of_lines, signals

#: Hangs on lists of domains that are not free to give away.
NOT_COMPUTED = {"rps_doc_ut1_blacklist"}


@pytest.fixture(scope="module")
def references(shared_data: Path) -> list[dict[str, Any]]:
    with zstandard.open(shared_data / "oracle" / "redpajama_v2_signals.jsonl.zst", "rb") as file:
        return [json.loads(line) for line in io.TextIOWrapper(file, encoding="utf-8", newline="\n")]


def test_every_signal_is_the_references(references: list[dict[str, Any]]) -> None:
    texts = pa.array([r["text"] for r in references], pa.large_string())
    columns = run(REDPAJAMA_V2, {}, {"text": texts}, len(texts))
    rows = zip(*(c.to_pylist() for c in columns), strict=True)
    for reference, values in zip(references, rows, strict=True):
        found = {f.name: value for f, value in zip(FIELDS, values, strict=True)}
        triples = {name: v for name, v in reference["signals"].items() if name not in NOT_COMPUTED}
        wanted = {name: v[0][2] for name, v in triples.items() if name.startswith("rps_doc_")}
        wanted |= of_lines({name: [t[2] for t in v] for name, v in triples.items() if name.startswith("rps_lines_")})
        # The scores of lines are rounded before the mean is taken there.
        assert found == {n: None if v is None else pytest.approx(v, rel=0, abs=1.1e-8) for n, v in wanted.items()}


def test_the_plain_functions_say_what_the_reference_says(references: list[dict[str, Any]], shared_data: Path) -> None:
    labels = shared_data / "labels"
    lists = read(labels / "stopwords_json" / "en.txt"), read(labels / "ldnoobw" / "en.txt")
    for reference in references:
        plain = signals(reference["text"], lists)
        for name, triples in reference["signals"].items():
            if name.startswith("rps_doc_") and name not in NOT_COMPUTED:
                assert plain[name] == pytest.approx(triples[0][2], rel=0, abs=1e-8), name


def test_the_lists_are_those_of_the_files(shared_data: Path) -> None:
    labels = shared_data / "labels"
    assert word_lists().stop_words.tolist() == cells_of(read(labels / "stopwords_json" / "en.txt")).tolist()
    assert word_lists().bad_words.tolist() == cells_of(read(labels / "ldnoobw" / "en.txt")).tolist()
