"""The Ledger page under a hand: rules are added, changed, turned round and moved; documents open; Back leads back."""

import re
from urllib.parse import parse_qs, urlparse

from corpuscope.corpus import Corpus
from corpuscope.ledger.ledger import Ledger
from corpuscope.ledger.tally import Tally
from tests.browser.conftest import Visit

TWO = "rule=rank_b%3E%3D5&rule=topic%3Dscience%2Cpolitics"


def open_ledger(visit: Visit, parameters: str = "corpus=tiny") -> None:
    visit.page.goto(f"{visit.address}/ledger?{parameters}")
    visit.page.locator(".rules, .notice").first.wait_for()


def rules(visit: Visit) -> list[str]:
    return parse_qs(urlparse(visit.page.url).query).get("rule", [])


def wait_for_rules(visit: Visit, *wanted: str) -> None:
    """Wait until the address names these rules and the page shows as many."""
    script = "wanted => JSON.stringify(new URL(location.href).searchParams.getAll('rule')) === JSON.stringify(wanted)"
    visit.page.wait_for_function(script, arg=list(wanted))
    visit.page.locator(".rule").nth(len(wanted) - 1).wait_for()


def kept(visit: Visit, corpus: Corpus) -> None:
    """Wait until the page shows what the rules of the address keep."""
    count = Tally(corpus, Ledger(rules=tuple(rules(visit)))).counts.kept.documents
    visit.page.locator(f'a[data-name="kept"][data-count="{count}"]').wait_for()


def test_a_ledger_is_built_changed_read_and_exported(visit: Visit, tiny_corpus: Corpus):
    page = visit.page
    open_ledger(visit)
    page.get_by_label("Add a rule on a field").click()
    page.keyboard.type("rank_b")
    page.keyboard.press("Enter")
    wait_for_rules(visit, "rank_b>=1")
    page.get_by_label("Or write a rule").fill("topic=science,politics")
    page.keyboard.press("Enter")
    wait_for_rules(visit, "rank_b>=1", "topic=science,politics")

    page.get_by_label("Threshold of rule 1: rank_b ≥").fill("5")
    page.keyboard.press("Enter")
    wait_for_rules(visit, "rank_b>=5", "topic=science,politics")
    kept(visit, tiny_corpus)
    page.locator('a[data-name="flip 1"]').click()
    wait_for_rules(visit, "rank_b<=5", "topic=science,politics")
    page.locator('a[data-name="down 1"]').click()
    wait_for_rules(visit, "topic=science,politics", "rank_b<=5")
    kept(visit, tiny_corpus)
    ledger = page.url

    page.locator('a[data-name="only-2"]').click()
    page.locator(".rule-part .hit").first.wait_for()
    shown = page.locator(".rule-part .hit").evaluate_all("hits => hits.map(h => h.dataset.id)")
    tally = Tally(tiny_corpus, Ledger(rules=("topic=science,politics", "rank_b<=5")))
    assert shown == [hit.id for hit in tally.sample(1, "only")]
    page.locator(".rule-part .hit h4 a").first.click()
    page.locator(".document-head").wait_for()
    assert f"doc={shown[0]}" in page.url
    page.go_back()
    page.locator(".rule-part .hit").first.wait_for()
    page.go_back()
    page.locator(".rule-part").wait_for(state="detached")
    assert page.url == ledger

    page.locator('a[data-name="export"]').click()
    page.locator(".subject").wait_for()
    assert parse_qs(urlparse(page.url).query)["filter"] == ["topic=science,politics", "rank_b<=5"]
    assert visit.strangers == [] and visit.dialogs == []


def test_every_change_is_a_step_that_back_takes_back(visit: Visit, tiny_corpus: Corpus):
    open_ledger(visit, f"corpus=tiny&{TWO}")
    visit.page.locator('a[data-name="remove 1"]').click()
    wait_for_rules(visit, "topic=science,politics")
    visit.page.get_by_label("Values of rule 1: topic is").fill("odd")
    visit.page.keyboard.press("Enter")
    wait_for_rules(visit, "topic=odd")
    visit.page.go_back()
    wait_for_rules(visit, "topic=science,politics")
    kept(visit, tiny_corpus)
    visit.page.go_back()
    wait_for_rules(visit, "rank_b>=5", "topic=science,politics")
    visit.page.wait_for_timeout(1000)  # a change remembered would lead forward again
    assert rules(visit) == ["rank_b>=5", "topic=science,politics"]
    kept(visit, tiny_corpus)


def test_the_slider_moves_by_keys_and_says_what_each_step_keeps(visit: Visit, tiny_corpus: Corpus):
    open_ledger(visit, "corpus=tiny&rule=rank_b%3E%3D5")
    slider = visit.page.get_by_label("Threshold of rule 1, rank_b")
    slider.focus()
    visit.page.keyboard.press("ArrowRight")
    wait_for_rules(visit, "rank_b>=6")
    kept(visit, tiny_corpus)
    count = Tally(tiny_corpus, Ledger(rules=("rank_b>=6",))).counts.kept.documents
    told = visit.page.locator("output", has_text="≥ 6 keeps")
    told.wait_for()
    assert f"keeps {count} documents" in told.inner_text()
    visit.page.keyboard.press("ArrowRight")  # the focus has stayed
    wait_for_rules(visit, "rank_b>=7")
    assert rules(visit) == ["rank_b>=7"]


def test_what_cannot_be_a_threshold_is_said_and_the_rule_stays(visit: Visit):
    open_ledger(visit, f"corpus=tiny&{TWO}")
    visit.page.get_by_label("Threshold of rule 1: rank_b ≥").fill("many")
    visit.page.keyboard.press("Enter")
    visit.page.locator(".notice.error", has_text="which is not a number").wait_for()
    assert rules(visit) == ["rank_b>=5", "topic=science,politics"]


def test_controls_are_reached_and_used_by_keyboard(visit: Visit):
    open_ledger(visit, f"corpus=tiny&{TWO}")
    visit.page.locator('a[data-name="flip 1"]').focus()
    names = []
    for _ in range(5):
        visit.page.keyboard.press("Tab")
        names.append(
            visit.page.evaluate("""() => {
                let active = document.activeElement
                while (active.shadowRoot) active = active.shadowRoot.activeElement
                return active.dataset.name
            }""")
        )
    assert names == ["typed 1", "down 1", "remove 1", "slid 1", "only-1"]
    visit.page.locator('a[data-name="down 1"]').focus()
    visit.page.keyboard.press("Enter")
    wait_for_rules(visit, "topic=science,politics", "rank_b>=5")


def test_the_query_of_a_search_is_the_start_and_the_ledger_comes_back(visit: Visit):
    visit.open("?corpus=tiny&q=river")
    visit.page.get_by_role("link", name="Ledger").click()
    visit.page.get_by_label("Or write a rule").fill("topic=odd")
    visit.page.keyboard.press("Enter")
    wait_for_rules(visit, "topic=odd")
    assert "q=river" in visit.page.url
    visit.page.get_by_role("link", name=re.compile("^(search|.*Search)$")).first.click()
    visit.page.locator(".hit").first.wait_for()
    visit.page.get_by_role("link", name="Ledger").click()
    wait_for_rules(visit, "topic=odd")
