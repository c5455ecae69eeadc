"""The Quality page over a corpus of ratings, as Streamlit runs it: behind every number are as many documents."""

import html
import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from corpuscope.corpus import Corpus
from corpuscope.links import QUALITY, Link, from_url, to_params
from corpuscope.query import Query
from pages.environment import for_app
from tests.conftest import build_corpus
from tests.corpuscope.ratings.conftest import MADE, ROWS
from tests.pages.conftest import APP, Page

Visit = Callable[..., Page]
DOOR = re.compile(r'<a href="([^"]*)"[^>]*data-count="(\d+)"')


@pytest.fixture(scope="session")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """200 rated documents."""
    return build_corpus(tmp_path_factory.mktemp("pages") / "rated", ROWS, annotators=MADE)


def serve(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    for name, value in for_app([corpus.folder], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def quality(rated: Corpus, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open the Quality page."""
    serve(monkeypatch, rated)

    def quality(query: Query = Query(), **place: object) -> Page:  # noqa: B008
        page = Page(AppTest.from_file(str(APP), default_timeout=30)).run()
        page.test.switch_page("quality.py")
        page.test.query_params.clear()
        for name, values in to_params(Link(query, page=QUALITY, **place)).items():
            page.test.query_params[name] = values
        return page.run()

    return quality


def door(page: Page, panel: str, name: str) -> Link:
    found = re.search(rf'href="([^"]*)"[^>]*data-name="{re.escape(html.escape(name))}"', page.html(panel))
    assert found, name
    return from_url(html.unescape(found[1]))


@pytest.mark.parametrize("query", [Query(), Query(text="river", filters=("grade>=3",))])
@pytest.mark.parametrize("rating", ["grade", "rules"])
def test_behind_every_count_are_as_many_documents(quality: Visit, rated: Corpus, query: Query, rating: str):
    page = quality(query, rating=rating, by=("topic",))
    doors = DOOR.findall(page.html("ratings")) + DOOR.findall(page.html("by"))
    assert len(doors) > 10
    for url, count in doors:
        link = from_url(html.unescape(url))
        assert link.page == "" and rated.search(link.query).total == int(count), url


def test_bars_and_reasons_are_filters_of_this_page(quality: Visit):
    page = quality(open=("rules", "source"))
    bar = door(page, "ratings", "stars 2")
    assert (bar.page, [str(f) for f in bar.query.filters]) == (QUALITY, ["stars=2"])
    reason = door(page, "ratings", "rules=too_short")
    assert (reason.page, [str(f) for f in reason.query.filters]) == (QUALITY, ["rules=too_short"])


def test_the_corpus_stands_behind_the_bars_of_a_part_of_it(quality: Visit):
    assert '<i style="height' not in quality(open=("source",)).html("ratings")
    page = quality(Query(text="river"), open=("source",))
    assert '<i style="height' in page.html("ratings") and "shares of the corpus" in page.html("ratings")


def test_quantiles_lead_to_the_documents_at_that_end(quality: Visit, rated: Corpus):
    page = quality(open=("source",))
    low, high = door(page, "ratings", "grade 5%"), door(page, "ratings", "grade 95%")
    rated_documents = rated.search(Query(filters=("grade?",), k=0)).total
    for link in (low, high):
        assert link.page == "" and 0 < rated.search(link.query).total < 0.1 * rated_documents


def test_groups_fold_and_unfold_by_the_address(quality: Visit):
    page = quality()
    assert 'aria-label="rules"' in page.html("ratings") and 'aria-label="grade"' in page.html("ratings")
    folded = door(page, "ratings", "group source")
    assert folded.open is not None and "source" not in folded.open and "rules" in folded.open
    page = quality(open=("rules",))
    assert 'aria-label="grade"' not in page.html("ratings")
    assert set(door(page, "ratings", "group source").open or ()) == {"rules", "source"}


def test_meaning_caveat_and_source_are_one_click_away(quality: Visit, rated: Corpus):
    page = quality(open=("language",))
    field = rated.fields["language_score"]
    assert "<details" in page.html("ratings")
    for note in (field.meaning, field.caveat, field.source):
        assert html.escape(note) in page.html("ratings")


def test_cells_open_what_two_ratings_agree_on(quality: Visit, rated: Corpus):
    page = quality(compare=("stars", "grade", "same"))
    cell = door(page, "compare", "stars grade")
    assert cell.page == "" and {f.field for f in cell.query.filters} == {"stars", "grade"}
    assert 0 < rated.search(cell.query).total < 200
    assert page.html("compare").count("–") >= 4


def test_a_choice_of_rating_and_field_is_in_the_address(quality: Visit):
    page = quality(open=("rules",))
    page.test.selectbox(key="quality_rating").set_value("grade").run()
    page.test.selectbox(key="quality_by").set_value("year").run()
    assert page.params["rating"] == ["grade"] and page.params["by"] == ["year"]
    assert 'aria-label="grade by year"' in page.html("by")
    page.test.multiselect(key="quality_compared").set_value(["grade", "stars"]).run()
    assert page.params["compare"] == ["grade", "stars"] and page.html("compare").count("<tr>") == 3


@pytest.mark.parametrize("place", [{"rating": "nonsense"}, {"by": ("nonsense",)}, {"compare": ("nonsense", "grade")}])
def test_what_a_link_cannot_mean_is_said(quality: Visit, place: dict[str, object]):
    page = quality(**place)
    assert "There is no field &#x27;nonsense&#x27;" in page.html("by") + page.html("compare")


def test_when_nothing_matches_there_is_a_way_on(quality: Visit):
    notice = quality(Query(text="river", filters=("topic=unheard",))).html("nothing")
    assert "No document matches" in notice
    bare = from_url(html.unescape(re.search(r'href="([^"]*)"[^>]*>Drop all conditions', notice)[1]))
    assert (bare.page, bare.query) == (QUALITY, Query(text="river"))


def test_a_query_that_cannot_be_run_says_why(quality: Visit):
    assert "There is no field &#x27;nonsense&#x27;" in quality(Query(filters=("nonsense=1",))).html("error")


def test_a_corpus_without_ratings_says_what_makes_them(
    quality: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
):
    rows = [{"id": "only", "text": "one document", "topic": "a"}]
    serve(monkeypatch, build_corpus(tmp_path_factory.mktemp("bare") / "bare", rows, annotators=()))
    page = quality()
    assert "corpuscope annotate" in page.html("nothing") and page.html("ratings") == ""


def test_hostile_values_are_text_and_masked_ones_lead_nowhere(
    quality: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
):
    values = ["<script>alert(1)</script>", "jane.roe@rivers.org", "a\u202eb"]
    rows = [{"id": str(i), "text": "x y", "topic": v, "rules": v, "rules_failed": ["x"]} for i, v in enumerate(values)]
    serve(monkeypatch, build_corpus(tmp_path_factory.mktemp("hostile") / "hostile", rows))
    page = quality(rating="rules", by=("topic",))
    for panel in ("ratings", "by"):
        markup = page.html(panel)
        assert "<script" not in markup and "&lt;script&gt;" in markup and "\u202e" not in markup
        assert "jane.roe" not in markup and "[EMAIL]" in markup


def test_under_a_hit_a_rating_stands_on_its_scale(quality: Visit, rated: Corpus):
    page = quality(Query(), show=("grade", "characters", "topic"))
    page.test.switch_page("search.py")
    hits = page.run().html("hits")
    drawn = len(re.findall(r' grade<span class="standing">', hits))
    graded = sum(h.fields["grade"] is not None for h in rated.search(Query()).hits)
    assert drawn == graded > 0 and ' characters<span class="standing">' not in hits


def test_a_rule_s_threshold_opens_what_fails_it(
    quality: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
):
    name = "gopher_quality_words"
    decided = {"text": "x y", "gopher_quality": "keep", "gopher_quality_failed": ["x"]}
    rows = [decided | {"id": str(i), name: 20 * i} for i in range(5)]
    corpus = build_corpus(tmp_path_factory.mktemp("ruled") / "ruled", rows)
    serve(monkeypatch, corpus)
    page = quality(open=("gopher_quality",))
    failing = door(page, "ratings", "fails gopher_short_doc")
    assert [h.id for h in corpus.search(failing.query).hits] == ["0", "1", "2"]
    assert "kept when ≥ 50" in page.html("ratings")
