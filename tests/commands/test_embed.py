"""Embeddings from the terminal: made, told, asked, refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import corpuscope
from corpuscope.corpus import Corpus
from tests.commands.test_commands import run


@pytest.fixture(scope="module")
def embedded(tiny_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny corpus with vectors by MiniLM."""
    from commands.main import main

    folder = tmp_path_factory.mktemp("embed") / "tiny"
    shutil.copytree(tiny_corpus.folder, folder)
    assert main(["embed", str(folder), "--embedder", "minilm", "--device", "cpu", "--workers", "1"]) == 0
    return folder


def test_info_and_verify_know_the_embeddings(embedded: Path, capsys):
    code, out, _ = run(capsys, "info", embedded)
    assert code == 0 and "embeddings by minilm: sentence-transformers/all-MiniLM-L6-v2, 384 dimensions" in out
    assert "40 vectors, exact: every vector is looked at" in out
    _, out, _ = run(capsys, "info", embedded, "--json")
    told = json.loads(out)["embeddings"]["minilm"]
    assert (told["passages"], told["embedder"]["max_tokens"]) == ("first", 256)
    code, out, _ = run(capsys, "verify", embedded)
    assert code == 0
    vectors = next((embedded / "parts").rglob("*.npy"))
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[:-1])
    code, out, err = run(capsys, "verify", embedded)
    assert code == 1 and vectors.name in out + err
    vectors.write_bytes(whole)


def test_examples_alone_search_by_meaning(embedded: Path, capsys):
    code, out, _ = run(
        capsys, "search", embedded, "--like", "doc-3", "--unlike", "doc-5", "--threshold", "0.2", "--json"
    )
    answer = json.loads(out)
    assert code == 0 and answer["query"]["mode"] == "semantic" and answer["partial"] is None
    assert 0 < answer["similarity"]["percentile"] < 100
    assert not {"doc-3", "doc-5"} & {hit["id"] for hit in answer["hits"]}


def test_a_hybrid_search_tells_both_ranks_and_what_is_partial(embedded: Path, capsys):
    code, out, _ = run(capsys, "search", embedded, "rivers and floods", "--mode", "hybrid", "--k", "2")
    assert code == 0 and "partial (top_n): 40 documents looked at" in out
    assert "by words rank 1, by meaning rank" in out


def test_a_run_and_an_export_go_by_meaning(embedded: Path, tmp_path: Path, capsys):
    topics = tmp_path / "topics.tsv"
    topics.write_text("1\trivers and floods\n2\tmountains\n")
    code, _, _ = run(capsys, "run", embedded, topics, "--out", tmp_path / "run.txt", "--mode", "semantic", "--k", "5")
    assert code == 0 and len((tmp_path / "run.txt").read_text().splitlines()) == 10
    out = tmp_path / "near.jsonl"
    code, _, _ = run(capsys, "export", embedded, "mountains", "--mode", "semantic", "--limit", "3", "--out", out)
    assert code == 0 and len(out.read_text().splitlines()) == 3
    code, _, _ = run(capsys, "replay", f"{out}.recipe.json", "--corpus", embedded, "--out", tmp_path / "again.jsonl")
    assert code == 0 and (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()


def test_costs_are_told_and_nothing_is_written(embedded: Path, capsys):
    before = corpuscope.open(embedded).version
    code, out, _ = run(capsys, "embed", embedded, "--embedder", "minilm", "--device", "cpu", "--foretell")
    assert code == 0 and [line.split()[0] for line in out.splitlines()[1:]] == ["first", "passages", "mean"]
    assert corpuscope.open(embedded).version == before


BAD = [
    (["embed", "{corpus}", "--embedder", "nothing-here"], "There is no folder 'nothing-here'"),
    (["embed", "{corpus}", "--long", "half"], "There is no way 'half' to cut documents"),
    (["embed", "{corpus}", "--batch-tokens", "0"], "--batch-tokens 0"),
    (["embed", "{corpus}", "--embedder", "minilm", "--device", "tpu"], "There is no device 'tpu'"),
    (["embed", "{missing}"], "There is no folder"),
    (["search", "{corpus}", "--like", "nobody"], "There is no document 'nobody'"),
    (["search", "{corpus}", "x", "--mode", "semantic", "--embedder", "other"], "no embeddings by 'other'"),
    (["search", "{corpus}", "x", "--threshold", "0.5"], "threshold is for the modes semantic and hybrid"),
    (["build", "{missing}", "--source", "{corpus}", "--embedder", "nothing-here"], "There is no folder 'nothing-here'"),
]


@pytest.mark.parametrize(("words", "sentence"), BAD, ids=lambda value: str(value)[:40])
def test_what_cannot_be_done_is_one_sentence(embedded: Path, tmp_path: Path, capsys, words: list[str], sentence: str):
    before = corpuscope.open(embedded).version
    code, _, err = run(capsys, *(w.format(corpus=embedded, missing=tmp_path / "missing") for w in words))
    assert code in (1, 2) and sentence in err and len(err.strip().splitlines()) == 1
    assert corpuscope.open(embedded).version == before
    assert not (tmp_path / "missing").exists()
