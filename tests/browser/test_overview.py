"""The Overview page under a hand: cells and bars lead to the search that shows them, and Back leads back."""

import re
from urllib.parse import parse_qs, urlparse

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import Visit


def open_overview(visit: Visit, parameters: str = "") -> None:
    visit.page.goto(f"{visit.address}/overview?{parameters}")
    visit.page.locator(".at-random").wait_for()


def filters(visit: Visit) -> list[str]:
    return parse_qs(urlparse(visit.page.url).query).get("filter", [])


def test_a_cell_opens_the_search_behind_it_and_back_returns(visit: Visit, tiny_corpus: Corpus):
    open_overview(visit, "q=river")
    visit.page.locator('.treemap .group > a[data-name="topic odd"]').click()
    visit.page.locator(".pill", has_text="topic is odd").wait_for()
    visit.total(str(tiny_corpus.search(Query(text="river", filters=("topic=odd",))).total))
    visit.page.go_back()
    visit.page.locator(".treemap").wait_for()
    assert "/overview?" in visit.page.url and filters(visit) == []
    assert visit.strangers == []


def test_a_bar_opens_the_search_behind_it_and_back_stays_on_the_overview(visit: Visit, tiny_corpus: Corpus):
    open_overview(visit)
    bars = visit.page.locator(".st-key-overview_years .barlayer .point path")
    bars.first.wait_for()
    bars.nth(2).click(force=True)
    visit.page.locator(".pill", has_text="year is 2012").wait_for()
    visit.total(str(tiny_corpus.search(Query(filters=("year=2012",))).total))
    visit.page.go_back()
    visit.page.locator(".at-random").wait_for()
    visit.page.wait_for_timeout(1000)  # a click remembered would lead away again
    assert "/overview" in visit.page.url and filters(visit) == []
    visit.page.locator(".st-key-overview_years .barlayer .point path").nth(3).click(force=True)
    visit.page.locator(".pill", has_text="year is 2013").wait_for()


def test_a_choice_of_areas_is_a_step_that_back_takes_back(visit: Visit):
    open_overview(visit, "corpus=tiny")
    visit.page.get_by_text("tokens", exact=True).first.click()
    visit.page.locator('.treemap[aria-label$="tokens"]').wait_for()
    assert "area=tokens" in visit.page.url
    visit.page.go_back()
    visit.page.locator('.treemap[aria-label$="documents"]').wait_for()
    visit.page.wait_for_timeout(1000)  # a choice remembered would lead forward again
    assert "area" not in visit.page.url
    assert visit.page.locator('.treemap[aria-label$="documents"]').count() == 1


def test_cells_are_reached_and_opened_by_keyboard(visit: Visit):
    open_overview(visit)
    visit.page.locator(".treemap a").first.focus()
    visit.page.keyboard.press("Tab")
    name = visit.page.evaluate("""() => {
        let active = document.activeElement
        while (active.shadowRoot) active = active.shadowRoot.activeElement
        return active.getAttribute("aria-label")
    }""")
    assert re.match(r"topic \w+, \w+ .*: \d+ documents", name)
    visit.page.keyboard.press("Enter")
    visit.page.locator(".pill").first.wait_for()
    assert len(filters(visit)) == 2


def test_other_documents_stay_on_the_page(visit: Visit):
    open_overview(visit)
    shown = visit.page.locator(".at-random .hit").evaluate_all("hits => hits.map(h => h.dataset.id)")
    visit.page.locator('a[data-name="others"]').click()
    visit.page.wait_for_url(re.compile("seed=1"))
    visit.page.locator(f'.at-random .hit:first-child:not([data-id="{shown[0]}"])').wait_for()
    assert "/overview?" in visit.page.url


def test_the_query_can_be_changed_here(visit: Visit, tiny_corpus: Corpus):
    open_overview(visit)
    visit.page.get_by_label("Query").fill("river")
    visit.page.keyboard.press("Enter")
    total = tiny_corpus.search(Query(text="river")).total
    visit.page.locator(".overview-figures b", has_text=re.compile(f"^{total}$")).first.wait_for()
    assert "/overview?" in visit.page.url and "q=river" in visit.page.url
