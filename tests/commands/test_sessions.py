from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from commands.main import main
from corpuscope.query import Query
from corpuscope.sessions.records import Reviewed
from corpuscope.sessions.store import SessionStore

S = "abcdefgh12"


@pytest.fixture
def store(tmp_path, monkeypatch) -> Iterator[SessionStore]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    yield SessionStore()


def run(capsys, *words) -> tuple[int, str, str]:
    code = main([str(w) for w in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_list_says_what_each_session_was_about(store, tiny_corpus, capsys):
    assert run(capsys, "sessions")[1].startswith("no sessions yet")
    query = Query(text="rivers\x1b[31m", filters=("topic=science",))
    store.record_step(S, tiny_corpus, tiny_corpus.search(query))
    store.rename(S, "Water")
    code, out, _ = run(capsys, "sessions")
    assert code == 0
    assert out.startswith(S)
    assert "Water · rivers" in out and "topic is science" in out and "1 step " in out
    assert "\x1b" not in out
    [listed] = json.loads(run(capsys, "sessions", "--json")[1])
    assert listed["id"] == S
    assert listed["corpus"] == tiny_corpus.label
    assert listed["steps"] == 1


def test_a_search_sees_the_labels_of_a_session(store, tiny_corpus, capsys):
    store.mark(S, tiny_corpus, "label", name="keep", ids=("doc-1", "doc-2", "mail"))
    words = ("search", tiny_corpus.folder, "--session", S, "--filter", "label=keep", "--facet", "label", "--json")
    code, out, _ = run(capsys, *words)
    answer = json.loads(out)
    assert code == 0
    assert [hit["id"] for hit in answer["hits"]] == ["doc-1", "doc-2", "mail"]
    assert answer["facets"]["label"]["values"] == [{"value": "keep", "count": 3, "of": 3}]


def test_a_run_and_an_export_see_them_too(store, tiny_corpus, tmp_path, capsys):
    store.mark(S, tiny_corpus, "bookmark", query=Query(text="mountains"), count=19)
    session = ("--session", S, "--filter", "bookmark=true")
    (tmp_path / "topics.tsv").write_text("q1\tmountains\nq2\triver\n")
    run(capsys, "run", tiny_corpus.folder, tmp_path / "topics.tsv", "--out", tmp_path / "out.run", *session)
    ranked = [line.split()[0] for line in (tmp_path / "out.run").read_text().splitlines()]
    matching = tiny_corpus.search(Query(text="mountains")).total
    assert ranked.count("q1") == matching
    assert ranked.count("q2") < tiny_corpus.search(Query(text="river")).total
    code, out, _ = run(capsys, "export", tiny_corpus.folder, "--out", tmp_path / "x.jsonl", *session)
    assert code == 0
    assert out.startswith(f"{matching:,} documents")
    assert run(capsys, "replay", tmp_path / "x.jsonl.recipe.json", "--out", tmp_path / "y.jsonl")[0] == 0
    assert (tmp_path / "y.jsonl").read_bytes() == (tmp_path / "x.jsonl").read_bytes()


@pytest.mark.parametrize("command", ["search", "export"])
def test_a_session_that_is_not_there_is_refused(store, tiny_corpus, tmp_path, capsys, command):
    out_file = ("--out", tmp_path / "x.csv") if command == "export" else ()
    code, out, err = run(capsys, command, tiny_corpus.folder, "--session", "nobody", *out_file)
    assert (code, out) == (2, "")
    assert err == "corpuscope: There is no session 'nobody'. List them with: corpuscope sessions\n"


def test_a_deleted_session_is_refused(store, tiny_corpus, capsys):
    store.mark(S, tiny_corpus, "bookmark", ids=("doc-1",))
    store.delete(S)
    assert run(capsys, "search", tiny_corpus.folder, "--session", S)[0] == 2


def test_the_reviews_of_a_session_are_written_out(store, tiny_corpus, capsys):
    about = Reviewed("toxicity", "0.5", flagged=True)
    store.mark(S, tiny_corpus, "review", name="disagree", ids=("doc-1",), about=about)
    code, out, _ = run(capsys, "sessions", "--verdicts", S)
    [said] = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and (said["id"], said["verdict"], said["deserves_flag"]) == ("doc-1", "disagree", False)
    assert "doc-1,toxicity,0.5,true,disagree,false" in run(capsys, "sessions", "--verdicts", S, "--csv")[1]
    assert run(capsys, "sessions", "--verdicts", "nobody")[0] == 2
    assert run(capsys, "sessions", "--csv")[2].startswith("corpuscope: --csv writes reviews")
