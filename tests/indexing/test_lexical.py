import random
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.errors import CorpuscopeError, CorpusDamaged, UsageError
from corpuscope.lexical.jvm import java
from indexing.lexical import build_index

ODD = [
    "plain words",
    "a\0b NUL",
    "line\u2028and\u0085next",
    "",
    "the of",
    "👩‍🌾 astral 𝒳",
    "e\u0301 mark",
    "שלום",
    "x" * 70_000,
]


def _documents(folder: Path, texts: list[str], titles: list[str | None] | None = None) -> Path:
    columns: dict[str, list[str | None]] = {"id": [f"d{i}" for i in range(len(texts))], "text": list(texts)}
    if titles is not None:
        columns["title"] = titles
    path = folder / "documents.parquet"
    schema = pa.schema([(name, pa.string()) for name in columns])
    pq.write_table(pa.table(columns, schema=schema), path, row_group_size=3)
    return path


def _build(folder: Path, texts: list[str], titles: list[str | None] | None = None, name: str = "bm25"):
    return build_index(_documents(folder, texts, titles), folder / name, language="en", advance=lambda _: None)


def _reader(index: Path):
    directory = java("org.apache.lucene.store.FSDirectory").open(java("java.nio.file.Paths").get(str(index)))
    return java("org.apache.lucene.index.DirectoryReader").open(directory)


def test_document_number_is_row_number_for_every_text(tmp_path):
    built = _build(tmp_path, ODD)
    reader = _reader(tmp_path / "bm25")
    stored = [str(reader.storedFields().document(i).get("id")) for i in range(reader.maxDoc())]
    assert built.documents == len(ODD)
    assert stored == [f"d{i}" for i in range(len(ODD))]


def test_title_and_text_are_searched_together(tmp_path):
    _build(tmp_path, ["maple", "birch"], titles=["river", None])
    reader = _reader(tmp_path / "bm25")
    term = java("org.apache.lucene.index.Term")
    assert [reader.docFreq(term("contents", w)) for w in ("river", "mapl", "birch", "none")] == [1, 1, 1, 0]


def test_letters_beyond_the_basic_plane_and_nul_reach_the_index(tmp_path):
    _build(tmp_path, ["𐐀𐐁 oak\0two"])
    reader = _reader(tmp_path / "bm25")
    terms = reader.leaves().get(0).reader().terms("contents").iterator()
    found = {str(term.utf8ToString()) for term in iter(terms.next, None)}
    assert found == {"𐐨𐐩", "oak", "two"}  # lower case


def test_two_builds_share_a_digest(tmp_path):
    first = _build(tmp_path, ODD, name="a")
    second = _build(tmp_path, ODD, name="b")
    assert first == second


@pytest.mark.parametrize(
    "other", [["maple birch", "oak"], ["birch maple", "elm"], ["birch maple", "oak oak"], ["oak", "birch maple"]]
)
def test_any_difference_in_terms_order_or_counts_changes_the_digest(tmp_path, other):
    assert _build(tmp_path, ["birch maple", "oak"]).digest != _build(tmp_path, other).digest


def test_rebuilding_replaces_the_index_and_leaves_nothing_beside_it(tmp_path):
    _build(tmp_path, ["one", "two"])
    _build(tmp_path, ["three"])
    assert _reader(tmp_path / "bm25").maxDoc() == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bm25", "documents.parquet"]


def test_progress_counts_every_row(tmp_path):
    seen: list[int] = []
    build_index(_documents(tmp_path, ["a b"] * 4_100), tmp_path / "bm25", language="en", advance=seen.append)
    assert sum(seen) == 4_100
    assert len(seen) > 1


@pytest.mark.parametrize(("language", "hint"), [("xx", "de, en, es"), ("auto", "one language per corpus")])
def test_a_language_without_analyzer_is_refused_by_name(tmp_path, language, hint):
    with pytest.raises(UsageError, match=hint):
        build_index(_documents(tmp_path, ["x"]), tmp_path / "bm25", language=language, advance=lambda _: None)


def test_an_id_that_lucene_cannot_hold_is_named(tmp_path):
    path = tmp_path / "documents.parquet"
    pq.write_table(pa.table({"id": ["i" * 40_000], "text": ["x"]}), path)
    with pytest.raises(CorpuscopeError, match="iiii"):
        build_index(path, tmp_path / "bm25", language="en", advance=lambda _: None)
    assert not (tmp_path / "bm25").exists()


def test_a_broken_parquet_file_is_named(tmp_path):
    path = tmp_path / "documents.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(CorpusDamaged, match=r"documents\.parquet"):
        build_index(path, tmp_path / "bm25", language="en", advance=lambda _: None)


@pytest.mark.parametrize(("words", "limit"), [(1, 3_000), (60, 150_000)], ids=["amid documents", "amid postings"])
def test_a_full_disk_is_said_in_one_sentence_and_leaves_no_index(tmp_path, words, limit):
    """A limit on the size of files stands in for the disk: Java's writes fail in the same way."""
    generator = random.Random(words)
    documents = _documents(
        tmp_path, [" ".join(f"{generator.getrandbits(24):06x}" for _ in range(words)) for _ in range(3_000)]
    )
    code = (
        "import resource, sys; from pathlib import Path; from indexing.lexical import build_index\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "build_index(Path(sys.argv[1]), Path(sys.argv[2]), language='en', advance=lambda _: None)"
    )
    target = tmp_path / "bm25"
    done = subprocess.run([sys.executable, "-c", code, documents, target], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert re.fullmatch(r"corpuscope\.errors\.CorpuscopeError: The Lucene index .* cannot be written: .+\.", last), last
    assert not target.exists()
    again = build_index(documents, target, language="en", advance=lambda _: None)
    assert again == build_index(documents, tmp_path / "whole", language="en", advance=lambda _: None)
