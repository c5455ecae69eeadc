"""The Safety page as Streamlit runs it: behind every number are as many documents, and texts stay folded."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.links import SAFETY, SEARCH, Link, from_url, to_params
from corpuscope.query import Query
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import dimensions
from corpuscope.safety.effect import threshold_effect
from corpuscope.safety.population import population
from pages.environment import for_app
from pages.widgets import exploration, location
from pages.widgets.safety import controls
from pages.widgets.safety.place import place_of
from tests.conftest import build_corpus
from tests.corpuscope.safety.conftest import MADE, ROWS
from tests.pages.conftest import APP, Page

Visit = Callable[..., Page]
COUNTED = re.compile(r'<a href="([^"]*)"[^>]*data-count="(\d+)"')
PANELS = ("flags", "threshold", "ratings", "domains", "pays")


@pytest.fixture(scope="session")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """240 documents with scores."""
    return build_corpus(tmp_path_factory.mktemp("safety") / "flagged", ROWS, annotators=MADE)


def serve(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    for name, value in for_app([corpus.folder], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def safety(flagged: Corpus, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open the Safety page."""
    serve(monkeypatch, flagged)

    def safety(query: Query = Query(), **place: object) -> Page:  # noqa: B008
        page = Page(AppTest.from_file(str(APP), default_timeout=60)).run()
        page.test.switch_page("safety.py")
        page.test.query_params.clear()
        for name, values in to_params(Link(query, page=SAFETY, **place)).items():  # type: ignore[arg-type]
            page.test.query_params[name] = values
        return page.run()

    return safety


@pytest.mark.parametrize("query", [Query(), Query(text="lake", filters=("stars>=1",))])
@pytest.mark.parametrize(
    "place", [{}, {"threshold": "0.71", "keep": "flagged", "by": ("topic",), "groups": ("x\nstars>=3",)}]
)
def test_behind_every_count_are_as_many_documents(safety: Visit, flagged: Corpus, query: Query, place: dict):
    page = safety(query, **place)
    doors = [d for panel in PANELS for d in COUNTED.findall(page.html(panel))]
    assert len(doors) > 40
    for url, count in doors:
        link = from_url(html.unescape(url))
        assert link.page == SEARCH
        assert flagged.search(link.query).total == int(count), link.query.filters


def test_the_figures_are_those_of_the_threshold_in_the_address(safety: Visit, flagged: Corpus):
    markup = safety(threshold="0.3").html("threshold")
    known = dimensions(flagged.fields.values())[0]
    effect = threshold_effect(population(flagged, Query()), Cut(known, "0.3"))
    assert f"<b>{effect.kept.documents:,}</b>" in markup and f"<b>{effect.dropped.documents:,}</b>" in markup
    assert f"{effect.kept.tokens:,} tokens (estimated)" in markup and "~ tokens" in markup


def test_texts_are_folded_and_their_flagged_places_marked(safety: Visit):
    page = safety(threshold="0.5")
    markup = page.html("near") + page.html("review")
    folded = re.findall(r"<details([^>]*)><summary>May be offensive", markup)
    assert len(folded) == 11 and not any("open" in attributes for attributes in folded)
    assert re.search(r"<mark>bad\d+</mark>", markup) and "[EMAIL]" in markup and "rivers.org" not in markup


def test_a_dimension_without_a_scale_has_neither_slider_nor_borderline(safety: Visit):
    page = safety(dimension="celadon_label")
    assert "no threshold to move" in page.html("threshold") and 'type="range"' not in page.html("threshold")
    assert "nothing near it" in page.html("near")


def test_a_corpus_without_flags_says_how_to_make_them(
    tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    plain = build_corpus(tmp_path / "plain", [{"id": "a", "text": "some words"}], annotators=("characters",))
    serve(monkeypatch, plain)
    page = Page(AppTest.from_file(str(APP), default_timeout=60)).run()
    page.test.switch_page("safety.py")
    assert f"corpuscope annotate {plain.folder} toxicity" in page.run().html("nothing")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"dimension": "grade"}, "No field &#x27;grade&#x27; flags documents here."),
        ({"groups": ("no filter",)}, "A group needs a name"),
        ({"by": ("grade",)}, "makes no groups"),
        ({"query": Query(filters=("nonsense=1",))}, "nonsense"),
    ],
)
def test_what_cannot_be_counted_is_said(safety: Visit, place: dict, said: str):
    assert said in safety(**place).html("error")


def test_where_nothing_matches_there_is_a_way_on(safety: Visit):
    assert "No document matches" in safety(Query(text="zebra")).html("nothing")


def place(corpus: Corpus, link: Link):
    return place_of(link, exploration.marked(link, corpus), dimensions(corpus.fields.values()))


def test_a_slid_or_typed_threshold_is_a_move_and_nonsense_is_refused(flagged: Corpus, monkeypatch: pytest.MonkeyPatch):
    from corpuscope.errors import InvalidQuery
    from corpuscope.safety.curve import curve

    moves: list[Link] = []
    monkeypatch.setattr(location, "go", moves.append)
    here = place(flagged, Link(Query(seed=3), page=SAFETY, session="safety0001"))
    found = curve(here.population(), here.cut.dimension)
    act = controls.on_threshold(here, found)
    act("range", '["slid", "2", null]')
    act("slid", "5")
    act("range", '["typed", " 0.25 ", null]')
    assert [m.threshold for m in moves] == [str(found.points[2].threshold), str(found.points[5].threshold), "0.25"]
    assert {m.query.seed for m in moves} == {0}
    with pytest.raises(InvalidQuery, match="not a number"):
        act("range", '["typed", "many", null]')


def test_a_verdict_is_kept_and_the_estimate_follows(safety: Visit, flagged: Corpus):
    session = "safety0002"
    link = Link(Query(), page=SAFETY, session=session)
    for number, verdict in enumerate(("agree", "disagree", "skip")):
        page = safety(session=session)
        shown = re.search(r'data-act="agree" data-value="(d\d+)"', page.html("review"))
        assert shown and f"<b>{min(number, 2)}</b>" in page.html("review")
        controls.on_review(place(flagged, link))(verdict, shown[1])
    markup = safety(session=session).html("review")
    assert "<b>50%</b>" in markup and "judged, 1 skipped" in markup
    (_, mark) = exploration.reviews(link, flagged, "toxicity")[-1]
    controls.on_review(place(flagged, link))("undo", str(mark.id))
    assert "skipped" not in safety(session=session).html("review")


def test_on_a_document_the_flagged_places_are_behind_a_warning(safety: Visit):
    page = safety()
    page.test.switch_page("document.py")
    page.test.query_params["doc"] = "d20"
    fields = page.run().html("fields")
    found = re.search(r"<details([^>]*)><summary><b><bdi>toxicity_spans.*?may be offensive", fields)
    assert found and "open" not in found[1] and "<mark" not in page.html("text")
    there = from_url(html.unescape(re.search(r'href="([^"]*)"[^>]*data-name="why flags:toxicity_spans"', fields)[1]))
    page.test.query_params["why"] = there.why
    page.run()
    assert re.search(r"<mark[^>]*>bad20</mark>", page.html("text"))
    assert "what toxicity_spans flags" in page.html("text")
