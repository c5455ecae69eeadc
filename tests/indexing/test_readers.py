import io
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.errors import SourceError
from indexing.readers import READERS, contract, detect
from indexing.readers.arrow_batches import damage_block
from indexing.readers.hub import HubFailure
from indexing.sources import resolve
from tests.indexing.reading import COMPRESS, read, write_lines

RECORDS = [{"id": str(i), "text": f'text number {i}\nsecond line, with "quotes"', "size": i} for i in range(30)]


def _csv(separator):
    rows = ["id,text,size".replace(",", separator)]
    rows += [f'{r["id"]}{separator}"{r["text"].replace(chr(34), chr(34) * 2)}"{separator}{r["size"]}' for r in RECORDS]
    return "\n".join(rows).encode()


def _parquet():
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(RECORDS), sink, row_group_size=7)
    return sink.getvalue()


def _arrow(new):
    sink = io.BytesIO()
    table = pa.Table.from_pylist(RECORDS)
    with new(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=8)
    return sink.getvalue()


FORMATS = {
    "lines.jsonl": lambda: "\n".join(map(json.dumps, RECORDS)).encode(),
    "lines.json": lambda: "\n".join(map(json.dumps, RECORDS)).encode(),
    "array.json": lambda: json.dumps(RECORDS, indent=2).encode(),
    "one_line_array.json": lambda: json.dumps(RECORDS).encode(),
    "pretty.json": lambda: "\n".join(json.dumps(record, indent=1) for record in RECORDS).encode(),
    "rows.csv": lambda: _csv(","),
    "semicolons.csv": lambda: _csv(";"),
    "rows.tsv": lambda: _csv("\t"),
    "table.parquet": _parquet,
    "file.arrow": lambda: _arrow(pa.ipc.new_file),
    "stream.arrow": lambda: _arrow(pa.ipc.new_stream),
    "a_parquet_called.jsonl": _parquet,
    "lines_called.csv": lambda: "\n".join(map(json.dumps, RECORDS)).encode(),
}


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_documents(tmp_path, name, compression):
    path = tmp_path / (name + compression)
    path.write_bytes(COMPRESS[compression](FORMATS[name]()))
    found = read(tmp_path, path)
    assert [{key: row[key] for key in RECORDS[0]} for row in found.rows] == RECORDS
    assert (found.rejected, found.mended) == ({}, {})


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_text_file_is_one_document(tmp_path, compression):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b", "a"):
        (folder / f"{name}.txt{compression}").write_bytes(COMPRESS[compression](f"\ufeffbody of {name}\r\nx".encode()))
    found = read(tmp_path, folder)
    assert found.column("text") == ["body of a\r\nx", "body of b\r\nx"]
    assert found.column("source") == ["a", "b"]


@pytest.mark.parametrize("compression", [".gz", ".zst"])
def test_all_members_of_an_archive_are_read(tmp_path, compression):
    path = tmp_path / f"x.jsonl{compression}"
    path.write_bytes(b"".join(COMPRESS[compression](json.dumps(r).encode() + b"\n") for r in RECORDS))
    assert len(read(tmp_path, path).rows) == len(RECORDS)


@pytest.mark.parametrize("compression", [".gz", ".zst"])
def test_what_stands_before_the_cut_of_an_archive_is_kept(tmp_path, compression):
    whole = b"".join(COMPRESS[compression](json.dumps(r).encode() + b"\n") for r in RECORDS)
    path = tmp_path / f"x.jsonl{compression}"
    path.write_bytes(whole[:-30])
    found = read(tmp_path, path)
    assert len(found.rows) == len(RECORDS) - 1
    assert found.rejected == {"truncated_archive": 1}


def test_a_truncated_parquet_file_is_named(tmp_path):
    (tmp_path / "cut.parquet").write_bytes(_parquet()[:-20])
    write_lines(tmp_path / "whole.jsonl", RECORDS)
    found = read(tmp_path, tmp_path / "*.*")
    assert found.rejected == {"truncated_archive": 1}
    assert found.settled.rejected["truncated_archive"].examples[0]["file"].endswith("cut.parquet")


def test_a_damaged_json_array_keeps_what_came_before(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(json.dumps(RECORDS).encode()[:-60])
    found = read(tmp_path, path)
    assert len(found.rows) == len(RECORDS) - 1
    assert found.rejected == {"invalid_json": 1}


@pytest.mark.parametrize("form", ["%s\n", "[%s]"])
def test_what_is_wrong_with_an_object_is_the_same_in_lines_and_in_an_array(tmp_path, form):
    records = ['{"id":"1","text":"a \\ud800"}', '{"id":"2","text":"b","n":NaN}', '{"id":"3",}', "7"]
    records += ['{"id":"4","text":"\\ud83d\\ude00 \\\\ud800 [{,\\"","big":18446744073709551616}']
    path = tmp_path / "x.json"
    path.write_text(form % ("\n" if form.endswith("\n") else ",\n").join(records))
    found = read(tmp_path, path)
    assert found.column("text") == ["b", '\U0001f600 \\ud800 [{,"']
    assert found.rejected == {"lone_surrogate": 1, "invalid_json": 1, "not_an_object": 1}
    assert found.mended == {"not_a_finite_number": 1, "integer_beyond_64_bits": 1}


def _nested(levels, inner="1"):
    return '{"a":' * levels + inner + "}" * levels


@pytest.mark.parametrize("form", ["%s\n%s\n", "[%s, %s]"])
@pytest.mark.parametrize("levels", [100, 600, 980])
def test_objects_that_are_nested_deeply_are_kept_as_json_text(tmp_path, form, levels):
    record = '{"id":"%s","text":"t","big":18446744073709551616,"o":%s,"l":%s}'
    nested = _nested(levels, "NaN" if form.endswith("\n") and levels == 600 else "1.5")
    lines = [record % (n, nested, "[" * levels + "]" * levels) for n in "ab"]
    path = tmp_path / "x.json"
    path.write_text(form % tuple(lines))
    found = read(tmp_path, path)
    assert found.column("text") == ["t", "t"]
    (name,) = [name for name in found.table.column_names if name.startswith("o.")]
    assert name.count(".a") < 100 and found.column(name)[0].startswith('{"a":')
    assert found.mended.get("nested_too_deep", 0) == (2 if levels > 200 else 0)


@pytest.mark.parametrize("start", ["[", '{"a":', '[{"a":[', '{"text":"[[[","o":['])
@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_endless_nesting_is_invalid_json(tmp_path, start, name):
    write_lines(tmp_path / "good.jsonl", RECORDS)
    (tmp_path / name).write_text(start * 100_000)
    found = read(tmp_path, tmp_path / "good.jsonl", tmp_path / name)
    assert len(found.rows) == len(RECORDS)
    assert found.rejected == {"invalid_json": 1}


def test_brackets_and_quotes_in_texts_are_no_nesting(tmp_path, monkeypatch):
    monkeypatch.setattr("indexing.readers.compression._PLAIN_CHUNK", 7)
    texts = ["[" * 3000, '\\" [' * 2000, "\\\\" * 5, '"[{' * 1500]
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"id": str(i), "text": text} for i, text in enumerate(texts)]))
    assert read(tmp_path, path).column("text") == texts


def test_a_hub_data_set_is_streamed_with_its_types(tmp_path):
    folder = tmp_path / "hub"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(RECORDS), folder / "train.parquet")
    found = read(tmp_path, f"hf:{folder}")
    assert found.column("text") == [record["text"] for record in RECORDS]
    assert found.type("size") == ("int", False)


def test_a_hub_data_set_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(SourceError, match="cannot be opened"):
        read(tmp_path, f"hf:{tmp_path}/nothing")


@pytest.mark.parametrize("failure", [ConnectionError("no route"), RuntimeError("401")])
def test_a_hub_that_cannot_be_reached_leaves_what_has_been_read(tmp_path, monkeypatch, failure):
    def fail(*args, **options):
        raise failure

    monkeypatch.setattr("datasets.load_dataset", fail)
    with pytest.raises(HubFailure, match="cannot be opened") as caught:
        read(tmp_path, "hf:org/name")
    assert not isinstance(caught.value, SourceError)


def test_a_hub_that_stops_answering_says_after_how_many_rows(tmp_path, monkeypatch):
    class Dataset:
        def with_format(self, name):
            return self

        def iter(self, batch_size):
            yield pa.Table.from_pylist(RECORDS)
            raise TimeoutError("no answer")

    monkeypatch.setattr("datasets.load_dataset", lambda *args, **options: Dataset())
    with pytest.raises(HubFailure, match="after 30 rows: no answer"):
        read(tmp_path, "hf:org/name")


def test_lines_do_not_depend_on_where_blocks_are_cut(tmp_path, monkeypatch):
    path = write_lines(tmp_path / "x.jsonl", RECORDS)
    whole = read(tmp_path / "one", path).rows
    monkeypatch.setattr(contract, "BLOCK_BYTES", 64)
    monkeypatch.setattr("indexing.readers.compression._PLAIN_CHUNK", 50)
    assert read(tmp_path / "many", path).rows == whole


def test_a_record_that_is_too_large_is_skipped_without_its_neighbours(tmp_path, monkeypatch):
    monkeypatch.setattr(contract, "BLOCK_BYTES", 100)
    monkeypatch.setattr(contract, "RECORD_BYTES", 1000)
    monkeypatch.setattr("indexing.readers.compression._PLAIN_CHUNK", 60)
    path = write_lines(tmp_path / "x.jsonl", [{"text": "before"}, {"text": "x" * 3000}, {"text": "after"}, {"text": 1}])
    found = read(tmp_path, path)
    assert found.column("text") == ["before", "after"]
    assert found.settled.rejected["record_too_large"].examples[0]["line"] == 2
    assert found.settled.rejected["text_not_a_string"].examples[0]["line"] == 4


def test_a_csv_row_of_the_wrong_width_is_rejected_with_its_line(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b'id,text\n1,"two\nlines"\n2,a,b\n3,\xff\n4,fine\n\n5,"never closed\n')
    found = read(tmp_path, path)
    assert found.column("text") == ["two\nlines", "fine"]
    assert found.rejected == {"csv_error": 2, "invalid_utf8": 1}
    assert found.settled.rejected["csv_error"].examples[0]["line"] == 4


def test_only_the_files_own_ending_makes_tabs_the_delimiter(tmp_path):
    folder = tmp_path / "old.tsv.d"
    folder.mkdir()
    (folder / "x.csv").write_bytes(_csv(","))
    (folder / "one column.tsv.gz").write_bytes(COMPRESS[".gz"](b"text\na, b\n"))
    assert read(tmp_path, folder).column("text") == ["a, b", *(record["text"] for record in RECORDS)]


def test_rows_before_an_unreadable_place_are_kept_and_the_place_is_named(tmp_path, monkeypatch):
    def broken(path):
        yield b"id,text\n1,a\n2,b\n"
        raise OSError("the disk is gone")

    (tmp_path / "x.csv").touch()
    monkeypatch.setattr("indexing.readers.delimited.stream", broken)
    found = read(tmp_path, tmp_path / "x.csv")
    assert found.column("id") == ["1", "2"]
    assert found.settled.rejected["unreadable_file"].examples[0]["line"] == 3


def test_what_stops_an_arrow_file_is_called_by_its_name():
    file = contract.SourceFile(spec="x", path="x", ordinal=0, bytes=0, reader="Arrow")
    errors = [pa.ArrowNotImplementedError("type"), pa.ArrowInvalid("cut"), OSError("cut"), OSError(5, "disk")]
    assert [damage_block(file, 1, error).rejections[0].reason for error in errors] == [
        "unsupported_type",
        "truncated_archive",
        "truncated_archive",
        "unreadable_file",
    ]


def test_numbers_in_a_csv_are_numbers_unless_they_start_with_zero(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("text,n,x,zip,flag,name\na,1,1.50,007,true,5\nb,2,,008,false,five\n")
    found = read(tmp_path, path)
    assert [found.type(name)[0] for name in ("n", "x", "zip", "flag", "name")] == [
        "int",
        "double",
        "text",
        "bool",
        "text",
    ]
    assert found.column("x") == [1.5, None]
    assert found.mended == {"missing_id": 2}


def test_unknown_files_of_a_folder_are_listed(tmp_path):
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    write_lines(folder / "deep" / "a.jsonl", RECORDS)
    for name in ("README.md", "dataset_info.json", ".hidden.jsonl"):
        (folder / name).write_text("{}")
    source = read(tmp_path, folder).settled.sources[0]
    assert [name.rpartition("/")[2] for name in source["skipped"]] == [
        ".hidden.jsonl",
        "README.md",
        "dataset_info.json",
    ]
    assert source["files"][0]["accepted"] == len(RECORDS)


@pytest.mark.parametrize(
    ("spec", "message"),
    [("missing.jsonl", "no file or folder"), ("x.docx", "x.docx' is of no kind that can be read"), ("hf:", "names no")],
)
def test_a_source_that_cannot_be_read_is_a_sentence(tmp_path, spec, message):
    (tmp_path / "x.docx").write_text("x")
    with pytest.raises(SourceError, match=message):
        read(tmp_path, spec if spec == "hf:" else tmp_path / spec)


def test_every_reader_finds_its_own_endings(tmp_path):
    for reader in READERS:
        for ending in reader.endings:
            path = tmp_path / f"empty{ending}"
            path.touch()
            assert detect(path) is reader


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.jsonl", "x.txt", "x.parquet", "x.arrow"])
@pytest.mark.parametrize("compression", [".gz", ".zst"])
def test_an_archive_that_is_cut_in_its_head_is_counted(tmp_path, name, compression):
    write_lines(tmp_path / "good.jsonl", RECORDS)
    (tmp_path / (name + compression)).write_bytes(COMPRESS[compression](b"x" * 100)[:14])
    found = read(tmp_path, tmp_path / "good.jsonl", tmp_path / (name + compression))
    assert len(found.rows) == len(RECORDS)
    assert found.rejected == {"truncated_archive": 1}


def test_paths_that_are_not_utf8_are_skipped_and_listed(tmp_path):
    folder = tmp_path / "in"
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9"))
    odd.mkdir(parents=True)
    for place in (folder, odd):
        write_lines(place / "a.jsonl", RECORDS)
    found = read(tmp_path, folder)
    assert (len(found.rows), len(found.settled.sources[0]["skipped"])) == (len(RECORDS), 1)
    with pytest.raises(SourceError, match=r"caf\?/a.jsonl' is not UTF-8"):
        read(tmp_path, f"{odd}/a.jsonl")


def test_links_that_lead_nowhere_and_pipes_are_skipped(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    write_lines(folder / "a.jsonl", RECORDS)
    (folder / "b.jsonl").symlink_to("nowhere")
    os.mkfifo(folder / "c.jsonl")
    assert len(read(tmp_path, folder).settled.sources[0]["skipped"]) == 2


def test_linked_and_closed_folders_are_skipped_and_listed(tmp_path, monkeypatch):
    folder = tmp_path / "in"
    for name in ("open", "shut"):
        (folder / name).mkdir(parents=True)
        write_lines(folder / name / "a.jsonl", RECORDS)
    (folder / "linked").symlink_to(folder / "open")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (source,) = resolve([str(folder)])
    assert source.skipped == (str(folder / "linked"), str(folder / "shut"))
    with pytest.raises(SourceError, match="shut' cannot be read: Permission denied"):
        resolve([str(folder / "shut")])
