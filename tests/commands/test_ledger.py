"""`corpuscope ledger`: the engine's counts, its file, and one sentence for what cannot be asked."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from corpuscope.corpus import Corpus, open_corpus
from corpuscope.ledger import recipe as recipes
from corpuscope.ledger.ledger import Ledger
from corpuscope.ledger.tally import Tally
from corpuscope.query import Query
from corpuscope.sessions.store import SessionStore, new_id
from tests.commands.test_commands import run
from tests.conftest import build_corpus

RULES = ("rank_b>=5", "topic=science,politics", "score_a<=2.5")
LEDGER = Ledger(start=Query(text="document"), rules=RULES)
ASKED = ("document", *(word for rule in RULES for word in ("--rule", rule)))


def test_the_json_holds_what_the_engine_counts(tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "ledger", tiny_corpus.folder, *ASKED, "--samples", 2, "--seed", 3, "--json")
    answer, tally = json.loads(out), Tally(tiny_corpus, LEDGER)
    samples = [rule.pop("sample") for rule in answer["rules"]]
    assert code == 0
    assert answer | {"took_ms": 0} == tally.counts.to_json() | {"took_ms": 0}
    assert [[h["id"] for h in hits] for hits in samples] == [
        [h.id for h in tally.sample(i, n=2, seed=3)] for i in range(len(RULES))
    ]


def test_the_table_says_every_amount(tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "ledger", tiny_corpus.folder, *ASKED)
    counts = Tally(tiny_corpus, LEDGER).counts
    for rule, line in zip(counts.rules, re.findall(r"^\d  .*$", out, re.M), strict=True):
        amounts = (rule.removed, rule.alone, rule.only, rule.without_value, rule.left)
        assert re.findall(r" (\d+) +[\d.]+%", line) == [str(a.documents) for a in amounts]
    assert f"kept: {counts.kept.documents} documents, {counts.kept.tokens:,} tokens" in out


def test_the_export_command_writes_what_is_kept(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    _, out, _ = run(capsys, "ledger", tiny_corpus.folder, *ASKED)
    command = shlex.split(out.split("what is kept: ")[1])
    assert run(capsys, *command[1:])[0] == 0
    recipe = json.loads((tmp_path / "kept.parquet.recipe.json").read_text())
    assert recipe["documents_written"] == Tally(tiny_corpus, LEDGER).counts.kept.documents
    assert recipe["query"] == LEDGER.kept.to_json()


def test_a_written_ledger_counts_the_same_again(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    path = tmp_path / "ledger.json"
    _, first, _ = run(capsys, "ledger", tiny_corpus.folder, *ASKED, "--out", path)
    _, again, _ = run(capsys, "ledger", tiny_corpus.folder, "--from", path)
    assert recipes.load(path).ledger == LEDGER and recipes.load(path).corpus == tiny_corpus.label
    assert "nothing has changed" in again and again.splitlines()[2:5] == first.splitlines()[2:5]
    assert str(tiny_corpus.folder) not in path.read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["ledger.json"]


def test_a_ledger_of_a_changed_corpus_says_what_changed(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    path, rows = tmp_path / "ledger.json", [{"id": str(i), "text": "x " * i, "n": i} for i in range(1, 20)]
    corpus = build_corpus(tmp_path / "grows", rows)
    run(capsys, "ledger", corpus.folder, "--rule", "n>=5", "--rule", "n<=15", "--out", path)
    run(capsys, "suppress", corpus.folder, "2", "17")
    _, out, _ = run(capsys, "ledger", corpus.folder, "--from", path, "--json")
    told = json.loads(out)["changed"]
    assert told[0] == f"The corpus is {open_corpus(corpus.folder).label} now and was {corpus.label}."
    assert "2 documents were suppressed." in told
    assert any(t.startswith("Rule 1, n>=5, removes by itself 3 documents") and "4 documents" in t for t in told)
    assert not any("keeps" in t for t in told)


def test_a_ledger_takes_the_labels_of_its_session_along(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    store, own, path = SessionStore(), new_id(), tmp_path / "ledger.json"
    store.mark(own, tiny_corpus, "label", name="good", ids=("doc-3", "doc-4"))
    run(capsys, "ledger", tiny_corpus.folder, "--session", own, "--rule", "label=good", "--out", path)
    store.mark(own, tiny_corpus, "label", name="good", ids=("doc-5",))
    _, out, _ = run(capsys, "ledger", tiny_corpus.folder, "--from", path, "--json")
    assert json.loads(out)["kept"]["documents"] == 2


BAD = [
    (["--rule", "rnak_b>=5"], 2, "Did you mean rank_b"),
    (["--rule", "rank_b>=many"], 2, "'many', which is not a number"),
    (["--rule", "rank_b"], 2, "has no field and operator"),
    ([], 2, "at least one rule"),
    (["--rule", "rank_b>=5", "--sample", "3"], 2, "leave --sample out"),
    (["--rule", "rank_b>=5", "--sort", "rank_b"], 2, "leave --sort out"),
    (["--rule", "rank_b>=5", "--samples", "-1"], 2, "--samples is -1"),
    (["--rule", "rank_b>=5", "--out", "/no/such/folder/x.json"], 2, "There is no folder"),
    (["--from", "{damaged}"], 2, "damaged"),
    (["--from", "{other}"], 2, "no ledger of this version"),
    (["--from", "{damaged}.gone"], 1, "There is no ledger"),
    (["--from", "{other}", "--rule", "rank_b>=5"], 2, "is no ledger"),
]


@pytest.mark.parametrize(("words", "code", "sentence"), BAD)
def test_what_cannot_be_asked_is_said_in_one_sentence(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], code: int, sentence: str
):
    (tmp_path / "damaged").write_text('{"ledger": 1, "rules": 3}')
    (tmp_path / "other").write_text('{"recipe": 1}')
    given = [w.format(damaged=tmp_path / "damaged", other=tmp_path / "other") for w in words]
    got, out, err = run(capsys, "ledger", tiny_corpus.folder, *given)
    assert (got, out) == (code, "")
    assert sentence in err and err.count("\n") == 1


@pytest.mark.parametrize("lost", ["query", "rules", "counts", "snapshot", "corpus"])
def test_a_ledger_that_lost_something_is_damaged(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str], tmp_path: Path, lost: str
):
    path = tmp_path / "ledger.json"
    run(capsys, "ledger", tiny_corpus.folder, *ASKED, "--out", path)
    for broken in ({}, {lost: 3}):
        data = json.loads(path.read_text())
        del data[lost]
        path.with_name("broken").write_text(json.dumps(data | broken))
        code, out, err = run(capsys, "ledger", tiny_corpus.folder, "--from", path.with_name("broken"))
        assert (code, out) == (2, "") and "damaged ledger" in err
