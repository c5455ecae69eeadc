"""Exports hold exactly what search counts, in every format, and replay."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

import corpuscope
from corpuscope import Query
from corpuscope.errors import ExportError, ReplayRefused, UnknownField, UsageError
from corpuscope.export import recipe
from corpuscope.export.export import FORMATS, ExportOptions, export
from corpuscope.export.replay import replay
from indexing.build import add
from indexing.maintenance import annotate, compact, suppress
from indexing.progress import SilentProgress
from tests.conftest import write_jsonl
from tests.tiny import TINY

NAMES = [f"out{suffix}" for suffix in FORMATS] + ["folder"]


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of an export in any format."""
    name = path.name
    if path.is_dir():
        return [r for p in sorted(path.rglob("*.parquet")) for r in pq.read_table(p).to_pylist()]
    if name.endswith(".parquet"):
        return pq.read_table(path).to_pylist()
    if name.endswith(".arrow"):
        return pa.ipc.open_file(path).read_all().to_pylist()
    if name.endswith(".csv"):
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    raw = path.read_bytes()
    if name.endswith(".gz"):
        raw = gzip.decompress(raw)
    elif name.endswith(".zst"):
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    return [json.loads(line) for line in raw.decode().split("\n") if line]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_holds_what_search_counts_and_replays_to_the_same_bytes(tiny_corpus, tmp_path, name):
    query = Query(text="river", filters=("topic=odd",), mask=False)
    written = export(tiny_corpus, query, tmp_path / name)
    rows = read(tmp_path / name)
    expected = {h.id for h in tiny_corpus.search(Query(text="river", filters=("topic=odd",), k=100)).hits}
    assert {r["id"] for r in rows} == expected
    assert {r["id"]: r["text"] for r in rows} == {r["id"]: r["text"] for r in TINY if r["id"] in expected}
    again = tmp_path / f"again{name}"
    replayed = replay(recipe.load(tmp_path / f"{name}.recipe.json"), tiny_corpus, again).recipe
    assert (replayed.rows_sha256, replayed.file_sha256) == (written.rows_sha256, written.file_sha256)


def test_the_rows_digest_is_the_same_in_every_format(tiny_corpus, tmp_path):
    digests = {export(tiny_corpus, Query(), tmp_path / name).rows_sha256 for name in NAMES}
    assert len(digests) == 1


def test_rows_come_in_row_order_and_a_limit_takes_the_first_by_rank_sort_or_seed(tiny_corpus, tmp_path):
    out = tmp_path / "out.jsonl"
    export(tiny_corpus, Query(), out)
    assert [r["id"] for r in read(out)][:3] == ["doc-0", "doc-1", "doc-2"]
    for query in (Query(text="river"), Query(sort="rank_b:desc"), Query(sample=5, seed=3)):
        export(tiny_corpus, query, out, ExportOptions(limit=5))
        assert [r["id"] for r in read(out)] == [h.id for h in tiny_corpus.search(query).hits][:5]


def test_masking_hides_personal_data_and_leaves_placeholders(tiny_corpus, tmp_path):
    out = tmp_path / "out.jsonl"
    made = export(tiny_corpus, Query(filters=("id=mail,placeholder",)), out)
    texts = {r["id"]: r["text"] for r in read(out)}
    assert "rivers.org" not in texts["mail"] and "2671" not in texts["mail"]
    assert texts["placeholder"] == "Write to email@example.com about the river."
    assert made.masked_spans == 2


def test_chosen_fields_stand_beside_id_and_text(tiny_corpus, tmp_path):
    export(tiny_corpus, Query(), tmp_path / "out.jsonl", ExportOptions(("tags", "topic")))
    assert list(read(tmp_path / "out.jsonl")[0]) == ["id", "text", "tags", "topic"]
    with pytest.raises(UnknownField, match="topik"):
        export(tiny_corpus, Query(), tmp_path / "x.jsonl", ExportOptions(("topik",)))


def test_a_failed_export_leaves_nothing(tiny_corpus, tmp_path):
    def give_up(documents: int) -> None:
        raise ExportError("given up")

    with pytest.raises(ExportError, match="given up"):
        export(tiny_corpus, Query(), tmp_path / "out.parquet", advance=give_up)
    with pytest.raises(UsageError, match="no export format"):
        export(tiny_corpus, Query(), tmp_path / "out.unknown")
    with pytest.raises(ExportError, match="no folder"):
        export(tiny_corpus, Query(), tmp_path / "no" / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    from corpuscope.export.destination import destination

    out = tmp_path / "never.jsonl"
    with pytest.raises(ExportError, match="disk is full"), destination(out), full.open("wb") as file:
        file.write(b"x" * 100_000)


def test_folder_exports_open_in_datasets(tiny_corpus, tmp_path):
    datasets = pytest.importorskip("datasets")
    export(tiny_corpus, Query(), tmp_path / "folder")
    loaded = datasets.load_dataset(str(tmp_path / "folder"), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["id"][:2] == ["doc-0", "doc-1"]
    assert len(loaded) == 40


def test_a_recipe_names_nothing_of_the_machine(tiny_corpus, tmp_path):
    export(tiny_corpus, Query(text="river"), tmp_path / "out.csv")
    text = (tmp_path / "out.csv.recipe.json").read_text()
    assert str(tmp_path) not in text and str(tiny_corpus.folder) not in text


@pytest.fixture
def own_corpus(tiny_corpus, tmp_path):
    """A copy of the tiny corpus that a test may change."""
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_corpus.folder, folder)
    return corpuscope.open(folder)


def test_replay_after_a_suppression_writes_the_rest_and_says_how_many(own_corpus, tmp_path):
    query = Query(text="river")
    made = export(own_corpus, query, tmp_path / "a.jsonl", ExportOptions(limit=8))
    first = read(tmp_path / "a.jsonl")
    suppress(own_corpus.folder, [first[2]["id"], first[5]["id"]])
    replayed = replay(made, corpuscope.open(own_corpus.folder), tmp_path / "b.jsonl")
    assert replayed.suppressed == 2
    assert read(tmp_path / "b.jsonl") == [r for i, r in enumerate(first) if i not in (2, 5)]
    again = replay(replayed.recipe, corpuscope.open(own_corpus.folder), tmp_path / "c.jsonl")
    assert again.recipe.rows_sha256 == replayed.recipe.rows_sha256


def test_replay_refuses_and_names_what_changed(own_corpus, tmp_path):
    made = export(own_corpus, Query(text="river"), tmp_path / "a.jsonl")
    more = write_jsonl(tmp_path / "more.jsonl", [{"id": "new", "text": "another river"}])
    add(own_corpus.folder, [str(more)], workers=1, progress=SilentProgress())
    with pytest.raises(ReplayRefused, match="4 parts now and had 3"):
        replay(made, corpuscope.open(own_corpus.folder), tmp_path / "b.jsonl")
    assert not (tmp_path / "b.jsonl").exists()


def test_replay_refuses_after_compacting(own_corpus, tmp_path):
    made = export(own_corpus, Query(text="river"), tmp_path / "a.jsonl")
    suppress(own_corpus.folder, ["u2028"])
    _, gone = compact(own_corpus.folder, workers=1, progress=SilentProgress())
    assert gone == 1
    assert corpuscope.open(own_corpus.folder).search(Query()).documents == 39
    with pytest.raises(ReplayRefused, match="documents of part"):
        replay(made, corpuscope.open(own_corpus.folder), tmp_path / "b.jsonl")


def test_replay_is_untouched_by_a_new_annotator(own_corpus, tmp_path):
    made = export(own_corpus, Query(text="river"), tmp_path / "a.jsonl", ExportOptions(("topic",)))
    annotate(own_corpus.folder, ["words"], {}, workers=1, progress=SilentProgress())
    assert replay(made, corpuscope.open(own_corpus.folder), tmp_path / "b.jsonl").recipe.file_sha256 == made.file_sha256


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"recipe": 1}', "not json"])
def test_a_file_that_is_no_recipe_is_refused(tmp_path, content):
    path = tmp_path / "x.recipe.json"
    path.write_text(content)
    with pytest.raises(corpuscope.CorpuscopeError, match="recipe"):
        recipe.load(path)


def test_a_folder_of_others_is_never_replaced(tiny_corpus, tmp_path):
    (tmp_path / "project" / "data").mkdir(parents=True)
    (tmp_path / "project" / "data" / "mine.csv").write_text("precious")
    with pytest.raises(ExportError, match="holds other things"):
        export(tiny_corpus, Query(), tmp_path / "project")
    assert (tmp_path / "project" / "data" / "mine.csv").read_text() == "precious"


def test_an_earlier_export_to_a_folder_is_replaced(tiny_corpus, tmp_path):
    export(tiny_corpus, Query(), tmp_path / "folder")
    export(tiny_corpus, Query(text="river"), tmp_path / "folder")
    assert len(read(tmp_path / "folder")) == tiny_corpus.search(Query(text="river")).total
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "folder.recipe.json"]


def test_a_replay_that_would_differ_writes_nothing(tiny_corpus, tmp_path):
    made = export(tiny_corpus, Query(text="river"), tmp_path / "a.jsonl")
    with pytest.raises(ReplayRefused, match="differ from the recipe"):
        replay(replace(made, rows_sha256="0"), tiny_corpus, tmp_path / "b.jsonl")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "a.jsonl.recipe.json"]


@pytest.mark.parametrize("out", [".", "/"])
def test_a_path_without_a_name_is_refused(tiny_corpus, out):
    with pytest.raises(UsageError, match="names no file"):
        export(tiny_corpus, Query(), Path(out))


@pytest.mark.parametrize(
    "change",
    [{"query": None}, {"fields": [1]}, {"limit": -5}, {"limit": "3"}, {"fingerprints": {}}, {"suppression": "x"}],
)
def test_a_recipe_with_a_wrong_value_is_refused(tiny_corpus, tmp_path, change):
    export(tiny_corpus, Query(), tmp_path / "a.jsonl")
    path = tmp_path / "a.jsonl.recipe.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UsageError, match=next(iter(change))):
        recipe.load(path)
