"""What only a real browser can show: clicks, Back, downloads, and text that stays text."""

import re
import signal
from dataclasses import replace

import pytest

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import Visit, start_server


def test_find_and_narrow_down(visit: Visit, tiny_corpus: Corpus):
    visit.open()
    visit.page.get_by_placeholder("Search the documents").fill("river mountains")
    visit.page.keyboard.press("Enter")
    found = Query(text="river mountains")
    visit.total(str(tiny_corpus.search(found).total))
    visit.page.locator('a.value[data-name="source=tiny"]').click()
    visit.page.locator(".pill", has_text="source is tiny").wait_for()
    visit.page.locator('.facet a[data-name="year!?"]').click()
    wanted = replace(found, filters=("source=tiny", "year!?"))
    total = tiny_corpus.search(wanted).total
    assert 0 < total < tiny_corpus.search(found).total
    visit.total(str(total))
    assert visit.strangers == []


def test_every_step_is_in_the_url_and_back_restores_it(visit: Visit, tiny_corpus: Corpus):
    visit.open("?q=river")
    first = visit.page.locator(".counts strong").inner_text()
    visit.page.locator('a.value[data-name="source=tiny"]').wait_for()
    visit.page.locator('a.minus[data-name="-language=en"]').click()
    visit.page.locator(".pill", has_text="language is not en").wait_for()
    assert "filter=language%21%3Den" in visit.page.url
    visit.page.go_back()
    visit.page.locator(".pill").wait_for(state="detached")
    visit.total(first)
    assert "filter" not in visit.page.url
    visit.page.go_forward()
    visit.page.locator(".pill", has_text="language is not en").wait_for()


def test_pages_turn(visit: Visit, tiny_corpus: Corpus):
    visit.open()
    visit.page.locator('a[aria-label="Next page"]').click()
    visit.page.locator(".page.here", has_text="2").wait_for()
    shown = visit.page.locator(".hit").evaluate_all("hits => hits.map(h => h.dataset.id)")
    assert shown == [h.id for h in tiny_corpus.search(Query(offset=10)).hits]


def test_the_query_survives_a_visit_to_another_page(visit: Visit):
    visit.open("?q=river")
    visit.page.get_by_role("link", name="Corpus").click()
    visit.page.locator(".sheet").wait_for()
    visit.page.get_by_role("link", name="Search").first.click()
    visit.page.locator("mark", has_text=re.compile("river")).first.wait_for()
    assert "q=river" in visit.page.url


def test_hostile_documents_show_as_text(visit: Visit):
    visit.open("?filter=id%3Dhtml%2Crtl%2Cnul")
    hits = visit.page.locator(".hits").inner_text()
    assert "<script>alert(1)</script> ![x](http://evil.example/p.png)" in hits
    assert "U+202E" in hits and "\u202e" not in hits
    assert visit.page.locator(".hit img, .hit script").count() == 0
    assert (visit.dialogs, visit.strangers) == ([], [])


def test_hostile_values_in_the_url_show_as_text(visit: Visit):
    visit.open("?filter=%22%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22%3D1")
    assert "<img src=x onerror=alert(1)>" in visit.page.locator(".notice").inner_text()
    visit.open("?q=!%5Bx%5D(http%3A%2F%2Fevil.example%2Fp.png)%20%3Cscript%3Ealert(1)%3C%2Fscript%3E&mode=exact")
    assert (visit.dialogs, visit.strangers) == ([], [])


def test_a_page_may_fetch_nothing_from_elsewhere(visit: Visit):
    visit.open()
    visit.page.evaluate("() => { new Image().src = 'http://evil.example/p.png' }")
    failed = visit.page.evaluate("() => fetch('http://evil.example/').then(() => false, () => true)")
    assert failed
    refused = """() => new Promise(done => {
        document.addEventListener("securitypolicyviolation", event => done(event.blockedURI), {once: true})
        try { new WebSocket("ws://evil.example/") } catch {}
    })"""
    assert visit.page.evaluate(refused).startswith("ws://evil.example")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_when_told_to(tiny_corpus: Corpus, stop: signal.Signals):
    server, _ = start_server(tiny_corpus.folder)
    server.send_signal(stop)
    assert server.wait(20) in (0, -stop)
    assert server.stderr is not None
    assert "Traceback" not in server.stderr.read().decode()


def test_facet_values_clicked_in_quick_succession_all_count(visit: Visit, tiny_corpus: Corpus):
    visit.open("?q=river")
    steps = visit.page.evaluate("history.length")
    source = visit.page.locator('a.value[data-name="source=tiny"]').element_handle()
    language = visit.page.locator('a.value[data-name="language=en"]').element_handle()
    visit.page.evaluate("all => all.forEach(one => one.click())", [source, source, language])  # one a double click
    visit.page.locator(".pill", has_text="language is en").wait_for()
    assert visit.page.locator(".pill", has_text="source is tiny").count() == 1
    visit.total(str(tiny_corpus.search(Query(text="river", filters=("source=tiny", "language=en"))).total))
    assert visit.page.evaluate("history.length") == steps + 2


def test_stars_clicked_in_quick_succession_all_count(visit: Visit):
    visit.open()
    stars = visit.page.locator(".hit .star")
    stars.first.wait_for()
    visit.page.evaluate("all => all.forEach(one => one.click())", stars.element_handles()[:4])
    visit.page.locator(".hit .star.marked").nth(3).wait_for()
    assert visit.page.locator(".hit .star.marked").count() == 4


def test_values_of_a_facet_are_searched_as_one_types(visit: Visit):
    visit.open("?facet=language:1")
    ask = visit.page.locator("input[data-ask]").first
    ask.click()
    visit.page.keyboard.type("qqqq", delay=20)
    visit.page.locator(".facet", has_text="no value holds this").wait_for()
    assert ask.input_value() == "qqqq"
