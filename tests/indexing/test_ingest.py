import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.errors import CorpuscopeError, SourceError, UsageError
from corpuscope.fields import Field
from indexing.ingest import IngestOptions, ingest
from indexing.readers import contract
from indexing.settle import settle
from tests.indexing.reading import read, write_lines

SECRETS = ("secret", "jane")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def _digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".arrow", ".json") or path.name == "repeats.parquet"
    }


def test_every_reason_for_leaving_a_line_out_is_counted_with_its_line(tmp_path):
    path = tmp_path / "dirty.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"id":"1","text":"good one"}\r\n{"id":"2","text":\n{"id":"3"}\n{"id":"4","text":5}\n'
        b'{"id":"5","text":" \\n\xe2\x80\xa8"}\n{"id":"1","text":"dup"}\n\xff\xfe{"id":"6","text":"x"}\n\n'
        b'{"id":"7","text":"a\\u2028b\\u0085 \\u0000 c\xe2\x80\xa8d"}\n{"id":"8","text":"\\ud800 lone"}\n[1,2]\n'
        b'{"id":"9","text":{"a":1}}\n{"id":"10","text":null}\n"x"'
    )
    found = read(tmp_path, path)
    assert found.column("id") == ["1", "1#2", "7"]
    assert found.column("text")[2] == "a\u2028b\u0085 \0 c\u2028d"
    assert found.rejected == {
        "invalid_json": 1, "missing_text": 2, "text_not_a_string": 2, "empty_text": 1, "invalid_utf8": 1,
        "lone_surrogate": 1, "not_an_object": 2,
    }  # fmt: skip
    lines = {reason: [e["line"] for e in r.examples] for reason, r in found.settled.rejected.items()}
    assert lines == {
        "invalid_json": [2], "missing_text": [3, 13], "text_not_a_string": [4, 12], "empty_text": [5],
        "invalid_utf8": [7], "lone_surrogate": [10], "not_an_object": [11, 14],
    }  # fmt: skip


def test_a_line_of_fifty_megabytes_is_one_document(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"text": "small"}, {"text": "long " * 10_000_000}, {"text": "last"}])
    assert [len(text) for text in read(tmp_path, path).column("text")] == [5, 50_000_000, 4]


def test_values_that_json_does_not_know_become_null_and_the_document_stays(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id":"1","text":"a","x":NaN,"y":1}\n{"id":"2","text":"b","x":1.5,"y":-Infinity}\n')
    found = read(tmp_path, path)
    assert (found.column("x"), found.column("y")) == ([None, 1.5], [1, None])
    assert found.mended == {"not_a_finite_number": 2}


def test_whole_numbers_beyond_64_bits_stay_whole_as_text(tmp_path):
    big = [2**63, 2**64, 123456789012345678901234567890]
    path = write_lines(tmp_path / "x.jsonl", [{"id": str(n), "text": "t", "n": n} for n in [5, *big]])
    found = read(tmp_path, path)
    assert found.column("n") == [str(n) for n in [5, *big]]
    assert found.mended["integer_beyond_64_bits"] == 3


def test_a_lone_surrogate_beside_the_text_costs_only_its_value(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id":"1","text":"a","title":"\\ud800","k\\udc00":"v"}\n')
    found = read(tmp_path, path)
    assert (found.column("title"), found.column("k?")) == ([None], ["v"])
    assert found.mended == {"lone_surrogate": 1}


def test_nested_values_become_dotted_and_multi_valued_fields(tmp_path):
    record = {"id": "1", "text": "t", "meta": {"set": "a", "deep": {"n": 1}}, "tags": ["x", "y"], "spans": [[0, 1]]}
    path = write_lines(tmp_path / "x.jsonl", [record, {"id": "2", "text": "t", "meta": "plain", "tags": "z"}])
    found = read(tmp_path, path)
    assert found.column("meta.deep.n") == [1, None]
    assert (found.column("meta"), found.column("meta.set")) == ([None, "plain"], ["a", None])
    assert (found.type("tags"), found.column("tags")) == (("text", True), [["x", "y"], ["z"]])
    assert (found.type("spans"), found.column("spans")) == (("text", False), ["[[0,1]]", None])


def test_an_object_with_very_many_keys_stays_json(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"id": str(i), "text": "t", "links": {f"k{i}": i}} for i in range(300)])
    assert read(tmp_path, path).column("links")[299] == '{"k299":299}'


@pytest.mark.parametrize(
    ("values", "kind", "stored"),
    [
        ([1, 2.5], "double", [1.0, 2.5]),
        ([1, "x"], "text", ["1", "x"]),
        ([True, 1], "text", ["true", "1"]),
        ([1.0, "x"], "text", ["1.0", "x"]),
        ([None, None], "text", [None, None]),
    ],
)
def test_types_widen_alike_within_a_block_and_over_files(tmp_path, values, kind, stored):
    records = [{"id": str(i), "text": "t", "v": value} for i, value in enumerate(values)]
    one = read(tmp_path / "one", write_lines(tmp_path / "both.jsonl", records))
    files = [write_lines(tmp_path / f"{i}.jsonl", [record]) for i, record in enumerate(records)]
    two = read(tmp_path / "two", *files)
    assert one.type("v") == two.type("v") == (kind, False)
    assert one.column("v") == two.column("v") == stored
    assert (
        one.mended == two.mended == ({"mixed_type": one.mended["mixed_type"]} if kind == "text" and stored[0] else {})
    )


def test_repeated_ids_get_the_next_free_number(tmp_path):
    ids = ["1", "1", "1#2", "2", "1", "1#2", "2"]
    path = write_lines(tmp_path / "x.jsonl", [{"id": id_, "text": "t"} for id_ in ids])
    found = read(tmp_path, path)
    assert found.column("id") == ["1", "1#3", "1#2", "2", "1#4", "1#2#2", "2#2"]
    assert found.mended == {"duplicate_id": 4}


def test_repeats_and_mixtures_say_in_which_file_and_line_they_were_found(tmp_path):
    record = {"text": "t", "file": "own", "line": 7, "\0file": 1}
    first = write_lines(tmp_path / "a.jsonl", [record | {"id": str(i), "v": i} for i in range(5)])
    second = write_lines(
        tmp_path / "b.jsonl", [record | {"id": i, "v": v} for i, v in (("x", 1), ("3", 2), ("y", "odd"))]
    )
    found = read(tmp_path / "read", first, second)
    examples = {reason: reject.examples for reason, reject in found.settled.mended.items()}
    assert examples["duplicate_id"] == ({"file": str(second), "line": 2, "detail": "id 3#2"},)
    assert examples["mixed_type"] == ({"file": str(second), "line": 3, "detail": "field v holds int and text"},)
    assert found.column("line") == [7] * 8


def test_repeated_ids_can_be_dropped_and_parts_stay_full(tmp_path):
    ids = ["a", "a", "b", "c", "b", "d", "e"]
    path = write_lines(tmp_path / "x.jsonl", [{"id": id_, "text": str(i)} for i, id_ in enumerate(ids)])
    found = read(tmp_path, path, on_duplicate="reject", part_size=2)
    assert found.column("text") == ["0", "2", "3", "5", "6"]
    assert found.settled.part_rows == (2, 2, 1)
    assert found.rejected == {"duplicate_id": 2}


def test_a_search_for_repeats_that_runs_out_of_room_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("indexing.duplicates._MEMORY", "1MB")
    path = write_lines(tmp_path / "x.jsonl", [{"id": str(i), "text": "t"} for i in range(50_000)])
    with pytest.raises(CorpuscopeError, match="Repeated ids cannot be looked for: .*again to resume"):
        read(tmp_path, path)


def test_ids_of_older_parts_are_taken(tmp_path):
    old = tmp_path / "old.parquet"
    pq.write_table(pa.table({"id": ["1", "1#2", "9"]}), old)
    path = write_lines(tmp_path / "x.jsonl", [{"id": i, "text": "t"} for i in (1, 2, 9)])
    assert read(tmp_path, path, existing=[old]).column("id") == ["1#3", "2", "9#2"]


def test_missing_ids_are_made_from_content_and_position(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"text": "same"}, {"text": "same"}, {"id": "x" * 5000, "text": "long"}])
    found = read(tmp_path, path, first_file=7)
    assert [id_.split("-")[1:] for id_ in found.column("id")] == [["7", "1"], ["7", "2"], ["7", "3"]]
    assert len({id_.split("-")[0] for id_ in found.column("id")}) == 2
    assert found.mended == {"missing_id": 2, "id_too_long": 1}


@pytest.mark.parametrize("given", ["\\ud800", "x" * 40_000])
def test_an_id_that_cannot_be_stored_is_replaced_by_name(tmp_path, given):
    path = tmp_path / "x.jsonl"
    path.write_text(f'{{"id":"{given}","text":"kept"}}\n{{"id":"2","text":"t"}}\n')
    found = read(tmp_path, path)
    assert (found.column("text"), found.column("id")[1]) == (["kept", "t"], "2")
    assert found.mended == {"lone_surrogate" if len(given) < 9 else "id_too_long": 1}


def test_what_was_left_out_or_mended_is_never_quoted(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(
        b'{"id":"1","text":"secret","x":NaN,"date":"secret"}\n{"text": secret}\n"secret"\n{"text":["secret"]}\n'
        b'{"text":"secret \\ud800"}\n{"text":"secret \xff"}\n{"id":"jane@corp-mail.com","text":"a"}\n'
        b'{"id":"jane@corp-mail.com","text":"b"}\n'
    )
    settled = read(tmp_path, path).settled
    cases = {**settled.rejected, **settled.mended}
    assert len(cases) == 8
    assert not any(word in example["detail"] for r in cases.values() for example in r.examples for word in SECRETS)
    assert settled.mended["not_a_finite_number"].examples[0]["detail"] == "field x"
    assert settled.mended["unparseable_date"].examples[0]["detail"] == "field date"


def test_known_fields_keep_their_type_and_misfits_become_null(tmp_path):
    known = [
        Field(name="n", type="int"),
        Field(name="gone", type="text"),
        Field(name="words", type="int", origin="words"),
    ]
    path = write_lines(
        tmp_path / "x.jsonl", [{"id": str(n), "text": "t", "n": n, "words": "w"} for n in (1, 2.5, "x", "7")]
    )
    found = read(tmp_path, path, known=known)
    assert (found.column("n"), found.column("gone")) == ([1, None, None, 7], [None] * 4)
    assert found.column("source.words") == ["w"] * 4
    assert found.mended == {"value_of_wrong_type": 2}


def test_fields_that_differ_only_in_case_are_told_apart(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"id": "1", "text": "t", "Lang": "a", "lang": "b"}])
    found = read(tmp_path, path)
    assert (found.column("Lang"), found.column("lang#2")) == (["a"], ["b"])


def test_the_limit_counts_accepted_documents_over_all_files(tmp_path):
    for name in "ab":
        write_lines(tmp_path / f"{name}.jsonl", [{"id": f"{name}{i}", "text": "t" if i % 2 else 5} for i in range(10)])
    found = read(tmp_path, tmp_path / "*.jsonl", limit=7)
    assert found.column("id") == ["a1", "a3", "a5", "a7", "a9", "b1", "b3"]
    assert found.rejected == {"text_not_a_string": 7}


def test_parts_share_one_schema_and_hold_so_many_rows(tmp_path):
    records = [{"id": str(i), "text": f"t{i}"} | ({"late": i} if i > 20 else {}) for i in range(25)]
    found = read(tmp_path, write_lines(tmp_path / "x.jsonl", records), part_size=10)
    assert found.settled.part_rows == (10, 10, 5)
    assert len({pq.read_schema(part) for part in found.parts}) == 1
    assert found.column("text") == [record["text"] for record in records]


def test_row_groups_are_small_in_rows_and_in_bytes(tmp_path):
    records = [{"id": str(i), "text": "x" * (300_000 if i > 1200 else 5)} for i in range(1210)]
    part = pq.ParquetFile(read(tmp_path, write_lines(tmp_path / "x.jsonl", records)).parts[0])
    assert [part.metadata.row_group(g).num_rows for g in range(part.num_row_groups)] == [500, 500, 205, 4, 1]


def test_one_worker_and_two_give_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(contract, "BLOCK_BYTES", 2000)
    monkeypatch.setattr("indexing.readers.compression._PLAIN_CHUNK", 1000)
    for name in "abc":
        write_lines(
            tmp_path / f"{name}.jsonl", [{"text": f"{name} {i}" * 20, "v": i if i % 7 else "x"} for i in range(99)]
        )
    one, two = (read(tmp_path / str(n), tmp_path / "*.jsonl", workers=n) for n in (1, 2))
    assert len(one.settled.blocks) > 5
    assert _digests(tmp_path / "1" / "staging") == _digests(tmp_path / "2" / "staging")
    assert one.parts[0].read_bytes() == two.parts[0].read_bytes()


def test_a_finished_reading_is_not_read_again(tmp_path, monkeypatch):
    path = write_lines(tmp_path / "x.jsonl", [{"text": "t"}])
    first = read(tmp_path, path).settled
    monkeypatch.setattr("indexing.ingest.stage", None)
    monkeypatch.setattr("indexing.settle.write_repeats", None)
    assert read(tmp_path, path).settled == first


def test_a_changed_file_is_read_anew(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"text": "old"}])
    read(tmp_path, path)
    write_lines(path, [{"text": "newer"}])
    assert read(tmp_path, path).column("text") == ["newer"]


def test_a_killed_run_resumes_with_the_same_bytes(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for name in range(6):
        write_lines(source / f"{name}.jsonl", [{"text": f"{name} {i} " * 40, "n": i} for i in range(4000)])
    program = (
        "import sys\nfrom pathlib import Path\nfrom indexing.ingest import IngestOptions, ingest\n"
        "if __name__ == '__main__':\n    ingest([sys.argv[1]], IngestOptions(workers=2), Path(sys.argv[2]))\n"
    )
    script = tmp_path / "job.py"
    script.write_text(program)
    blocks = tmp_path / "killed" / "staging" / "blocks"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    job = subprocess.Popen([sys.executable, script, source, blocks.parent], env=environment)
    while not list(blocks.glob("*.arrow")) and job.poll() is None:
        time.sleep(0.002)
    job.send_signal(signal.SIGKILL)
    job.wait()
    killed = read(tmp_path / "killed", source, workers=1)
    whole = read(tmp_path / "whole", source, workers=1)
    assert _digests(blocks.parent) == _digests(tmp_path / "whole" / "staging")
    assert killed.parts[0].read_bytes() == whole.parts[0].read_bytes()


def test_an_unknown_text_field_lists_what_there_is(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"body": "t", "meta": {"story": "s"}}])
    with pytest.raises(UsageError, match=r"--text-field 'meta.stori'.*meta.story"):
        read(tmp_path, path, text_field="meta.stori")
    assert read(tmp_path, path, text_field="meta.story").column("text") == ["s"]


def test_a_source_without_any_text_says_so(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"foo": "t", "bar": 1}])
    with pytest.raises(SourceError, match=r"missing_text .*foo, bar.*--text-field"):
        read(tmp_path, path)


@pytest.mark.parametrize("options", [{"limit": 0}, {"part_size": -1}, {"on_duplicate": "maybe"}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(UsageError):
        IngestOptions(**options)


def test_settled_comes_back_as_it_was_stored(tmp_path):
    path = write_lines(tmp_path / "x.jsonl", [{"text": "t", "date": "2020"}, {"text": "t", "tags": ["a"]}])
    options, staging = IngestOptions(), tmp_path / "staging"
    staged = ingest([str(path)], options, staging)
    settled = settle(staged, options, staging)
    assert settle(staged, options, staging) == settled
    assert json.loads(json.dumps(settled.to_json()))["part_rows"] == [2]


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")
def test_the_widest_mixture_keeps_every_document(tmp_path):
    found = read(tmp_path, DATA / "mixed_77_languages.jsonl.zst", workers=1)
    assert len(found.rows) == 4940
    assert found.rejected == {}
