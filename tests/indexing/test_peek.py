import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commands.peek_text import render
from corpuscope.errors import SourceError, UsageError
from indexing import peek as module
from indexing.ingest import IngestOptions
from indexing.peek import peek
from tests.indexing.reading import write_lines

RECORDS = [
    {
        "id": str(i),
        "text": f"The quick brown fox number {i} jumps over the lazy dog. Write to jane.doe{i}@corp-mail.com.",
        "url": f"https://www.example{i % 3}.org/{i}",
        "stars": i,
    }
    for i in range(100)
]


def test_a_small_source_is_counted_exactly(tmp_path):
    found = peek(str(write_lines(tmp_path / "x.jsonl", [*RECORDS, {"text": 5}])), IngestOptions())
    assert (found.rows, found.exact, found.sampled) == (100, True, 100)
    assert (found.text_field, found.id_field) == ("text", "id")
    assert {field.name: field.type for field in found.fields} == {"url": "text", "source": "text", "stars": "int"}
    assert found.languages[0] == ("en", 100)
    assert found.hosts[0] == ("www.example0.org", 34)
    assert found.rejected["text_not_a_string"].count == 1


def test_a_large_source_is_estimated_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE_BYTES", 20_000)
    monkeypatch.setattr("indexing.readers.contract.HEAD_BYTES", 10_000)
    path = write_lines(tmp_path / "x.jsonl", RECORDS * 50)
    found = peek(str(path), IngestOptions())
    assert not found.exact
    assert found.sampled < 1000
    assert found.rows == pytest.approx(5000, rel=0.1)
    assert "about" in render(found)


def test_parquet_rows_come_from_the_file_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SAMPLE_BLOCKS", 1)
    monkeypatch.setattr("indexing.readers.contract.BLOCK_BYTES", 2000)
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "x.parquet")
    found = peek(str(tmp_path / "x.parquet"), IngestOptions())
    assert (found.rows, found.exact) == (100, False)


def test_personal_data_is_masked_in_all_that_is_shown(tmp_path):
    found = peek(str(write_lines(tmp_path / "x.jsonl", RECORDS)), IngestOptions())
    assert len(found.documents) == 20
    assert all("[EMAIL]" in document.text for document in found.documents)
    assert "corp-mail.com" not in json.dumps(found.to_json()) + render(found)


def test_the_same_seed_shows_the_same_documents(tmp_path):
    path = str(write_lines(tmp_path / "x.jsonl", RECORDS))
    assert peek(path, IngestOptions()) == peek(path, IngestOptions())
    assert peek(path, IngestOptions(), seed=1).documents != peek(path, IngestOptions()).documents


def test_nothing_in_a_document_can_steer_the_terminal(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"id": "\x1b[2J", "text": "a\x1b[31mred\u202e\x00\nb"}])
    shown = render(peek(str(path), IngestOptions()))
    assert not {"\x1b", "\u202e", "\x00"} & set(shown)


def test_a_source_without_a_text_field_is_still_described(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"foo": "t"}])
    found = peek(str(path), IngestOptions())
    assert (found.rows, found.text_field) == (0, None)
    assert "--text-field" in render(found)


def test_bad_input_is_a_sentence(tmp_path):
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(SourceError, match="no records"):
        peek(str(tmp_path / "empty.jsonl"), IngestOptions())
    with pytest.raises(UsageError, match="--text-field"):
        peek(str(write_lines(tmp_path / "x.jsonl", RECORDS)), IngestOptions(text_field="nosuch"))
