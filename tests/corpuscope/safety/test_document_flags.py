"""On a document the flagged places are evidence: marked at their code points, masked or not."""

from __future__ import annotations

import pytest

from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery
from corpuscope.query import Query
from corpuscope.reading.reader import read
from tests.corpuscope.safety.conftest import ROWS, spans_of

FLAGGED = next(i for i in range(20, len(ROWS)) if spans_of(i))


@pytest.mark.parametrize("mask", [True, False])
def test_flagged_places_are_marked_where_they_stand(flagged_corpus: Corpus, mask: bool):
    found = read(flagged_corpus, Query(text="lake", mask=mask), f"d{FLAGGED}", why="flags:toxicity_spans")
    assert [found.text[m.start : m.end] for m in found.marks] == [f"bad{FLAGGED}"]
    assert ("[EMAIL]" in found.text) == mask and found.knows_all_matches


def test_a_document_says_which_fields_flag_places_of_it(flagged_corpus: Corpus):
    (flag,) = read(flagged_corpus, Query(), f"d{FLAGGED}").flags
    assert (flag.field.name, flag.places, flag.told) == ("toxicity_spans", 1, ("0.91",))
    assert read(flagged_corpus, Query(), "d0").flags == ()


def test_a_field_without_places_shows_nothing_and_says_which_do(flagged_corpus: Corpus):
    assert read(flagged_corpus, Query(), "d0", why="flags:toxicity_spans").marks == []
    with pytest.raises(InvalidQuery, match="grade lists no flagged places"):
        read(flagged_corpus, Query(), "d0", why="flags:grade")
