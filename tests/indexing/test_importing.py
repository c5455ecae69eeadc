"""Ratings of others on a corpus: joined or refused, committed, kept by every other job."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

import corpuscope
from corpuscope import Query
from corpuscope import manifest as manifests
from corpuscope.corpus import Corpus
from corpuscope.errors import ImportRefused, ReplayRefused, SourceError
from corpuscope.export.export import ExportOptions, export
from corpuscope.export.replay import replay
from corpuscope.sessions.snapshot import Snapshot, changes
from indexing.build import add
from indexing.importing import import_ratings
from indexing.maintenance import annotate, compact, suppress, verify
from indexing.progress import SilentProgress
from tests.conftest import build_corpus, write_jsonl
from tests.indexing.test_build import content

TEXTS = ["One line.", "Zwei Wörter \U0001f600", "", "שלום עולם", "e\u0301 combining", "first\nsecond\u2028third"]
ROWS = [{"id": f"d{i}", "text": f"{TEXTS[i % 6]} number {i}", "int_score": i % 6} for i in range(40)]
ORIGIN = "fineweb_edu_published"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_corpus(tmp_path_factory.mktemp("built") / "c", ROWS, part_size=15, annotators=("characters",)).folder


@pytest.fixture(scope="module")
def built_without_ids(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [{"text": row["text"]} for row in ROWS]
    return build_corpus(tmp_path_factory.mktemp("bare") / "c", rows, part_size=15, annotators=()).folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "c"))


def edu(path: Path, ids: list[str], scores: list[float] | None = None) -> Path:
    scores = scores or [int(id_[1:]) / 10 for id_ in ids]
    rows = [
        {"id": i, "score": s, "int_score": None if s is None else round(s)} for i, s in zip(ids, scores, strict=True)
    ]
    return write_jsonl(path, rows)


def bring(folder: Path, *files: Path, on: str | None = None) -> Corpus:
    import_ratings(folder, [str(f) for f in files], on=on, progress=SilentProgress())
    return corpuscope.open(folder)


def column(corpus: Corpus, name: str) -> list[Any]:
    held = corpus.catalog.column(name)
    return [held.values[r].item() if held.has_value[r] else None for r in range(held.rows)]  # type: ignore[union-attr]


def test_ratings_find_their_documents_by_id_whatever_their_order(folder: Path, tmp_path: Path) -> None:
    ids = [f"d{i}" for i in range(40) if i % 4]
    random.Random(1).shuffle(ids)
    corpus = bring(folder, edu(tmp_path / "r.jsonl", [*ids, "x1", "x2"]))
    assert column(corpus, f"{ORIGIN}.score") == [i / 10 if i % 4 else None for i in range(40)]
    about = corpus.manifest.imports[ORIGIN]
    assert (about["join"], about["matched"], about["missing"]) == ("id", 30, 10)
    assert about["unknown"] == {"count": 2, "examples": ["x1", "x2"]}
    assert about["without_value"] == {f"{ORIGIN}.score": 10, f"{ORIGIN}.int_score": 10}
    assert not [d for d in verify(folder) if not isinstance(d, manifests.FileEntry)]


def test_names_that_are_taken_get_the_origin_before_them(folder: Path, tmp_path: Path) -> None:
    rows = [{"id": f"d{i}", "grade": i, "characters": 1.5, "WORDS": 2, "int_score": 1, "rank": 2} for i in range(40)]
    corpus = bring(folder, write_jsonl(tmp_path / "mine.jsonl", rows))
    names = [f.name for f in corpus.manifest.imported_fields]
    assert names == ["grade", *(f"mine_published.{n}" for n in ("characters", "WORDS", "int_score", "rank"))]
    assert corpus.fields["int_score"].origin == "source"


def test_position_is_taken_where_there_are_no_ids(folder: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "domains_topics.npy", np.arange(40) % 24)
    corpus = bring(folder, tmp_path / "domains_topics.npy")
    about = corpus.manifest.imports["weborganizer_published"]
    assert (about["join"], about["verified"]) == ("position", "")
    topic = "weborganizer_published.topic"  # `topic` is the annotator's
    answer = corpus.search(Query(filters=(f'{topic}="Adult Content"',), facets=(f"{topic}:3",)))
    assert answer.total == 2 and answer.facets[topic].values[0].of == 2  # type: ignore[union-attr]


def refuse(folder: Path, *files: Path, on: str | None = None) -> str:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}
    with pytest.raises((ImportRefused, SourceError)) as refused:
        bring(folder, *files, on=on)
    assert before == {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_another_order_is_refused_with_the_first_row_that_differs(folder: Path, tmp_path: Path) -> None:
    ids = [f"d{i}" for i in range(40)]
    ids[16], ids[17] = ids[17], ids[16]
    said = refuse(folder, edu(tmp_path / "r.jsonl", ids), on="position")
    assert "r.jsonl row 17 has id 'd17' where the corpus has 'd16' (2 of 40 ids differ" in said


@pytest.mark.parametrize("count", [39, 41])
def test_short_and_long_files_are_refused_by_position(count: int, folder: Path, tmp_path: Path) -> None:
    said = refuse(folder, edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(count)]), on="position")
    assert f"r.jsonl has {count} rows where the corpus has 40 documents; nothing was imported." in said
    np.save(tmp_path / "domains_topics.npy", np.zeros(count, int))
    assert f"has {count} rows" in refuse(folder, tmp_path / "domains_topics.npy")


def test_foreign_empty_and_idless_files_are_refused(folder: Path, tmp_path: Path) -> None:
    said = refuse(folder, edu(tmp_path / "r.jsonl", ["x1", "x2"]))
    assert "None of the 2 ids of" in said and "the first is 'x1', the corpus's first is 'd0'" in said
    (tmp_path / "empty.jsonl").touch()
    assert "empty.jsonl holds no ratings" in refuse(folder, tmp_path / "empty.jsonl")
    assert "holds no ratings beside" in refuse(
        folder, write_jsonl(tmp_path / "t.jsonl", ROWS[:0] + [{"id": "d0", "text": "x"}])
    )
    assert "no ids to join by" in refuse(folder, write_jsonl(tmp_path / "n.jsonl", [{"grade": 1}] * 40), on="id")


def test_repeated_ids_must_say_the_same(folder: Path, tmp_path: Path) -> None:
    same = edu(tmp_path / "same.jsonl", ["d1", "d2", "d1"], [1.0, 2.0, 1.0])
    assert bring(folder, same).manifest.imports[ORIGIN]["repeated"] == 1
    other = edu(tmp_path / "other.jsonl", ["d1", "d2", "d1"], [1.0, 2.0, 3.0])
    assert "other.jsonl row 3 rates the document of" in refuse(folder, other)


def test_a_line_that_cannot_be_read_stops_a_join_by_position_only(folder: Path, tmp_path: Path) -> None:
    path = edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(40)])
    path.write_text(path.read_text().replace('"d3"', "d3"))
    assert "r.jsonl row 4 cannot be read (invalid_json)" in refuse(folder, path, on="position")
    about = bring(folder, path).manifest.imports[ORIGIN]
    assert about["missing"] == 1 and about["rejected"]["invalid_json"]["count"] == 1


def texts(path: Path, rows: list[str], **more: Any) -> Path:
    return write_jsonl(path, [{"text": text, "grade": i, **more} for i, text in enumerate(rows)])


def test_texts_verify_the_order_where_there_are_no_ids(folder: Path, tmp_path: Path) -> None:
    there = [row["text"] for row in ROWS]
    corpus = bring(folder, texts(tmp_path / "t.jsonl", [f" {t}" for t in there]))
    assert corpus.manifest.imports["t_published"]["verified"] == "beginnings of the texts"
    there[4], there[5] = there[5], there[4]
    said = refuse(folder, texts(tmp_path / "t.jsonl", there))
    assert "t.jsonl row 5 has a text that begins with 'first" in said and "(2 of 40 texts differ" in said


def test_datamans_cut_texts_are_counted_not_refused(folder: Path, tmp_path: Path) -> None:
    answers = dict.fromkeys(("overall_score", "accuracy", "coherence", "creativity", "topic_focus"), "3")
    there = ["...cut" if i < 5 else row["text"] for i, row in enumerate(ROWS)]
    corpus = bring(folder, texts(tmp_path / "d.jsonl", there, **answers))
    assert corpus.manifest.imports["dataman_published"]["other_texts"] == 5
    assert "(40 of 40 texts differ" in refuse(folder, texts(tmp_path / "d.jsonl", ["foreign"] * 40, **answers))


def signals(path: Path, rows: list[dict[str, Any]], prefix: str = "") -> Path:
    spans = [[[0, len(row["text"]), i]] for i, row in enumerate(rows)]
    return write_jsonl(
        path, [{"id": f"{prefix}{i}", "quality_signals": {"rps_doc_word_count": s}} for i, s in enumerate(spans)]
    )


def test_lengths_verify_the_order_where_the_corpus_made_its_ids(built_without_ids: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built_without_ids, tmp_path / "c"))
    corpus = bring(folder, signals(tmp_path / "s.jsonl", ROWS, "2023-06/0000/en_head.json.gz/"))
    assert corpus.manifest.imports["redpajama_v2_published"]["verified"] == "lengths of the texts"
    assert column(corpus, "redpajama_v2_published.rps_doc_word_count") == list(range(40))
    said = refuse(folder, signals(tmp_path / "s.jsonl", [*ROWS[1:], ROWS[0]]))
    assert "s.jsonl row 1 has a text of length 22 where the corpus has 18" in said


def test_texts_of_other_lengths_are_counted_when_ids_match(folder: Path, tmp_path: Path) -> None:
    changed = [{**row, "text": row["text"] + "!" * (i < 3)} for i, row in enumerate(ROWS)]
    about = bring(folder, signals(tmp_path / "s.jsonl", changed, "d")).manifest.imports["redpajama_v2_published"]
    assert about["other_texts"] == 3 and about["matched"] == 40


def test_a_list_of_duplicates_says_false_of_all_others(folder: Path, tmp_path: Path) -> None:
    listed = pa.table({"shard_id": ["s"] * 2, "doc_id": ["d3", "d30"], "digest": ["a", "b"]})
    pq.write_table(listed, tmp_path / "duplicates-1.parquet")
    corpus = bring(folder, tmp_path / "duplicates-1.parquet")
    assert corpus.search(Query(filters=("is_duplicate=true",))).total == 2
    assert corpus.search(Query(filters=("is_duplicate=false",))).total == 38


def test_a_renamed_repeat_of_the_corpus_goes_by_its_published_id(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": "one"}, {"id": "a", "text": "two"}, {"id": "b", "text": "three"}]
    corpus = build_corpus(tmp_path / "c", rows, annotators=())
    ratings = write_jsonl(tmp_path / "mine.jsonl", [{"id": i, "grade": g} for i, g in (("a", 1), ("a", 2), ("b", 3))])
    assert column(bring(corpus.folder, ratings, on="position"), "grade") == [1, 2, 3]


def test_ratings_filter_sort_facet_and_go_out_with_a_recipe(folder: Path, tmp_path: Path) -> None:
    corpus = bring(folder, edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(30)]))
    query = Query(filters=(f"{ORIGIN}.score>=2.5",), sort=f"{ORIGIN}.score:desc", facets=(f"{ORIGIN}.int_score",))
    assert [hit.id for hit in corpus.search(query).hits] == ["d29", "d28", "d27", "d26", "d25"]
    assert corpus.search(Query(filters=(f"{ORIGIN}.score!?",))).total == 10
    recipe = export(corpus, query, tmp_path / "o.jsonl", ExportOptions((f"{ORIGIN}.score",)))
    assert recipe.annotators == {ORIGIN: corpus.manifest.imports[ORIGIN]["version"]}
    written = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().split("\n") if line]
    assert [row[f"{ORIGIN}.score"] for row in written] == [2.5, 2.6, 2.7, 2.8, 2.9]
    changed = bring(folder, edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(20)]))
    with pytest.raises(ReplayRefused, match=f"fields of {ORIGIN} are of version"):
        replay(recipe, changed, tmp_path / "again.jsonl")


def test_importing_again_replaces_and_says_so(folder: Path, tmp_path: Path) -> None:
    first = bring(folder, edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(40)]))
    second = bring(folder, edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(40)], [5.0] * 40))
    assert column(first, f"{ORIGIN}.score")[3] == 0.3  # who has the old version open goes on with it
    assert set(column(second, f"{ORIGIN}.score")) == {5.0}
    assert len(second.manifest.imported_fields) == 2
    said = changes(Snapshot.of(first), Snapshot.of(second))
    assert len(said) == 1 and said[0].startswith(f"{ORIGIN} was made again")


def test_other_jobs_keep_imports(folder: Path, tmp_path: Path) -> None:
    bring(folder, edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(40)]))
    annotate(folder, ["words"], {}, workers=1, progress=SilentProgress())
    more = write_jsonl(tmp_path / "more.jsonl", [{"id": f"e{i}", "text": "More."} for i in range(5)])
    add(folder, [str(more)], workers=1, progress=SilentProgress())
    suppress(folder, ["d3", "e1"])
    compact(folder, workers=1, progress=SilentProgress())
    corpus = corpuscope.open(folder)
    assert column(corpus, f"{ORIGIN}.score") == [*(i / 10 for i in range(40) if i != 3), None, None, None, None]
    assert corpus.manifest.imports[ORIGIN]["without_value"][f"{ORIGIN}.score"] == 4
    assert "words" in corpus.fields and not [d for d in verify(folder) if not isinstance(d, manifests.FileEntry)]
    again = bring(folder, edu(tmp_path / "r.jsonl", ["d0", *(f"e{i}" for i in range(5))]))
    assert again.manifest.imports[ORIGIN]["matched"] == 5


def test_a_corpus_without_imports_keeps_its_bytes_and_version(built: Path) -> None:
    raw = (built / "corpus.json").read_bytes()
    assert b"imports" not in raw and manifests.load(built).to_bytes() == raw


def test_several_systems_come_with_one_commit(folder: Path, tmp_path: Path) -> None:
    corpus = bring(
        folder,
        edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(40)]),
        signals(tmp_path / "s.jsonl", ROWS, "d"),
    )
    assert set(corpus.manifest.imports) == {ORIGIN, "redpajama_v2_published"}
    assert len(corpus.manifest.history) == 2


def command(folder: Path, *files: Path) -> list[str]:
    start = "import sys; from commands.main import main; sys.exit(main())"
    return [sys.executable, "-c", start, "import", str(folder), *map(str, files)]


@pytest.mark.parametrize("step", [".build/request.json", "parts/*/fields/fineweb*", ".catalog/fineweb*"])
def test_an_import_that_was_killed_leaves_the_old_version_and_ends_the_same(
    step: str, folder: Path, tmp_path: Path
) -> None:
    ratings = edu(tmp_path / "r.jsonl", [f"d{i}" for i in range(40)])
    whole = Path(shutil.copytree(folder, tmp_path / "whole" / "c"))
    bring(whole, ratings)
    before = content(folder)
    process = subprocess.Popen(command(folder, ratings), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while process.poll() is None and not any(folder.glob(step)):
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert content(folder) in (before, content(whole))
    assert corpuscope.open(folder).search(Query()).total == 40
    subprocess.run(command(folder, ratings), check=True, capture_output=True)
    assert content(folder) == content(whole)


def test_what_is_replaced_is_said_and_another_system_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    first = write_jsonl(tmp_path / "fineweb_edu.jsonl", [{"id": "d1", "grade": 1}])
    bring(folder, first)
    about = bring(folder, first).manifest.imports[ORIGIN]
    assert about["replaces"].startswith(f"{first} (")
    said = refuse(folder, edu(tmp_path / "r.jsonl", ["d1"]))
    assert f"The corpus has columns from {first} as '{ORIGIN}'" in said
    assert "would both be" in refuse(folder, first, edu(tmp_path / "r.jsonl", ["d1"]))


def test_personal_data_in_ids_and_texts_is_masked_where_it_is_told(folder: Path, tmp_path: Path) -> None:
    rows = [{"id": i, "grade": 1} for i in ("d1", "jane.roe@rivers.org")]
    about = bring(folder, write_jsonl(tmp_path / "mine.jsonl", rows)).manifest.imports["mine_published"]
    assert about["unknown"] == {"count": 1, "examples": ["[EMAIL]"]}
    said = refuse(folder, texts(tmp_path / "t.jsonl", ["Write to jane.roe@rivers.org", *(r["text"] for r in ROWS[1:])]))
    assert "jane.roe" not in said and "[EMAIL]" in said


def test_a_table_is_the_same_in_every_format(folder: Path, tmp_path: Path) -> None:
    table = pa.table({"id": [f"d{i}" for i in range(40)], "grade": [i / 4 for i in range(40)], "n": list(range(40))})
    pq.write_table(table, tmp_path / "a.parquet")
    with pa.ipc.new_stream(tmp_path / "b.arrow", table.schema) as stream:
        stream.write_table(table)
    lines = "".join(json.dumps(row) + "\n" for row in table.to_pylist())
    (tmp_path / "c.jsonl.zst").write_bytes(zstandard.compress(lines.encode()))
    cells = "id,grade,n\n" + "".join(f"{i},{g},{n}\n" for i, g, n in zip(*table.to_pydict().values(), strict=True))
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(cells.encode()))
    for name in ("a.parquet", "b.arrow", "c.jsonl.zst", "d.csv.gz"):
        imports = bring(folder, tmp_path / name).manifest.imported_fields
        corpus = corpuscope.open(folder)
        held = {f.column: column(corpus, f.name) for f in imports if f.origin == f"{name[0]}_published"}
        assert held == {"grade": table["grade"].to_pylist(), "n": table["n"].to_pylist()}


def test_rows_without_an_id_are_counted(folder: Path, tmp_path: Path) -> None:
    rows = [{"id": "d1", "grade": 1}, {"id": None, "grade": 2}, {"grade": 3}]
    about = bring(folder, write_jsonl(tmp_path / "mine.jsonl", rows)).manifest.imports["mine_published"]
    assert about["rejected"]["missing_id"]["count"] == 2 and about["matched"] == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"writing_style_average": [1.0], "educational_value_chunks": [["a"]]},
        {"writing_style_average": [[1.0]], "educational_value_chunks": [3]},
        {"signature_sim0.8": [3]},
        {"quality_signals": ["no json"], "rps_doc_word_count": [[["a", "b", "c"]]]},
        {"attributes": [{"a__b": [[[0, 1]]]}]},
        {"overall_score": [[3]], "accuracy": [{"a": 1}], "coherence": [b"\xff"], "creativity": [None],
         "topic_focus": [float("inf")], "application_domain": [["C"]]},
    ],
    ids=lambda columns: "-".join(columns),
)  # fmt: skip
def test_columns_of_odd_types_are_counted_or_refused_in_a_sentence(
    columns: dict[str, list[Any]], folder: Path, tmp_path: Path
) -> None:
    pq.write_table(pa.table({"id": ["d1"], **columns}), tmp_path / "odd.parquet")
    try:
        corpus = bring(folder, tmp_path / "odd.parquet")
    except ImportRefused as refused:
        assert "holds other values than this kind of ratings" in str(refused)
    else:
        assert all(about["rejected"] for about in corpus.manifest.imports.values())


def test_a_source_that_comes_later_with_the_same_name_takes_nothing_away(folder: Path, tmp_path: Path) -> None:
    bring(folder, write_jsonl(tmp_path / "mine.jsonl", [{"id": f"d{i}", "grade": i} for i in range(40)]))
    more = write_jsonl(tmp_path / "more.jsonl", [{"id": "e", "text": "More.", "grade": 7}])
    add(folder, [str(more)], workers=1, progress=SilentProgress())
    corpus = corpuscope.open(folder)
    published = next(f.name for f in corpus.manifest.imported_fields)
    theirs = next(f.name for f in corpus.manifest.fields if f.origin == "source" and f.name.endswith("grade"))
    assert published != theirs
    assert column(corpus, published) == [*range(40), None] and column(corpus, theirs) == [*[None] * 40, 7]
