import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from corpuscope.corpus import Corpus
from corpuscope.links import OVERVIEW, from_url
from corpuscope.query import Query
from corpuscope.sessions.marks import with_marks
from pages.environment import for_app
from pages.widgets import corpora
from tests.conftest import build_corpus
from tests.pages.conftest import Page

Visit = Callable[..., Page]
PANELS = ("figures", "treemap", "breakdowns", "years_table", "lengths_table")
DOOR = re.compile(r'<a href="([^"]*)"[^>]*data-count="(\d+)"')


@pytest.fixture
def overview(visit: Visit) -> Visit:
    """Open the Overview page."""

    def overview(query: Query | None = None, **params: str) -> Page:
        page = visit(query, **params)
        page.test.switch_page("overview.py")
        return page.run()

    return overview


def serve(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    """Let the app show another corpus."""
    for name, value in for_app([corpus.folder], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("query", [Query(), Query(text="river north"), Query(filters=("topic=odd,science",))])
def test_behind_every_number_are_as_many_documents(overview: Visit, serving: Corpus, query: Query):
    page = overview(query)
    for panel in PANELS:
        doors = DOOR.findall(page.html(panel))
        assert doors, panel
        for url, count in doors:
            link = from_url(html.unescape(url))
            assert link.page == "" and link.corpus == "tiny"
            assert serving.search(link.query).total == int(count), (panel, url)


def test_a_sample_is_no_part_of_a_composition(overview: Visit, serving: Corpus):
    page = overview(Query(text="river", sample=3, seed=4))
    assert f"<b>{serving.search(Query(text='river')).total}</b>" in page.html("figures")
    assert "at random" not in page.html("pills") and "sample=" not in page.html("treemap")


def test_the_figures_are_of_the_query_and_of_the_corpus(overview: Visit, serving: Corpus):
    figures = overview(Query(text="river")).html("figures")
    result = serving.search(Query(text="river"))
    assert f"<b>{result.total}</b><span>of {serving.manifest.rows} documents</span>" in figures
    assert f'title="{result.tokens.count:,} of' in figures and "tokens (estimated)" in figures
    assert "left out at build" in figures and 'href="corpus?' in figures


def test_the_treemap_is_by_the_chosen_fields(overview: Visit):
    page = overview()
    assert "Documents by topic; areas are documents" in page.html("treemap")
    page.test.selectbox(key="overview_outer").set_value("url_host").run()
    page.test.selectbox(key="overview_inner").set_value("topic").run()
    page.test.segmented_control(key="overview_measure").set_value("tokens").run()
    assert page.params == {"corpus": ["tiny"], "by": ["url_host", "topic"], "area": ["tokens"]}
    treemap = page.html("treemap")
    assert "Documents by url_host; areas are tokens" in treemap
    assert 'aria-label="url_host site0.example.net, topic science: ' in treemap


def test_a_link_says_what_the_treemap_is_by(overview: Visit):
    page = overview(by="language")
    assert "Documents by language; areas are documents" in page.html("treemap")
    assert page.test.selectbox(key="overview_inner").value is None
    assert "no field &#x27;nonsense&#x27;" in overview(by="nonsense").html("error")


def test_cells_and_rows_say_both_counts_in_full(overview: Visit, serving: Corpus):
    wanted = Query(text="river", filters=("topic=odd",))
    result = serving.search(wanted)
    whole = serving.search(Query(filters=("topic=odd",))).total
    told = f"topic odd: {result.total} documents, {result.tokens.count:,}~ tokens (of {whole} documents in the corpus)"
    page = overview(Query(text="river"))
    assert f'aria-label="{told}"' in page.html("treemap")
    assert f'aria-label="{told}"' in page.html("breakdowns")


def test_documents_at_random_and_others(overview: Visit, serving: Corpus):
    page = overview()
    first = page.html("at_random")
    sample = Query(sample=20, k=20)
    assert re.findall(r'data-id="([^"]*)"', first) == [html.escape(h.id) for h in serving.search(sample).hits]
    others = from_url(html.unescape(re.search(r'href="([^"]*)"[^>]*data-name="others"', first)[1]))
    assert (others.page, others.query.seed) == (OVERVIEW, 1)
    assert re.findall(r'data-id="([^"]*)"', overview(others.query).html("at_random")) != re.findall(
        r'data-id="([^"]*)"', first
    )


def test_the_last_seed_is_followed_by_the_first(overview: Visit):
    page = overview(Query(seed=2**63 - 1))
    others = re.search(r'href="([^"]*)"[^>]*data-name="others"', page.html("at_random"))[1]
    assert from_url(html.unescape(others)).query.seed == 0


def test_documents_that_cannot_be_read_are_said_to_be_so(
    overview: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    corpus = build_corpus(tmp_path / "torn", [{"id": str(i), "text": "x y"} for i in range(3)])
    serve(monkeypatch, corpus)
    assert "3 documents at random" in overview().html("at_random")
    (corpus.folder / corpus.manifest.parts[0].documents.path).unlink()
    assert "corpuscope verify" in overview(Query(seed=1)).html("at_random")


def test_other_documents_and_other_orders_count_nothing_anew(overview: Visit):
    overview(Query(text="river"))
    composed = with_marks(corpora.find("tiny")[1], ()).kept["corpuscope.composition.compose"].cache_info
    counted = composed().misses
    assert counted
    overview(Query(text="river", seed=7))
    overview(Query(text="river", sort="rank_b", k=20))
    assert composed().misses == counted


def test_personal_data_is_masked(overview: Visit):
    query = Query(filters=("id=mail",))
    assert "[EMAIL]" in overview(query).html("at_random")
    assert "jane.roe" not in overview(query).html("at_random")


def test_when_nothing_matches_there_is_a_way_on(overview: Visit):
    notice = overview(Query(text="river", filters=("topic=unheard",))).html("nothing")
    assert "No document matches" in notice
    bare = from_url(html.unescape(re.search(r'href="([^"]*)"[^>]*>Drop all conditions', notice)[1]))
    assert (bare.page, bare.query) == (OVERVIEW, Query(text="river"))


def test_a_query_that_cannot_be_run_says_why(overview: Visit):
    assert "There is no field &#x27;nonsense&#x27;" in overview(Query(filters=("nonsense=1",))).html("error")
    assert "no parameter" in overview(colour="red").html("error")


def test_without_a_corpus_the_page_says_how_to_build_one(overview: Visit, monkeypatch: pytest.MonkeyPatch):
    for name, value in for_app([], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)
    assert "corpuscope serve DIR" in overview().html("error")


def test_one_document_without_any_computed_field(overview: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    corpus = build_corpus(tmp_path / "bare", [{"id": "only", "text": "one document"}], annotators=())
    serve(monkeypatch, corpus)
    page = overview()
    assert "<b>1</b><span>of 1 document</span>" in page.html("figures") and "tokens" not in page.html("figures")
    assert 'data-count="1"' in page.html("treemap")
    assert (page.html("years_table"), page.html("lengths_table")) == ("", "")
    assert "The document" in page.html("at_random") and "others" not in page.html("at_random")


def test_hostile_values_are_text_and_masked_ones_lead_nowhere(
    overview: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    topics = ["<script>alert(1)</script>", "jane.roe@rivers.org", "a\u202eb"]
    rows = [{"id": str(i), "text": "x y", "topic": t} for i, t in enumerate(topics * 2)]
    serve(monkeypatch, build_corpus(tmp_path / "hostile", rows))
    page = overview()
    for panel in ("treemap", "breakdowns"):
        markup = page.html(panel)
        assert "<script" not in markup and "&lt;script&gt;" in markup
        assert "jane.roe" not in markup and "[EMAIL]" in markup and "\u202e" not in markup
        assert "Masked values are no filter." in markup


def test_the_build_s_losses_are_told_by_reason(overview: Visit):
    assert "<b>1</b> duplicate id" in overview().html("left_out")
