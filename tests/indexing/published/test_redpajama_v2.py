"""Spans of whole documents and of lines, against what follows from the triples one by one."""

from __future__ import annotations

import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from indexing.published.redpajama_v2 import UT1
from tests.conftest import write_jsonl
from tests.indexing.published.reading import Ratings, read

WORDS = "rps_lines_num_words"


def signals(tmp_path: Path, *rows: dict[str, Any]) -> Ratings:
    records = [{"id": f"d{i}", "id_int": i, "quality_signals": row} for i, row in enumerate(rows)]
    return read(write_jsonl(tmp_path / "en_head.signals.json", records))


def test_the_span_over_a_document_is_its_rating(tmp_path: Path) -> None:
    found = signals(
        tmp_path,
        {"rps_doc_word_count": [[0, 9, 4.0]]},
        {"rps_doc_word_count": [[0, 0, None]]},
        {"rps_doc_word_count": []},
        {"rps_doc_word_count": None},
        {},
        {"rps_doc_word_count": [[0, 9, True]]},
        {"rps_doc_word_count": 7},
    )
    assert found.origin == "redpajama_v2_published"
    assert found["rps_doc_word_count"] == [4.0, None, None, None, None, 1.0, None]
    assert found.rejected == {"not_a_span": 1}
    assert found.found.lengths().to_pylist() == [9, 0, None, None, None, 9, None]


def test_what_is_no_rating_of_a_document_is_counted_by_reason(tmp_path: Path) -> None:
    found = signals(
        tmp_path,
        {"rps_doc_curly_bracket": [[0, 3, 0.5], [3, 9, 0.5]]},
        {"rps_doc_curly_bracket": [[2, 9, 0.5]]},
        {"rps_doc_curly_bracket": [[0, 9, 1.5]]},
        {"rps_doc_curly_bracket": [[0, 9]]},
        {"rps_doc_curly_bracket": [[0, 9, "much"]]},
        {"rps_doc_curly_bracket": [[0, 9, 0.25]]},
    )
    assert found["rps_doc_curly_bracket"] == [None, None, None, None, None, 0.25]
    assert found.rejected == {"several_spans": 1, "span_inside_the_text": 1, "out_of_range": 1, "not_a_span": 2}
    (first, *_) = found.found.tally.result()["out_of_range"].examples
    assert first["line"] == 3 and "rps_doc_curly_bracket is [[0, 9, 1.5]]" in first["detail"]


def test_shares_above_one_are_kept_where_they_can_be(tmp_path: Path) -> None:
    rows = [("rps_doc_frac_chars_top_2gram", 1.9), ("rps_doc_ml_palm_score", 1.00001001), ("ccnet_length", 7.0)]
    found = signals(tmp_path, {name: [[0, 9, value]] for name, value in rows})
    assert {name: found[name][0] for name, _ in rows} == dict(rows) and not found.rejected
    assert found.fields["ccnet_length"].type == "int"  # a count


@given(lines=st.lists(st.lists(st.none() | st.integers(0, 9) | st.booleans(), max_size=5), min_size=1, max_size=5))
def test_line_signals_equal_the_lines_one_by_one(lines: list[list[Any]], tmp_path_factory: Any) -> None:
    rows = [{WORDS: [[i, i + 1, score] for i, score in enumerate(row)]} for row in lines]
    found = signals(tmp_path_factory.mktemp("lines"), *rows)
    for at, row in enumerate(lines):
        scores = [float(score) for score in row if score is not None]
        expected = (
            [sum(scores) / len(scores), min(scores), sum(s < 3 for s in scores) / len(scores)] if scores else None
        )
        told = [found[f"{WORDS}.{what}"][at] for what in ("mean", "min", "share")]
        assert told == ([None] * 3 if expected is None else pytest.approx(expected))


def test_the_shares_are_of_lines_that_fail_the_published_rules(tmp_path: Path) -> None:
    spans = [[0, 5, 0.0], [5, 9, 0.5], [9, 12, 1.0], [12, 13, 2.0]]
    names = ["ending_with_terminal_punctution_mark", "javascript_counts", "start_with_bulletpoint",
             "numerical_chars_fraction", "uppercase_letter_fraction"]  # fmt: skip
    found = signals(tmp_path, {f"rps_lines_{name}": spans for name in names})
    assert [found[f"rps_lines_{name}.share"][0] for name in names] == [0.25, 0.75, 0.75, 0.5, 0.5]


def test_buckets_are_named_and_perplexity_has_a_logarithm(tmp_path: Path) -> None:
    found = signals(
        tmp_path,
        *({"ccnet_bucket": [[0, 5, bucket]], "ccnet_perplexity": [[0, 5, value]]}
          for bucket, value in ((0.0, 100.0), (1.0, 1.0), (2.0, 0.0), (3.0, None))),
    )  # fmt: skip
    assert found["ccnet_bucket"] == ["head", "middle", "tail", None]
    assert found["ccnet_perplexity"] == [100.0, 1.0, 0.0, None]
    assert found["ccnet_perplexity.log10"] == [2.0, 0.0, None, None]


def test_an_importance_weight_is_divided_by_the_words(tmp_path: Path) -> None:
    rows = [(-30.0, 60.0), (4.0, 0.0), (None, 5.0), (3.0, None)]
    found = signals(tmp_path, *({"rps_doc_books_importance": [[0, 9, w]], "rps_doc_word_count": [[0, 9, n]]}
                                for w, n in rows))  # fmt: skip
    assert found["rps_doc_books_importance"] == [-30.0, 4.0, None, 3.0]
    assert found["rps_doc_books_importance.per_word"] == [-0.5, None, None, None]
    assert found.rejected == {}


def test_a_ut1_number_stands_for_its_set_of_categories(tmp_path: Path) -> None:
    sets = [set(c) for size in range(1, 14) for c in combinations(sorted(UT1), size)]
    numbers = [0, 11, sets.index({"adult", "porn"}), len(sets) - 1, len(sets), None]
    found = signals(tmp_path, *({"rps_doc_ut1_blacklist": [[0, 9, n]]} for n in numbers))
    told = found["rps_doc_ut1_blacklist.categories"]
    assert [set(names) if names else None for names in told] == [
        {"adult"}, {"porn"}, {"adult", "porn"}, set(UT1), None, None
    ]  # fmt: skip
    assert found["rps_doc_ut1_blacklist"] == [*numbers[:4], None, None]


def test_signals_as_json_text_and_in_parquet_are_the_same_signals(tmp_path: Path) -> None:
    rows = [{"rps_doc_word_count": [[0, 9, 4.0]], WORDS: [[0, 4, 2.0], [4, 9, 2.0]]}, {WORDS: []}]
    plain = signals(tmp_path, *rows)
    ids = [f"d{i}" for i in range(2)]
    pq.write_table(pa.table({"id": ids, "quality_signals": [json.dumps(r) for r in rows]}), tmp_path / "text.parquet")
    typed = [{"rps_doc_word_count": None, WORDS: None, **row} for row in rows]
    pq.write_table(pa.table({"id": ids, "quality_signals": typed}), tmp_path / "typed.parquet")
    for name in ("text.parquet", "typed.parquet"):
        found = read(tmp_path / name)
        assert found.origin == plain.origin and found.columns == plain.columns


def test_a_column_of_scalars_needs_no_spans(tmp_path: Path) -> None:
    found = read(write_jsonl(tmp_path / "s.jsonl", [{"id": "a", "rps_doc_word_count": 3, "ccnet_bucket": "tail"}]))
    assert found["rps_doc_word_count"] == [3.0] and found["ccnet_bucket"] == ["tail"]


def test_the_reference_signals_come_out_as_they_are(shared_data: Path, tmp_path: Path) -> None:
    raw = zstandard.ZstdDecompressor().stream_reader((shared_data / "oracle/redpajama_v2_signals.jsonl.zst").open("rb"))
    rows = [json.loads(line) for line in raw.read().decode().split("\n") if line]
    found = signals(tmp_path, *(row["signals"] for row in rows))
    for name in ("rps_doc_word_count", "rps_doc_unigram_entropy", "rps_doc_frac_chars_dupe_10grams"):
        assert found[name] == [spans[0][2] if (spans := row["signals"][name]) else None for row in rows]
    for at, row in enumerate(rows):
        scores = [score for _, _, score in row["signals"]["rps_lines_uppercase_letter_fraction"] if score is not None]
        mean = found["rps_lines_uppercase_letter_fraction.mean"][at]
        assert (mean is None) == (not scores)
        assert mean is None or math.isclose(mean, sum(scores) / len(scores), rel_tol=1e-12)
    assert found.found.lengths().to_pylist() == [len(row["text"]) for row in rows]
