import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpuscope import manifest
from corpuscope.corpus import Corpus
from corpuscope.errors import CorpusNotFound
from pages.environment import for_app, served
from pages.widgets import corpora
from pages.widgets.corpora import Shelf


@pytest.fixture
def folder(tiny_corpus: Corpus, tmp_path: Path) -> Path:
    manifest.commit(tmp_path, tiny_corpus.manifest)
    return tmp_path


def test_a_corpus_is_opened_once_per_version(folder: Path):
    shelf = Shelf(folder)
    assert shelf.corpus() is shelf.corpus()


def test_a_newer_version_is_picked_up_and_the_older_one_goes_on(folder: Path, tiny_corpus: Corpus):
    shelf = Shelf(folder)
    old = shelf.corpus()
    manifest.commit(folder, replace(tiny_corpus.manifest, name="renamed"))
    assert shelf.corpus().name == "renamed"
    assert old.name == "tiny"


def test_a_manifest_that_was_only_touched_is_read_once_more(folder: Path, monkeypatch: pytest.MonkeyPatch):
    shelf = Shelf(folder)
    corpus = shelf.corpus()
    (folder / "corpus.json").touch()
    assert shelf.corpus() is corpus
    monkeypatch.setattr(corpora, "open_corpus", lambda _: pytest.fail("the manifest is read again"))
    assert shelf.corpus() is corpus


def test_a_corpus_that_went_away_is_an_error_not_a_ghost(folder: Path):
    shelf = Shelf(folder)
    shelf.corpus()
    (folder / "corpus.json").unlink()
    with pytest.raises(CorpusNotFound):
        shelf.corpus()


def test_folders_of_one_name_get_keys_of_their_own(monkeypatch: pytest.MonkeyPatch):
    folders = [Path("/a/demo"), Path("/b/demo"), Path("/c/other")]
    for name, value in for_app(folders, "127.0.0.1", 1).items():
        monkeypatch.setenv(name, value)
    assert served() == {"demo": folders[0], "demo-2": folders[1], "other": folders[2]}


def test_a_link_cannot_name_a_folder(serving: Corpus):
    assert corpora.find(None)[1].label == corpora.find("tiny")[1].label == serving.label
    for key in (str(serving.folder), "../tiny", ""):
        with pytest.raises(CorpusNotFound):
            corpora.find(key)


def test_the_environment_names_folders_as_json():
    assert json.loads(for_app([Path("/a b"), Path("/c:d")], "127.0.0.1", 1)["CORPUSCOPE_CORPORA"]) == ["/a b", "/c:d"]
