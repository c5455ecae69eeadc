import argparse
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

import corpuscope
from commands import export, search
from commands import ledger as ledger_of_terminal
from commands.query_arguments import make_query
from corpuscope.command_line import export_command, ledger_command, quote, search_command, search_python
from corpuscope.corpus import Corpus
from corpuscope.ledger.ledger import Ledger
from corpuscope.query import Query
from corpuscope.results import SearchResult
from corpuscope.sessions.store import SessionStore, new_id

QUERIES = [
    Query(),
    Query(text="climate policy", filters=("year>=2016", 'topic="Science, Math"'), sort="date:desc", k=20, offset=40),
    Query(text="-minus", mode="boolean", mask=False),
    Query(like=("a b", "-c"), unlike=("d",), mode="semantic", threshold=-0.25, embedder="minilm"),
    Query(text="floods", like=("a",), mode="hybrid", weight=0.7, threshold=0.4),
    Query(text="\n\n", mode="exact"),
    Query(text="a'b \\ $(rm) `x` \u202e\u0000"[:-1], facets=("source:8",), sample=5, seed=3),
    Query(text="caf\u00e9 北京 \U0001f600", mode="phrase", slop=2, k1=1.2, b=0.75, where="words > 1"),
]


def parsed(command: str, module: ModuleType) -> argparse.Namespace:
    """What a command takes out of its line, once a shell has read it."""
    shell = ["bash", "-c", "printf '%s\\0' " + command.partition(f"corpuscope {module.__name__.split('.')[1]}")[2]]
    words = (
        subprocess.run(shell, capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
        .stdout.decode()
        .split("\0")[:-1]
    )
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    args = parser.parse_args(words)
    assert args.words[0] == "/a corpus"
    return args


@pytest.mark.parametrize("query", QUERIES)
def test_the_command_asks_what_the_page_asks(query: Query):
    args = parsed(search_command(Path("/a corpus"), query), search)
    assert make_query(args, args.words[1] if len(args.words) > 1 else "") == query


@pytest.mark.parametrize("query", QUERIES)
def test_the_commands_of_a_ledger_ask_what_the_page_asks(query: Query):
    ledger = Ledger(start=query, rules=("words>=50", 'topic="Science, Math"'))
    counting = parsed(ledger_command(Path("/a corpus"), ledger), ledger_of_terminal)
    start = make_query(counting, counting.words[1] if len(counting.words) > 1 else "")
    assert Ledger(start=start, rules=tuple(counting.rule)) == ledger
    exporting = parsed(export_command(Path("/a corpus"), ledger.kept, "a b.parquet"), export)
    assert make_query(exporting, exporting.words[1] if len(exporting.words) > 1 else "") == ledger.kept
    assert exporting.out == Path("a b.parquet")


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
