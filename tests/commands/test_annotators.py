"""`corpuscope annotators` and `annotate`: what is said of models before anything runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands.main import main
from corpuscope.corpus import Corpus


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_time_for_a_corpus_is_foretold_as_an_estimate(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "annotators", tiny_corpus.folder, "words", "url_host", "--workers", 2)
    assert code == 0
    words, host = out.splitlines()
    assert re.fullmatch(
        r"words: about [\d.]+ s by documents, [\d.]+ s by characters, for 40 documents and 2 workers; an estimate "
        r"from 39 documents of [\d,]+ characters, timed for [\d.]+ s",
        words,
    )
    assert host.startswith("url_host: about ") and "characters" not in host


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["words", "--model", "org/model"], "is for one annotator that takes a model: none of those named does"),
        (["qurater", "celadon", "--model", "org/model"], "takes a model: celadon, qurater"),
        (["qurater", "--batch-tokens", "0"], "--batch-tokens 0 is no number of tokens"),
        (["fineweb_edu", "--model", "/no/such/folder"], "There is no folder '/no/such/folder'"),
        (["fineweb_edu"], "could not be had from the Hugging Face hub"),
    ],
)
@pytest.mark.parametrize("command", ["annotate", "annotators"])
def test_a_model_that_cannot_be_used_is_one_sentence(
    tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str], command: str, words: list[str], says: str
) -> None:
    before = (Path(tiny_corpus.folder) / "corpus.json").read_bytes()
    code, out, err = run(capsys, command, tiny_corpus.folder, *words, "--workers", 1)
    assert code in (1, 2) and out == "" and says in err and err.startswith("corpuscope: ") and err.count("\n") == 1
    assert (Path(tiny_corpus.folder) / "corpus.json").read_bytes() == before
