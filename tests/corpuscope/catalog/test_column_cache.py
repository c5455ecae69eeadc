import os
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.catalog import column_cache
from corpuscope.catalog.column_cache import open_column, purge
from corpuscope.errors import CorpuscopeError
from corpuscope.fields import Field
from corpuscope.manifest import Manifest, Part, file_entry

TOPIC, TAGS = Field(name="topic", type="text"), Field(name="tags", type="text", multi=True)
SCORES = Field(name="scores", type="double", multi=True)
FIELDS = (TOPIC, TAGS, SCORES)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "corpuscope" / "catalog"


def write_corpus(folder, *parts):
    """A manifest over parts given as dicts of columns."""
    folder.mkdir()
    entries = []
    for i, columns in enumerate(parts):
        types = {f.name: f.arrow_type for f in FIELDS}
        table = pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
        pq.write_table(table, folder / f"{i}.parquet")
        entries.append(Part(f"{i}", len(table), file_entry(folder, folder / f"{i}.parquet")))
    empty = {"annotators": {}, "sources": (), "rejected": {}, "mended": {}, "options": {}}
    return Manifest(
        name="c", language="en", part_size=3, fields=FIELDS, parts=tuple(entries), next_part=len(parts), **empty
    )


def columns_of(folder):
    return sorted(p.name for p in folder.glob("*")) if folder.exists() else []


def test_a_column_holds_the_values_of_all_parts(tmp_path):
    topics = [["b", None, "a\x00"], ["é", "", "\U0001f600"], [None, None], ["a\x00", "\uffff", "b"]]
    manifest = write_corpus(tmp_path / "c", *({"topic": t} for t in topics))
    column = open_column(tmp_path / "c", manifest, TOPIC)
    flat = [value for part in topics for value in part]
    assert column.values_at(np.arange(len(flat))) == flat
    assert column.dictionary.to_pylist() == sorted({v for v in flat if v is not None})


def test_lists_keep_their_rows_over_parts(tmp_path):
    lists = [[["b", "a", "b"], None, []], [["c", None], ["a"]]]
    scores = [[[1.5, 1.5], [], None], [[float("nan"), 2.0], None]]
    parts = [{"tags": t, "scores": s} for t, s in zip(lists, scores, strict=True)]
    manifest = write_corpus(tmp_path / "c", *parts)
    tags = open_column(tmp_path / "c", manifest, TAGS)
    assert tags.values_at(np.arange(5)) == [["b", "a", "b"], None, None, ["c", None], ["a"]]
    assert tags.first.tolist() == [True, True, False, True, True, True]
    assert tags.to_arrow().is_null().to_pylist() == [False, True, True, False, False]
    numbers = open_column(tmp_path / "c", manifest, SCORES)
    assert numbers.values_at(np.arange(5)) == [[1.5, 1.5], None, None, [None, 2.0], None]


def test_a_corpus_without_parts_has_empty_columns(tmp_path):
    manifest = write_corpus(tmp_path / "c")
    for field in FIELDS:
        assert not len(open_column(tmp_path / "c", manifest, field).flat)


def test_purge_clears_stale_columns_beside_the_corpus_and_in_the_cache_of_the_user(tmp_path, monkeypatch, cache):
    folder = tmp_path / "c"
    manifest = write_corpus(folder, {"topic": ["a"]})
    open_column(folder, manifest, TOPIC)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        open_column(folder, manifest, TAGS)
    [own] = cache.iterdir()
    for parent in (folder / ".catalog", own):
        (parent / "old-0123").mkdir()
        (parent / ".stale-x").mkdir()
    other = cache / "another corpus"
    (other / "kept-0123").mkdir(parents=True)
    purge(folder, manifest)
    assert [len(columns_of(p)) for p in (folder / ".catalog", own, other)] == [1, 1, 1]


def test_purge_leaves_what_another_process_builds(tmp_path):
    folder = tmp_path / "c"
    manifest = write_corpus(folder, {"topic": ["a"]})
    young, old = folder / ".catalog" / ".building-young", folder / ".catalog" / ".building-old"
    for place in (young, old):
        place.mkdir(parents=True)
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    purge(folder, manifest)
    assert columns_of(folder / ".catalog") == [young.name]


def test_the_slower_of_two_builders_takes_what_the_faster_one_made(tmp_path, monkeypatch):
    folder = tmp_path / "c"
    manifest = write_corpus(folder, {"topic": ["a", "b"]})
    write = column_cache.write_column

    def overtaken(place, sources):
        monkeypatch.setattr(column_cache, "write_column", write)
        open_column(folder, manifest, TOPIC)
        write(place, sources)

    monkeypatch.setattr(column_cache, "write_column", overtaken)
    assert open_column(folder, manifest, TOPIC).values_at(np.arange(2)) == ["a", "b"]
    [place] = (folder / ".catalog").iterdir()
    assert (place / "done.json").exists()


def test_a_column_that_was_not_finished_is_made_again(tmp_path):
    folder = tmp_path / "c"
    manifest = write_corpus(folder, {"topic": ["a"]})
    open_column(folder, manifest, TOPIC)
    [place] = (folder / ".catalog").iterdir()
    (place / "done.json").unlink()
    (place / "codes.npy").write_bytes(b"")
    assert open_column(folder, manifest, TOPIC).values_at(np.arange(1)) == ["a"]


def test_a_full_disk_is_said_in_one_sentence(tmp_path, monkeypatch):
    folder = tmp_path / "c"
    manifest = write_corpus(folder, {"topic": ["a"]})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(column_cache, "write_column", full)
    with pytest.raises(CorpuscopeError, match="'topic' cannot be made .*No space left.*free disk space"):
        open_column(folder, manifest, TOPIC)
    assert columns_of(folder / ".catalog") == []
