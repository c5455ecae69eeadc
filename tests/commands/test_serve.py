import argparse
import socket
from pathlib import Path

import pytest

from commands import serve
from commands.main import main
from corpuscope.corpus import Corpus


def test_the_address_is_this_machine_unless_told_otherwise():
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    args = parser.parse_args(["corpus"])
    assert (args.address, args.port) == ("127.0.0.1", 8501)


def test_listening_more_widely_is_warned_of():
    local = serve.announcement([Path("a"), Path("b")], "127.0.0.1", 8501)
    wide = serve.announcement([Path("a")], "0.0.0.0", 8501)
    assert local == ["Serving a, b at http://127.0.0.1:8501 (stop with Ctrl-C)"]
    assert "Warning" in wide[1] and "no log-in" in wide[1]
    assert len(serve.announcement([Path("a")], "localhost", 1)) == len(serve.announcement([Path("a")], "::1", 1)) == 1


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["serve", str(tmp_path)]) == 1
    assert "is no corpus" in capsys.readouterr().err


def test_a_port_in_use_is_named(tiny_corpus: Corpus, capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", str(tiny_corpus.folder), "--port", str(port)]) == 1
    assert f"port {port}" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--port", "0"], ["--port", "70000"], ["--address", "not an address"]])
def test_an_impossible_address_is_a_usage_error(
    tiny_corpus: Corpus, options: list[str], capsys: pytest.CaptureFixture[str]
):
    assert main(["serve", str(tiny_corpus.folder), *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_corpus_named_twice_is_served_once(tiny_corpus: Corpus):
    assert serve.check_corpora([tiny_corpus.folder, tiny_corpus.folder / ".." / tiny_corpus.folder.name]) == [
        tiny_corpus.folder.resolve()
    ]
