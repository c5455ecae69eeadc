import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.results import ValueCount, ValueFacet
from pages.environment import for_app
from tests.pages.conftest import Page

Visit = Callable[..., Page]


def test_a_link_opens_the_documents_it_names(visit: Visit, serving: Corpus):
    page = visit(Query(text="river", filters=("topic=odd",)))
    total = serving.search(Query(text="river", filters=("topic=odd",))).total
    assert f"<strong>{total}</strong> of {serving.manifest.rows} documents" in page.html("counts")
    assert page.html("hits").count("<article") == total
    assert page.test.text_input(key="text").value == "river"


def test_the_counts_line_says_how_sure_it_is(visit: Visit, serving: Corpus):
    counts = visit().html("counts")
    for words in ("exact", "all 3 parts", serving.label, "tokens~"):
        assert words in counts


def test_enter_searches_and_the_url_follows(visit: Visit):
    page = visit()
    page.test.text_input(key="text").set_value("mountains")
    page.test.selectbox(key="mode").set_value("phrase")
    page.click("Search")
    assert page.params == {"corpus": ["tiny"], "q": ["mountains"], "mode": ["phrase"]}
    assert "<mark>mountains</mark>" in page.html("hits")


def test_a_filter_in_the_grammar_of_the_command_becomes_a_pill(visit: Visit):
    page = visit(Query(text="river", offset=0))
    page.test.text_input(key="filter").set_value("rank_b>=10")
    page.click("Add")
    assert page.params["filter"] == ["rank_b>=10"]
    assert "rank_b ≥ 10" in page.html("pills")
    assert page.test.text_input(key="filter").value == ""


def test_a_filter_that_cannot_be_read_stays_with_its_reason(visit: Visit):
    page = visit()
    page.test.text_input(key="filter").set_value("nonsense")
    page.click("Add")
    assert page.test.text_input(key="filter").value == "nonsense"
    assert "no field and operator" in page.html("filter_notice")
    assert "<article" in page.html("hits")


def test_order_page_size_and_masking_stand_in_the_url(visit: Visit):
    page = visit(Query(text="river"))
    page.test.selectbox(key="sort").set_value("rank_b:desc").run()
    page.test.selectbox(key="k").set_value(20).run()
    page.test.toggle(key="mask").set_value(False).run()
    assert page.params == {"corpus": ["tiny"], "q": ["river"], "sort": ["rank_b:desc"], "k": ["20"], "mask": ["no"]}


def test_masking_is_on_unless_turned_off(visit: Visit):
    query = Query(text="write call river", filters=("id=mail",))
    assert "[EMAIL]" in visit(query).html("hits")
    assert "jane.roe@rivers.org" in visit(replace(query, mask=False)).html("hits")


def test_hostile_text_is_shown_as_text(visit: Visit):
    markup = visit(Query(filters=("id=html,rtl,nul",))).html("hits")
    assert "<script" not in markup and "<img" not in markup
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ![x](http://evil.example/p.png)" in markup
    assert "\u202e" not in markup and "U+202E" in markup and "␀" in markup


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"filters": "a=b"}, "Did you mean filter"),
        ({"filter": "no_such_field=1"}, "There is no field &#x27;no_such_field&#x27;"),
        ({"q": "(", "mode": "regex"}, "This search cannot be run"),
        ({"where": "1 +"}, "This search cannot be run"),
        ({"corpus": "other"}, "No corpus &#x27;other&#x27; is open here"),
    ],
)
def test_a_request_that_makes_no_sense_is_explained(visit: Visit, params: dict[str, str], sentence: str):
    assert sentence in visit(**params).html("error")


def test_a_boolean_error_offers_the_same_words_as_keywords(visit: Visit):
    notice = visit(Query(text='river "', mode="boolean")).html("error")
    assert 'href="./?corpus=tiny&amp;session=' in notice


def test_no_match_says_which_condition_to_drop(visit: Visit, serving: Corpus):
    page = visit(Query(text="river", filters=("topic=odd", "rank_b>1000")))
    assert "No document matches" in page.html("hits")
    without = serving.search(Query(text="river", filters=("topic=odd",))).total
    assert f"rank_b &gt; 1000</bdi></q></a>: {without} documents" in page.html("hits")


def test_what_to_drop_is_found_out_once(visit: Visit, monkeypatch: pytest.MonkeyPatch):
    page = visit(Query(text="river", filters=("rank_b>1000",)))
    monkeypatch.setattr(Corpus, "search", lambda *_: pytest.fail("the corpus is asked again"))
    assert "rank_b &gt; 1000" in page.run().html("hits")


@pytest.mark.parametrize("mode", ["exact", "regex"])
def test_modes_that_read_every_text_try_nothing_else(visit: Visit, monkeypatch: pytest.MonkeyPatch, mode: str):
    asked = []
    search = Corpus.search
    monkeypatch.setattr(Corpus, "search", lambda corpus, query: asked.append(query) or search(corpus, query))
    page = visit(Query(text="river", mode=mode, filters=("rank_b>1000",)))
    assert "Try other words, or keyword mode" in page.html("hits")
    assert len(asked) == 1


def test_values_that_look_alike_when_masked_are_no_links(visit: Visit, monkeypatch: pytest.MonkeyPatch):
    values = [ValueCount(value="[EMAIL]", count=2, of=2), ValueCount(value="[EMAIL]", count=1, of=1)]
    shown = ValueFacet(values=[*values, ValueCount(value="plain", count=1, of=1)], missing=0, other=0, complete=True)
    search = Corpus.search
    monkeypatch.setattr(Corpus, "search", lambda c, q: replace(search(c, q), facets={"topic": shown}))
    markup = visit(Query(facets=("topic",))).html("facets")
    assert markup.count("Masked values are no filter") == 2
    assert "EMAIL" not in "".join(re.findall(r'(?:href|data-name)="[^"]*"', markup))
    assert 'data-name="topic=plain"' in markup


def test_a_page_past_the_last_one_leads_back(visit: Visit):
    assert "There is no such page" in visit(Query(text="river", offset=1000)).html("hits")


def test_the_pager_leads_to_every_page(visit: Visit, serving: Corpus):
    pages = set(re.findall(r"offset=(\d+)", visit(Query()).html("hits")))
    assert pages == {str(n) for n in range(10, serving.manifest.rows, 10)}


def test_without_a_corpus_the_page_says_how_to_start(visit: Visit, monkeypatch: pytest.MonkeyPatch):
    for name, value in for_app([], "127.0.0.1", 8501).items():
        monkeypatch.setenv(name, value)
    assert "corpuscope serve DIR" in visit().html("error")


def test_more_options_move_the_query(visit: Visit):
    page = visit(Query(text="river", sort="rank_b"))
    page.test.session_state.more = True
    page.run()
    page.test.text_input(key="where").set_value("words > 1")
    page.test.number_input(key="sample").set_value(3)
    page.click("Apply")
    assert page.params == {"corpus": ["tiny"], "q": ["river"], "where": ["words > 1"], "sample": ["3"]}
    assert page.html("hits").count("<article") == 3


def test_one_more_facet(visit: Visit):
    page = visit()
    assert "Law, Order &amp; &quot;Crime&quot;" in page.html("facets")
    page.test.selectbox(key="facet").set_value("tags").run()
    assert "tags:8" in page.params["facet"]
    assert "green" in page.html("facets")


def test_the_whole_subset_is_one_door_away(visit: Visit, serving: Corpus):
    doors = visit(Query(text="river")).html("doors")
    total = serving.search(Query(text="river")).total
    assert re.search(rf'<a href="export\?corpus=tiny[^"]*q=river"[^>]*>Export {total}</a>', doors)
