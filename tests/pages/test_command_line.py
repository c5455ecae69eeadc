import argparse
import subprocess
from pathlib import Path

import pytest

import corpuscope
from commands import search
from commands.query_arguments import make_query
from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.results import SearchResult
from corpuscope.sessions.store import SessionStore, new_id
from pages.widgets.command_line import quote, search_command, search_python

QUERIES = [
    Query(),
    Query(text="climate policy", filters=("year>=2016", 'topic="Science, Math"'), sort="date:desc", k=20, offset=40),
    Query(text="-minus", mode="boolean", mask=False),
    Query(text="\n\n", mode="exact"),
    Query(text="a'b \\ $(rm) `x` \u202e\u0000"[:-1], facets=("source:8",), sample=5, seed=3),
    Query(text="caf\u00e9 北京 \U0001f600", mode="phrase", slop=2, k1=1.2, b=0.75, where="words > 1"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_command_asks_what_the_page_asks(query: Query):
    command = search_command(Path("/a corpus"), query)
    shell = ["bash", "-c", "printf '%s\\0' " + command.removeprefix("corpuscope search")]
    words = (
        subprocess.run(shell, capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
        .stdout.decode()
        .split("\0")[:-1]
    )
    parser = argparse.ArgumentParser()
    search.add_arguments(parser)
    args = parser.parse_args(words)
    assert args.words[0] == "/a corpus"
    assert make_query(args, args.words[1] if len(args.words) > 1 else "") == query


@pytest.mark.parametrize("query", QUERIES)
def test_the_python_asks_what_the_page_asks(query: Query, monkeypatch: pytest.MonkeyPatch):
    asked: list[Query] = []

    class Asked:
        def search(self, query: Query) -> SearchResult:
            asked.append(query)
            return SearchResult(query, "c@1", 0, None, 0, (1, 1), 0.0, [], {})

    monkeypatch.setattr(corpuscope, "open", lambda folder: Asked() if folder == "/a corpus" else None)
    exec(search_python(Path("/a corpus"), query), {})
    assert asked == [query]


def test_the_python_has_the_labels_of_the_session(tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str]):
    store, own = SessionStore(), new_id()
    store.mark(own, tiny_corpus, "label", name="keep", ids=("doc-3",))
    query = Query(filters=("label=keep",))
    exec(search_python(tiny_corpus.folder, query, session=own), {})
    assert capsys.readouterr().out == "1 ['doc-3']\n"


def test_nothing_hidden_reaches_the_clipboard():
    assert "\u202e" not in quote("a\u202eb") and "\\u202e" in quote("a\u202eb")
