"""The Document page over the tiny corpus, as Streamlit runs it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.fields import Field
from corpuscope.links import DOCUMENT, Link, from_url, to_params
from corpuscope.query import Query
from corpuscope.reading.reader import read
from corpuscope.reading.records import FieldValue, Standing
from pages.environment import for_app
from pages.widgets import exploration
from pages.widgets.document_fields import fields_html
from pages.widgets.document_view import text_html
from tests.pages.conftest import APP, Page

Open = Callable[..., Page]
SESSION = "readers1234"


@pytest.fixture
def open_document(serving: Corpus) -> Open:
    """Open the Document page at a document of a query."""

    def open_document(id: str | None, query: Query = Query(), **place: int) -> Page:  # noqa: B008
        page = Page(AppTest.from_file(str(APP), default_timeout=30)).run()
        page.test.switch_page("document.py")
        page.test.query_params.clear()
        link = Link(query, corpus="tiny", page=DOCUMENT, session=SESSION, document=id, **place)
        for name, values in to_params(link).items():
            page.test.query_params[name] = values
        return page.run()

    return open_document


def links(markup: str) -> list[Link]:
    return [from_url(html.unescape(url)) for url in re.findall(r'href="([^"]+)" data-go', markup)]


def test_text_marks_fields_and_neighbours_are_shown(open_document: Open, serving: Corpus):
    query = Query(text="river", filters=("topic=odd",), k=3)
    hits = serving.search(replace(query, k=50)).hits
    page = open_document(hits[4].id, query, at=5)
    assert "<mark data-n=" in page.html("text")
    assert f"5 of {len(hits)} hits" in page.html("neighbours")
    back, previous, following = links(page.html("neighbours"))
    assert (back.page, back.query.offset, back.query.text) == ("", 3, "river")
    assert [(n.document, n.at) for n in (previous, following)] == [(hits[3].id, 4), (hits[5].id, 6)]
    assert "<bdi>topic</bdi>" in page.html("fields")


def test_a_value_leads_to_the_documents_that_share_it(open_document: Open, serving: Corpus):
    doors = links(open_document("doc-3").html("fields"))
    assert len(doors) > 5
    for door in doors:
        assert "doc-3" in [h.id for h in serving.search(replace(door.query, k=100)).hits], door.query.filters


def test_personal_data_shows_only_when_asked_for_and_that_is_recorded(open_document: Open):
    page = open_document("mail", Query(text="river"))
    before = len(exploration.store().events(SESSION))
    assert 'title="an e-mail address, masked">[EMAIL]</span>' in page.html("text")
    assert "jane.roe" not in page.html("text") + page.html("record")
    next(t for t in page.test.toggle if t.label == "Show personal data").set_value(True)
    page.run()
    assert "jane.roe@rivers.org" in page.html("text")
    events = exploration.store().events(SESSION)
    assert [(e.kind, e.document) for e in events[before:]] == [("reveal", "mail")]
    page.test.query_params["doc"] = "doc-1"
    page.run()
    page.test.query_params["doc"] = "mail"
    assert "jane.roe" not in page.run().html("text")


def test_nothing_is_offered_to_be_shown_where_nothing_is_masked(open_document: Open):
    assert not open_document("doc-1").test.toggle


def test_labels_are_added_and_taken_away(open_document: Open):
    page = open_document("doc-4")
    page.test.multiselect[0].set_value(["keep", "later"])
    page.run()
    assert "labelkeeplater" in re.sub("<[^>]*>", "", page.html("fields"))
    page.test.multiselect[0].set_value(["later"])
    page.run()
    names = {m.name: m.add for m in exploration.store().marks(SESSION) if m.ids == ("doc-4",)}
    assert names == {"keep": False, "later": True}
    assert open_document("doc-5").test.multiselect[0].options == ["keep", "later"]


def test_the_star_says_whether_the_document_is_bookmarked(open_document: Open, serving: Corpus):
    assert 'data-act="star" data-value="doc-6"' in open_document("doc-6").html("head")
    exploration.bookmark(Link(Query(), session=SESSION), serving, "doc-6", add=True)
    assert 'data-act="unstar" data-value="doc-6"' in open_document("doc-6").html("head")


def test_hostile_text_is_shown_as_text(open_document: Open):
    for identifier in ("html", "rtl", "nul"):
        page = open_document(identifier, Query(text="river"))
        everything = "".join(page.html(key) for key in ("text", "head", "fields", "record", "neighbours"))
        assert "<script" not in everything and "<img" not in everything
        assert "\u202e" not in everything and "\x00" not in everything


@pytest.mark.parametrize(
    ("id", "query", "sentence"),
    [
        ("nobody", Query(), "There is no document &#x27;nobody&#x27; in tiny@"),
        (None, Query(), "No document is named"),
        ("doc-1", Query(filters=("nothing=1",)), "There is no field &#x27;nothing&#x27;"),
        ("doc-1", Query(text="(", mode="regex"), "The regular expression cannot be read"),
    ],
)
def test_what_cannot_be_shown_is_explained(open_document: Open, id: str | None, query: Query, sentence: str):
    page = open_document(id, query)
    assert sentence in page.html("error")
    assert not page.html("text")


def test_without_a_corpus_the_page_says_how_to_start(open_document: Open, monkeypatch: pytest.MonkeyPatch):
    page = open_document("doc-1")
    for name, value in for_app([], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)
    assert "corpuscope serve DIR" in page.run().html("error")


def test_a_document_without_query_or_title_is_shown_by_its_id(open_document: Open):
    page = open_document("astral")
    assert '<bdi class="untitled">astral</bdi>' in page.html("head")
    assert "<mark" not in page.html("text") and "match" not in page.html("text")


def test_a_query_that_matches_only_elsewhere_says_so(open_document: Open):
    page = open_document("astral", Query(text="mountains"))
    assert "No match in this text" in page.html("text")
    assert "not found among" in page.html("neighbours")


def test_how_to_suppress_is_a_command_that_a_shell_reads(open_document: Open):
    commands = [c.value for c in open_document("=cmd").test.code]
    assert any(c.startswith("corpuscope suppress ") and c.endswith(" =cmd") for c in commands)


def test_all_pages_of_a_long_text_can_be_reached(tiny_corpus: Corpus):
    reading = replace(
        read(tiny_corpus, Query(text="river"), "mail"), start=80_000, end=80_049, length=200_000, marks=[], title=None
    )
    reading = replace(reading, matches=replace(reading.matches, spans=[(10, 15), (90_000, 90_005)], end=200_000))
    link = Link(Query(text="river"), document="mail")
    markup = text_html(link, reading, is_masked=True)
    assert "characters 80,001 – 80,049 of 200,000" in markup
    assert {door.start for door in links(markup)} == {79_999, 80_049, 10, 90_000}


def test_hundreds_of_fields_stay_readable(tiny_corpus: Corpus):
    values = [FieldValue(Field(name=f"field {i}", type="double"), i / 7 if i < 250 else None) for i in range(500)]
    markup = fields_html(Link(Query()), values, ())
    assert markup.count("<dt>") == 250 and "250 fields without a value" in markup
    assert links(markup) == []


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (Field(name="tokens", type="int", unit="tokens", estimated=True), 12_345, "~12,345 tokens"),
        (Field(name="year", type="int", unit="year"), 2016, ">2016<"),
        (Field(name="link", type="text"), "https://example.org/a", 'href="https://example.org/a"'),
        (Field(name="link", type="text"), "javascript:alert(1)", ">javascript:alert(1)<"),
        (Field(name="a", type="text", caveat='Says "nothing".'), "b", "Says &quot;nothing&quot;."),
    ],
)
def test_values_are_written_as_what_they_are(field: Field, value: object, shown: str):
    markup = fields_html(Link(Query()), [FieldValue(field, value)], ())
    assert shown in markup
    assert 'href="javascript' not in markup


def test_a_number_shows_where_it_stands():
    field = Field(name="toxicity", type="double")
    markup = fields_html(Link(Query()), [FieldValue(field, 0.5, standing=Standing(300, 100, 1_000))], ())
    assert "Higher than 30.0% of the documents with a value, lower than 60.0%" in markup
    assert "left: 30.0%; width: 10.0%" in markup
    few = fields_html(Link(Query()), [FieldValue(field, 0.5, standing=Standing(3, 1, 10))], ())
    assert "scale" not in few


def test_masked_and_endless_values_lead_nowhere():
    field = Field(name="a", type="text")
    values = [FieldValue(field, "[EMAIL]", True), FieldValue(field, "x" * 5_000)]
    markup = fields_html(Link(Query()), values, ())
    assert links(markup) == [] and "x" * 300 not in markup
