from pathlib import Path

import pytest

from corpuscope.corpus import Corpus
from indexing.annotators import ANNOTATORS, Given
from indexing.foretelling import Foretold, foretell

LIGHT = [annotator.name for annotator in ANNOTATORS if annotator.open is None]


def test_time_is_in_proportion_to_documents_and_to_characters() -> None:
    found = Foretold(
        annotator="a",
        seconds=2.0,
        documents=10,
        characters=1_000,
        corpus_documents=500,
        corpus_characters=100_000,
        processes=4,
    )
    assert (found.by_documents, found.by_characters) == (25.0, 50.0)


@pytest.mark.parametrize("name", ["words", "tokens", "url_host"])
def test_a_sample_of_the_corpus_is_timed_and_nothing_is_written(tiny_corpus: Corpus, name: str) -> None:
    before = sorted(Path(tiny_corpus.folder).rglob("*"))
    found = foretell(tiny_corpus.folder, name, {}, Given(), workers=1)
    assert found.documents == 39  # all but the first, which warms up
    assert found.seconds > 0 and found.corpus_documents == 40
    assert (found.by_characters is None) == (name == "url_host")
    assert sorted(Path(tiny_corpus.folder).rglob("*")) == before


def test_the_sample_ends_when_enough_was_timed(tiny_corpus: Corpus) -> None:
    assert foretell(tiny_corpus.folder, "words", {}, Given(), workers=1, seconds=1e-9).documents == 1
