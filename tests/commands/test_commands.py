"""The terminal's face: the contract's JSON, plain sentences for bad input, and the README's own commands."""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from commands.main import COMMANDS, main
from corpuscope.sessions.store import SessionStore
from tests.conftest import build_corpus, write_jsonl
from tests.tiny import TINY

README = Path(__file__).resolve().parents[2] / "README.md"


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    try:
        code = main([str(w) for w in words])
    except SystemExit as stop:  # argparse leaves this way
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_search_answers_in_the_json_of_the_contract(tiny_corpus, capsys):
    code, out, _ = run(
        capsys, "search", tiny_corpus.folder, "river", "--json", "--facet", "topic:2", "--facet", "year", "--k", "3"
    )
    answer = json.loads(out)
    assert code == 0
    assert set(answer) >= {
        "query", "corpus", "total", "tokens", "documents", "parts", "partial", "took_ms", "hits", "facets"
    }  # fmt: skip
    hit = answer["hits"][0]
    assert set(hit) == {"rank", "corpus", "id", "row", "score", "title", "snippet", "highlights", "fields"}
    assert all("river" in hit["snippet"][a:b].lower() for a, b in hit["highlights"])
    assert set(answer["facets"]["topic"]) == {"values", "missing", "other", "complete"}
    assert set(answer["facets"]["year"]["bins"][0]) == {"from", "to", "count", "of"}


def test_options_may_stand_before_the_query(tiny_corpus, capsys):
    code, out, _ = run(capsys, "search", tiny_corpus.folder, "--mode", "phrase", "rivers and floods", "--json")
    assert code == 0 and json.loads(out)["query"]["text"] == "rivers and floods"


def test_every_command_has_help(capsys):
    for name in COMMANDS:
        code, out, _ = run(capsys, name, "--help")
        assert code == 0 and f"corpuscope {name}" in out


BAD = [
    ["nosuch"],
    ["search"],
    ["search", "{missing}", "x"],
    ["search", "{corpus}", "a AND OR (", "--mode", "boolean"],
    ["search", "{corpus}", "topic:[1 TO", "--mode", "boolean"],
    ["search", "{corpus}", "nosuch:1", "--mode", "boolean"],
    ["search", "{corpus}", "[unclosed", "--mode", "regex"],
    ["search", "{corpus}", "x", "--mode", "nosuch"],
    ["search", "{corpus}", "x", "--filter", "nosuch=1"],
    ["search", "{corpus}", "x", "--filter", "rank_b>=abc"],
    ["search", "{corpus}", "x", "--filter", "date=soon"],
    ["search", "{corpus}", "x", "--filter", "good=maybe"],
    ["search", "{corpus}", "x", "--filter", "novalue"],
    ["search", "{corpus}", "x", "--where", "1=1; drop table documents"],
    ["search", "{corpus}", "x", "--sort", "nosuch"],
    ["search", "{corpus}", "x", "--sort", "topic", "--sample", "3"],
    ["search", "{corpus}", "x", "--facet", "nosuch"],
    ["search", "{corpus}", "x", "--facet", "topic:0"],
    ["search", "{corpus}", "x", "--k", "-1"],
    ["search", "{corpus}", "x", "--k", "many"],
    ["search", "{corpus}", "x", "--sample", "0"],
    ["search", "{corpus}", "x", "--b", "7"],
    ["run", "{corpus}", "{missing}", "--out", "{tmp}/r"],
    ["run", "{corpus}", "{bad_topics}", "--out", "{tmp}/r"],
    ["run", "{corpus}", "{topics}", "--out", "{missing}/r"],
    ["export", "{corpus}", "x", "--out", "{tmp}/x.unknown"],
    ["export", "{corpus}", "x", "--out", "{missing}/x.csv"],
    ["export", "{corpus}", "x", "--out", "{tmp}/x.csv", "--fields", "nosuch"],
    ["export", "{corpus}", "x", "--out", "{tmp}/x.csv", "--limit", "0"],
    ["replay", "{missing}", "--out", "{tmp}/r.csv"],
    ["replay", "{topics}", "--out", "{tmp}/r.csv"],
    ["info", "{missing}"],
    ["verify", "{missing}"],
    ["suppress", "{corpus}", "nosuch"],
    ["suppress", "{missing}", "x"],
    ["compact", "{missing}"],
    ["annotate", "{corpus}", "nosuch"],
    ["annotate", "{missing}", "words"],
    ["import", "{missing}", "{rows}"],
    ["import", "{corpus}", "{missing}"],
    ["import", "{corpus}", "{empty}"],
    ["import", "{corpus}", "{rows}", "--on", "nosuch"],
    ["import", "{corpus}"],
    ["import", "{corpus}", "{topics}"],
    ["import", "{corpus}", "{array}"],
    ["import", "{corpus}", "hf:org/name"],
    ["import", "{corpus}", "demo"],
    ["import", "{corpus}", "{tmp}/*.nothing"],
    ["add", "{corpus}", "--source", "{missing}"],
    ["add", "{missing}", "--source", "{topics}"],
    ["build", "{tmp}/new"],
    ["build", "{tmp}/new", "--source", "{missing}"],
    ["build", "{tmp}/new", "--source", "{rows}", "--text-field", "nosuch"],
    ["build", "{tmp}/new", "--source", "{rows}", "--annotators", "nosuch"],
    ["build", "{tmp}/new", "--source", "{rows}", "--language", "xx"],
    ["build", "{tmp}/new", "--source", "{rows}", "--part-size", "0"],
    ["build", "{tmp}/new", "--source", "{rows}", "--embedder", "nosuch"],
    ["build", "{tmp}/new", "--source", "{rows}", "--tokenizer", "{missing}"],
    ["peek", "{missing}"],
    ["peek", "{empty}"],
    ["serve", "{missing}"],
]


@pytest.mark.parametrize("words", BAD, ids=" ".join)
def test_bad_input_gets_one_sentence_and_a_non_zero_exit(words, tiny_corpus, tmp_path, capsys):
    places = {"tmp": tmp_path, "corpus": tiny_corpus.folder, "missing": tmp_path / "missing"}
    for name, content in {"topics": "1\triver\n", "bad_topics": "no tab here\n"}.items():
        places[name] = tmp_path / f"{name}.tsv"
        places[name].write_text(content)
    places["rows"] = write_jsonl(tmp_path / "rows.jsonl", TINY[:3])
    places["empty"] = tmp_path / "empty"
    places["empty"].mkdir()
    places["array"] = tmp_path / "a.npy"
    places["array"].write_bytes(b"no array")
    before = sorted(p.name for p in tmp_path.iterdir() if p.name != "new")
    code, out, err = run(capsys, *(w.format(**places) for w in words))
    assert code in (1, 2)
    assert err.startswith("corpuscope") and err.count("\n") == 1 and "Traceback" not in err
    assert not out
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "new") == before


@pytest.mark.parametrize("on", [(), ("--on", "position")])
def test_ratings_of_another_corpus_are_refused_in_one_sentence(on, tiny_corpus, tmp_path, capsys):
    foreign = write_jsonl(tmp_path / "foreign.jsonl", [{"id": "x", "grade": 1}])
    code, out, err = run(capsys, "import", tiny_corpus.folder, foreign, *on)
    *progress, said = err.splitlines()
    assert code == 1 and not out and all(line.startswith("Reading foreign_published") for line in progress)
    assert said.startswith("corpuscope: ") and said.endswith("nothing was imported.")


def test_an_import_says_what_matched_and_what_did_not(tmp_path, capsys):
    corpus = build_corpus(tmp_path / "c", TINY[:5], annotators=())
    rows = [{"id": f"doc-{i}", "grade": i, "url": "u"} for i in range(1, 8)]
    _, out, _ = run(capsys, "import", corpus.folder, write_jsonl(tmp_path / "mine.jsonl", rows))
    assert "mine_published: columns of 4 of 5 documents, joined by id, from" in out and "1 field: grade" in out
    assert "1 document without a rating." in out and "3 ratings of ids that the corpus does not have" in out
    assert "the first: doc-5, doc-6, doc-7." in out and "Columns that were left out: url." in out
    assert "mine_published: columns of 4 of 5 documents" in run(capsys, "info", corpus.folder)[1]
    told = json.loads(run(capsys, "info", corpus.folder, "--json")[1])
    assert told["imports"]["mine_published"]["missing"] == 1


@pytest.mark.parametrize(
    "query", ["", " ", '"', "'; drop table x; --", "*", "a" * 20000, "\u202ex", "日本語", "😀", "-", "OR"]
)
@pytest.mark.parametrize("mode", ["keyword", "phrase", "exact"])
def test_odd_queries_are_answered(tiny_corpus, capsys, query, mode):
    code, out, _ = run(capsys, "search", tiny_corpus.folder, query, "--mode", mode, "--json")
    assert code == 0 and json.loads(out)["total"] >= 0


def test_hostile_text_cannot_reach_the_terminal(tiny_corpus, capsys):
    _, out, _ = run(capsys, "search", tiny_corpus.folder, "river", "--k", "40")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out)


def test_a_run_is_a_trec_run(tiny_corpus, tmp_path, capsys):
    (tmp_path / "topics.tsv").write_text("q1\triver\nq2\tmountains south\n")
    code, _, _ = run(
        capsys, "run", tiny_corpus.folder, tmp_path / "topics.tsv", "--out", tmp_path / "out.run", "--k", "5"
    )
    lines = [line.split(" ") for line in (tmp_path / "out.run").read_text().splitlines()]
    assert code == 0
    assert all(len(line) == 6 and line[1] == "Q0" for line in lines)
    assert [line[3] for line in lines if line[0] == "q2"] == ["1", "2", "3", "4", "5"]
    scores = [float(line[4]) for line in lines if line[0] == "q2"]
    assert scores == sorted(scores, reverse=True)


def readme_commands() -> list[str]:
    lines = re.findall(r"^    \.venv/bin/corpuscope (.*)$", README.read_text(), flags=re.MULTILINE)
    return [line.split("  #")[0].strip() for line in lines]


def test_the_readme_runs(tiny_corpus, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    raw = "".join(json.dumps(row) + "\n" for row in TINY).encode()
    (tmp_path / "pages.jsonl.zst").write_bytes(zstandard.compress(raw))
    store = SessionStore()  # the README calls a session ID
    store.mark("ID", tiny_corpus, "bookmark", ids=("doc-3",))
    store.mark("ID", tiny_corpus, "label", name="keep", ids=("doc-3", "doc-4"))
    ran = 0
    for line in readme_commands():
        if "hf:" in line or line.startswith("serve"):
            continue  # the one needs the hub, the other does not end
        words = [w.replace("data/demo", str(tiny_corpus.folder)) for w in shlex.split(line)]
        code, _, err = run(capsys, *words)
        assert code == 0, (line, err)
        ran += 1
    assert ran >= 9


def test_the_readme_python_runs(tiny_corpus, capsys):
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)
    exec(block.replace("data/demo", str(tiny_corpus.folder)).replace('"source=news"', '"source=tiny"'), {})
    assert "documents" in capsys.readouterr().out


def test_a_build_says_what_it_skipped(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    write_jsonl(tmp_path / "in" / "a.jsonl", TINY[:3])
    (tmp_path / "in" / "b.docx").touch()
    words = (tmp_path / "out", "--source", tmp_path / "in", "--annotators", "none", "--workers", 1)
    built, told = run(capsys, "build", *words), run(capsys, "info", tmp_path / "out")
    line = f"1  files or folders that are not read  first: {tmp_path}/in/b.docx"
    assert line in built[1] and line in told[1]


def test_a_build_on_a_full_disk_says_so_in_one_sentence_and_goes_on_when_there_is_room(tmp_path, capsys):
    """A limit on the size of files stands in for the disk."""
    words = random.Random(1)
    documents = [{"id": str(i), "text": f"river {words.getrandbits(2_000):x}"} for i in range(500)]
    source = write_jsonl(tmp_path / "documents.jsonl", documents)
    build = ["build", str(tmp_path / "corpus"), "--source", str(source), "--annotators", "none", "--workers", "1"]
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "from commands.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run([sys.executable, "-c", code, *build], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert (done.returncode, last) == (1, "corpuscope: a file could not be read or written: File too large.")
    assert run(capsys, "info", tmp_path / "corpus")[0] == 1  # half a corpus is none
    assert run(capsys, *build)[0] == 0
    assert json.loads(run(capsys, "search", tmp_path / "corpus", "river", "--json")[1])["total"] == 500


def _as_one_without_rights_of_root() -> None:
    """Take from a child the right to write where modes forbid it (CAP_DAC_OVERRIDE), which only root has."""
    prctl, drop_from_bounding_set, dac_override = ctypes.CDLL(None).prctl, 24, 1
    prctl(drop_from_bounding_set, dac_override, 0, 0, 0)


@pytest.fixture
def read_only(tmp_path):
    """A folder with a corpus and its source, none of which may be written."""
    (tmp_path / "kept").mkdir()
    build_corpus(tmp_path / "kept" / "corpus", [{"id": str(i), "text": "river"} for i in range(3)])
    shutil.rmtree(tmp_path / "kept" / "corpus" / ".catalog")
    everything = [tmp_path / "kept", *(tmp_path / "kept").rglob("*")]
    for path in everything:
        path.chmod(0o555)
    yield tmp_path / "kept"
    for path in everything:
        path.chmod(0o755)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the rights of root are given up as Linux does it")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["search", "corpus", "river", "--json"], 0, r""),
        (["add", "corpus", "--source", "."], 1, r"corpuscope: \S+ cannot be written: Permission denied\. .+\n"),
        (["build", "new", "--source", "."], 1, r"corpuscope: \S+ cannot be made: Permission denied\.\n"),
        (["export", "corpus", "river", "--out", "x.jsonl"], 1, r"corpuscope: \S+ cannot be written: .+\n"),
    ],
)
def test_a_read_only_folder_is_read_and_what_would_write_says_so(read_only, words, code, said):
    before = sorted(read_only.rglob("*"))
    start = "import sys; from commands.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", start, *words],
        cwd=read_only,
        env=os.environ | {"PYTHONPATH": str(README.parent)},
        preexec_fn=_as_one_without_rights_of_root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, bool(re.fullmatch(said, done.stderr))) == (code, True), done.stderr
    assert sorted(read_only.rglob("*")) == before
    assert code or json.loads(done.stdout)["total"] == 3
