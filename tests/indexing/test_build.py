"""A build survives being killed, a second writer, damage and odd folders."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import corpuscope
from corpuscope import Query
from corpuscope import manifest as manifests
from corpuscope.errors import CorpusBusy, CorpuscopeError, CorpusDamaged, CorpusNotFound, SourceError
from corpuscope.export.export import export
from indexing.build import BuildOptions, add, build
from indexing.maintenance import Damage, annotate, suppress, verify
from indexing.progress import SilentProgress
from indexing.workspace import locked
from tests.conftest import build_corpus, write_jsonl
from tests.tiny import TINY

#: A file that appears in each step of a build; the build is killed when it does.
STEPS = {
    "reading": ".build/read/blocks/*",
    "settling": ".build/read/settled.json",
    "writing": "parts/*/documents.parquet",
    "annotating": "parts/*/fields/*",
    "indexing": "parts/*/.bm25.tmp/*",
    "indexed": "parts/*/bm25",
    "columns": ".catalog/*",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [{"id": f"{i}-{r['id']}", **{k: v for k, v in r.items() if k != "id"}} for i in range(150) for r in TINY]
    return write_jsonl(tmp_path_factory.mktemp("source") / "many.jsonl", rows)


def content(folder: Path) -> dict[str, str]:
    """What a build has to give again: bytes of Parquet files, digests of indexes."""
    manifest = manifests.load(folder)
    out = {e.path: e.sha256 for p in manifest.parts for e in (p.documents, *p.fields.values())}
    return out | {p.lexical.path: p.lexical.digest for p in manifest.parts if p.lexical}


def command(folder: Path, source: Path) -> list[str]:
    start = "import sys; from commands.main import main; sys.exit(main())"
    options = ["--part-size", "2500", "--workers", "2"]
    return [sys.executable, "-c", start, "build", str(folder), "--source", str(source), *options]


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("whole") / "corpus"
    subprocess.run(command(folder, source), check=True, capture_output=True)
    return content(folder)


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_in_any_step_resumes_to_the_same_result(step, source, undisturbed, tmp_path):
    folder = tmp_path / "corpus"
    process = subprocess.Popen(command(folder, source), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while process.poll() is None and not any(folder.glob(STEPS[step])):
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    if not (folder / "corpus.json").exists():
        with pytest.raises(CorpusNotFound, match="not finished"):
            corpuscope.open(folder)
    while _is_locked(folder):  # the workers notice a moment later that their parent is gone
        time.sleep(0.01)
    subprocess.run(command(folder, source), check=True, capture_output=True)
    assert content(folder) == undisturbed
    assert not (folder / ".build").exists()
    assert corpuscope.open(folder).search(Query()).total == 6000


def _is_locked(folder: Path) -> bool:
    try:
        with locked(folder):
            return False
    except CorpusBusy:
        return True


def test_the_result_does_not_depend_on_the_number_of_workers(source, undisturbed, tmp_path):
    options = BuildOptions(part_size=2500, workers=1)
    build(tmp_path / "corpus", [str(source)], options, progress=SilentProgress())
    assert content(tmp_path / "corpus") == undisturbed


def test_a_second_writer_is_refused(tiny_corpus, tmp_path):
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_corpus.folder, folder)
    with locked(folder):
        for job in (
            lambda: suppress(folder, ["doc-1"]),
            lambda: annotate(folder, ["words"], {}, workers=1, progress=SilentProgress()),
            lambda: build(folder, [str(tmp_path)], BuildOptions(), progress=SilentProgress(), force=True),
        ):
            (tmp_path / "x.jsonl").write_text('{"text": "x"}\n')
            with pytest.raises(CorpusBusy, match="Another job is writing"):
                job()


def test_building_again_changes_nothing_and_other_sources_are_refused(source, tmp_path):
    small = write_jsonl(tmp_path / "small.jsonl", TINY)
    options = BuildOptions(workers=1)
    first = build(tmp_path / "corpus", [str(small)], options, progress=SilentProgress())
    assert build(tmp_path / "corpus", [str(small)], options, progress=SilentProgress()).version == first.version
    with pytest.raises(CorpuscopeError, match="already holds a corpus.*--force"):
        build(tmp_path / "corpus", [str(source)], options, progress=SilentProgress())


def test_force_replaces_a_corpus_and_leaves_nothing_of_the_old_one(tmp_path):
    corpus = build_corpus(tmp_path / "corpus", TINY, part_size=15)
    other = write_jsonl(tmp_path / "other.jsonl", [{"id": "only", "text": "one document"}])
    build(corpus.folder, [str(other)], BuildOptions(workers=1), progress=SilentProgress(), force=True)
    assert corpuscope.open(corpus.folder).search(Query()).total == 1
    named = {f.path for f in manifests.load(corpus.folder).files()}
    there = {p.relative_to(corpus.folder).as_posix() for p in (corpus.folder / "parts").rglob("*") if p.is_file()}
    assert there == named


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    source = write_jsonl(tmp_path / "rows.jsonl", TINY)
    with pytest.raises(CorpuscopeError, match="holds other things"):
        build(tmp_path, [str(source)], BuildOptions(workers=1), progress=SilentProgress())
    assert [p.name for p in tmp_path.iterdir()] == ["rows.jsonl"]


@pytest.mark.parametrize("precious", ["parts/mine.txt", ".build/mine.txt", "suppressed_notes.txt", ".catalog/mine"])
def test_files_of_others_are_never_cleared(tmp_path, precious):
    source = write_jsonl(tmp_path / "rows.jsonl", TINY)
    mine = tmp_path / "folder" / precious
    mine.parent.mkdir(parents=True)
    mine.write_text("precious")
    with pytest.raises(CorpuscopeError, match="holds other things"):
        build(tmp_path / "folder", [str(source)], BuildOptions(workers=1), progress=SilentProgress(), force=True)
    assert mine.read_text() == "precious"


def test_sources_without_a_document_make_no_corpus(tmp_path):
    source = tmp_path / "empty.jsonl"
    source.write_text('{"id": 1}\n{"text": ""}\n')
    with pytest.raises(SourceError):
        build(tmp_path / "corpus", [str(source)], BuildOptions(workers=1), progress=SilentProgress())
    with pytest.raises(CorpusNotFound):
        corpuscope.open(tmp_path / "corpus")


def test_add_appends_parts_and_keeps_types_and_names(tmp_path):
    corpus = build_corpus(tmp_path / "corpus", TINY, part_size=15)
    rows = [
        {"id": "doc-1", "text": "A later river", "score_a": "high", "words": 7},
        {"id": "z", "text": "last", "new": "n"},
    ]
    add(corpus.folder, [str(write_jsonl(tmp_path / "more.jsonl", rows))], workers=1, progress=SilentProgress())
    grown = corpuscope.open(corpus.folder)
    assert grown.search(Query()).total == 42
    assert [h.id for h in grown.search(Query(filters=("new?",))).hits] == ["z"]
    later = grown.search(Query(text="later", mode="exact")).hits[0]
    assert later.id == "doc-1#2"
    assert later.fields["score_a"] is None and later.fields["words"] == 3 and later.fields["source.words"] == 7
    assert grown.manifest.mended["value_of_wrong_type"].count == 1
    assert corpus.search(Query()).total == 40  # who had it open goes on with the version they had


def test_verify_names_damaged_and_missing_files(tmp_path):
    folder = build_corpus(tmp_path / "corpus", TINY, part_size=15).folder
    assert not [x for x in verify(folder) if isinstance(x, Damage)]
    documents = folder / "parts" / "00001" / "documents.parquet"
    damaged = bytearray(documents.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    documents.write_bytes(damaged)
    next((folder / "parts" / "00000" / "fields").iterdir()).unlink()
    found = {d.path: d.what for d in verify(folder) if isinstance(d, Damage)}
    assert found["parts/00001/documents.parquet"] == "has other bytes than when it was written"
    assert sorted(found.values()) == ["has other bytes than when it was written", "is missing"]


def test_a_corrupt_part_is_named_where_it_is_met(tmp_path):
    folder = build_corpus(tmp_path / "corpus", TINY, part_size=15).folder
    (folder / "parts" / "00002" / "documents.parquet").write_bytes(b"PAR1 nothing PAR1")
    corpus = corpuscope.open(folder)
    with pytest.raises(CorpusDamaged, match="00002.*verify"):
        corpus.search(Query(k=40))
    index = next((folder / "parts" / "00000" / "bm25").glob("*.tim"))
    index.write_bytes(index.read_bytes()[:20])
    with pytest.raises(CorpusDamaged, match="bm25"):
        corpuscope.open(folder).search(Query(text="river"))


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("chattr"), reason="root writes everywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path):
    source = write_jsonl(tmp_path / "rows.jsonl", TINY)
    with pytest.raises(CorpuscopeError, match="cannot be"):
        build(Path("/proc/corpus"), [str(source)], BuildOptions(workers=1), progress=SilentProgress())


def test_the_parquet_files_open_in_duckdb_and_datasets(tiny_corpus, tmp_path):
    import datasets
    import duckdb

    files = sorted(str(p) for p in tiny_corpus.folder.glob("parts/*/documents.parquet"))
    assert duckdb.sql(f"select count(*), count(distinct id) from read_parquet({files})").fetchall() == [(40, 40)]
    loaded = datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded[0]["text"] == TINY[0]["text"]
    assert hashlib.sha256(loaded[31]["text"].encode()).digest() == hashlib.sha256(TINY[31]["text"].encode()).digest()


def test_a_request_that_cannot_be_carried_out_leaves_nothing_to_resume(tmp_path):
    source = write_jsonl(tmp_path / "rows.jsonl", TINY)
    wrong = BuildOptions(workers=1, text_field="nosuch")
    with pytest.raises(CorpuscopeError, match="nosuch"):
        build(tmp_path / "corpus", [str(source)], wrong, progress=SilentProgress())
    build(tmp_path / "corpus", [str(source)], BuildOptions(workers=1), progress=SilentProgress())
    with pytest.raises(CorpuscopeError, match="nosuch"):
        annotate(tmp_path / "corpus", ["nosuch"], {}, workers=1, progress=SilentProgress())
    add(tmp_path / "corpus", [str(source)], workers=1, progress=SilentProgress())
    assert corpuscope.open(tmp_path / "corpus").search(Query()).total == 80


def test_tokens_can_be_counted_exactly_later(tmp_path):
    corpus = build_corpus(tmp_path / "corpus", TINY, part_size=15)
    assert corpus.search(Query()).tokens.estimated
    annotate(corpus.folder, ["tokens"], {"tokenizer": "tekken"}, workers=1, progress=SilentProgress())
    counted = corpuscope.open(corpus.folder)
    assert not counted.search(Query()).tokens.estimated
    # Who had the corpus open before goes on with what they had; the next job clears it.
    assert export(corpus, Query(), tmp_path / "old.jsonl").documents_written == 40
    annotate(corpus.folder, ["words"], {}, workers=1, progress=SilentProgress())
    assert len(list(corpus.folder.glob("parts/*/fields/tokens-*"))) == 3


def test_annotating_twice_gives_the_same_bytes(tmp_path):
    corpus = build_corpus(tmp_path / "corpus", TINY, part_size=15, annotators=())
    shutil.copytree(corpus.folder, tmp_path / "other")
    annotate(tmp_path / "other", ["words"], {}, workers=1, progress=SilentProgress())
    annotate(corpus.folder, ["words"], {}, workers=1, progress=SilentProgress())
    assert content(corpus.folder) == content(tmp_path / "other")
    assert "words" in corpuscope.open(corpus.folder).fields


def test_names_of_computed_fields_survive_a_second_annotation(tmp_path):
    corpus = build_corpus(tmp_path / "corpus", TINY, annotators=("characters", "year", "language"))
    annotate(corpus.folder, ["words"], {}, workers=1, progress=SilentProgress())
    grown = corpuscope.open(corpus.folder)
    assert set(grown.fields) == set(corpus.fields) | {"words"}
    assert grown.manifest.annotators["year"]["without_value"] == {"year": 11}


def test_a_computed_field_that_collides_with_the_sources_is_renamed(tmp_path):
    rows = [{"id": "a", "text": "Some English text here.", "language": "klingon"}]
    corpus = build_corpus(tmp_path / "corpus", rows)
    fields = corpus.search(Query()).hits[0].fields
    assert (fields["language"], fields["language.language"]) == ("klingon", "en")
    assert corpus.search(Query(filters=("language=klingon", "language.language=en"))).total == 1


def test_new_parts_are_not_mixed_with_values_of_another_version(tmp_path):
    corpus = build_corpus(tmp_path / "corpus", TINY, annotators=("words",))
    runs = {"words": corpus.manifest.annotators["words"] | {"version": "0"}}
    manifests.commit(corpus.folder, replace(corpus.manifest, annotators=runs))
    source = write_jsonl(tmp_path / "more.jsonl", TINY)
    with pytest.raises(CorpuscopeError, match="version 0.*corpuscope annotate"):
        add(corpus.folder, [str(source)], workers=1, progress=SilentProgress())
    annotate(corpus.folder, ["words"], {}, workers=1, progress=SilentProgress())
    add(corpus.folder, [str(source)], workers=1, progress=SilentProgress())
    assert corpuscope.open(corpus.folder).search(Query()).total == 80
