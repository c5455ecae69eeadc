"""Why a document was dropped, and where its text shows it."""

import pytest

from corpuscope.corpus import Corpus
from corpuscope.errors import InvalidQuery
from corpuscope.query import Query
from corpuscope.reading.evidence import evidence
from corpuscope.reading.matches import BLOCK
from corpuscope.reading.reader import read
from corpuscope.reading.reasons import rule_of, show_rule
from corpuscope.rules import RULES
from tests.conftest import build_corpus

BULLETS, SHORT = "gopher_quality:gopher_too_many_bullets", "gopher_quality:gopher_short_doc"
TEXT = "- mail jane.roe@rivers.org the list\n- the second item\n- the third item\n"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """One document that two rules fail, one that none does."""
    rows = [
        {
            "id": "bad",
            "text": TEXT,
            "gopher_quality": "gopher_short_doc",
            "gopher_quality_failed": ["gopher_short_doc", "gopher_too_many_bullets"],
            "gopher_quality_bullet_lines": 1.0,
        },
        {"id": "good", "text": "Some text by the river.", "gopher_quality": "keep", "gopher_quality_failed": []},
    ]
    return build_corpus(tmp_path_factory.mktemp("judged") / "judged", rows, annotators=())


def test_every_rule_that_fails_is_told_with_its_value(judged: Corpus):
    short, bullets = read(judged, Query(), "bad").reasons
    assert (short.key, bullets.key) == (SHORT, BULLETS)
    assert short.value is None and bullets.value is not None and bullets.value.value == 1.0
    assert short.places == 0 and bullets.places == len(evidence(bullets.rule, TEXT)) > 0
    assert read(judged, Query(), "good").reasons == ()


def test_what_shows_a_reason_is_marked_instead_of_the_matches(judged: Corpus):
    query = Query(text="item", mask=False)
    reading = read(judged, query, "bad", why=BULLETS)
    assert reading.matches.spans == evidence(rule_of(BULLETS), TEXT)
    assert reading.matches.spans != read(judged, query, "bad").matches.spans
    assert [(m.start, m.end) for m in reading.marks] == reading.matches.spans


def test_personal_data_in_a_place_stays_masked(judged: Corpus):
    reading = read(judged, Query(), "bad", why=BULLETS)
    assert "[EMAIL]" in reading.text and "jane.roe" not in reading.text and reading.marks


def test_a_rule_without_places_marks_nothing(judged: Corpus):
    reading = read(judged, Query(), "bad", why=SHORT)
    assert reading.marks == [] and reading.knows_all_matches


def test_of_a_book_the_beginning_is_looked_at():
    book = "# x\n" * 300_000
    found = show_rule(rule_of("gopher_quality:gopher_too_many_hashes"), book)
    assert found.end == BLOCK < len(book) and found.cut and found.spans[0] == (0, 1)


def test_every_rule_has_a_name_for_links_and_others_are_refused():
    assert all(rule_of(f"{rule.system}:{rule.reason}") == rule for rule in RULES)
    with pytest.raises(InvalidQuery, match="There is no rule 'gopher_quality:bad'"):
        rule_of("gopher_quality:bad")
