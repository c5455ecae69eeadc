"""An exploration saves itself: it outlives the server, and a second browser joins it by its link."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, sync_playwright

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import _FLAGS, Visit, start_server

RIVER = Query(text="river mountains")


def search(visit: Visit, corpus: Corpus, query: Query) -> None:
    visit.page.get_by_label("Query", exact=True).fill(query.text)
    visit.page.keyboard.press("Enter")
    visit.total(str(corpus.search(query).total))


def label_all(page: Page, name: str) -> None:
    page.locator(".st-key-label button").first.click()
    page.get_by_role("combobox", name="Label").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add to all").click()
    page.locator(".notice", has_text=f"got the label {name}").wait_for()


def test_bookmarks_and_labels_are_filters_and_can_be_undone(visit: Visit, tiny_corpus: Corpus):
    visit.open()
    search(visit, tiny_corpus, RIVER)
    visit.page.locator(".hit .star").first.click()
    visit.page.locator(".hit .star.marked").wait_for()
    total = tiny_corpus.search(RIVER).total
    label_all(visit.page, "keep")
    visit.page.locator(".chip.label", has_text="keep").first.click()
    visit.page.locator(".pill", has_text="label is keep").wait_for()
    visit.total(str(total))
    visit.page.get_by_role("button", name="Undo").click()
    visit.page.locator(".notice", has_text="No document matches").wait_for()
    visit.page.goto(f"{visit.address}/?filter=bookmark%3Dtrue&session={session_of(visit.page)}")
    visit.total("1")
    assert visit.page.locator(".hit").count() == visit.page.locator(".hit .star.marked").count() == 1
    assert visit.page.locator(".chip.label").count() == 0


def session_of(page: Page) -> str:
    return page.url.partition("session=")[2].partition("&")[0]


@pytest.fixture
def windows(chromium: str) -> Iterator[tuple[Page, Page]]:
    """Two browsers that share nothing."""
    with sync_playwright() as playwright:
        browsers = [playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS)) for _ in range(2)]
        first, second = (b.new_page(viewport={"width": 1280, "height": 900}) for b in browsers)
        yield first, second
        for browser in browsers:
            browser.close()


def test_an_exploration_outlives_the_server_and_is_shared_by_its_link(windows: tuple[Page, Page], tiny_corpus: Corpus):
    first, second = windows
    server, address = start_server(tiny_corpus.folder)
    visit = Visit(first, address)
    visit.open()
    search(visit, tiny_corpus, RIVER)
    label_all(first, "good")
    first.locator('a.value[data-name="source=tiny"]').click()
    first.locator(".pill", has_text="source is tiny").wait_for()
    link = first.url.removeprefix(address)
    server.terminate()
    server.wait(20)
    server, address = start_server(tiny_corpus.folder)
    try:
        second.goto(address + link)
        narrowed = tiny_corpus.search(replace(RIVER, filters=("source=tiny",))).total
        Visit(second, address).total(str(narrowed))
        assert second.locator(".chip.label", has_text="good").count() == min(10, narrowed)
        second.get_by_role("link", name="Sessions").click()
        steps = second.locator(".steps li")
        steps.first.wait_for()
        assert [s.split("\n")[1] for s in steps.all_inner_texts()] == [
            "river mountains · source is tiny",
            "river mountains",
        ]
        steps.nth(1).locator("a").click()
        Visit(second, address).total(str(tiny_corpus.search(RIVER).total))
    finally:
        server.terminate()
        server.wait(20)


def test_a_session_is_named_noted_duplicated_deleted_and_brought_back(visit: Visit):
    page = visit.page
    visit.open("?q=river")
    page.wait_for_url("**session=*")
    page.get_by_role("link", name="Sessions").click()
    page.get_by_label("Name", exact=True).fill("rivers of the north")
    page.keyboard.press("Enter")
    page.locator(".sessions b", has_text="rivers of the north").wait_for()
    page.get_by_label("Add a note").fill("look at <b>these</b> again")
    page.get_by_role("button", name="Keep note").click()
    page.locator(".note-text", has_text="look at <b>these</b> again").wait_for()
    page.get_by_role("button", name="Duplicate").click()
    page.locator(".sessions b", has_text="rivers of the north (copy)").wait_for()
    page.locator(".note-text").wait_for()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.locator(".sessions b", has_text="rivers of the north (copy)").wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    page.locator(".sessions b", has_text="rivers of the north (copy)").wait_for()
    page.locator(".note-text").wait_for()
    assert page.locator(".note-text").all_inner_texts() == ["look at <b>these</b> again"]
    assert page.locator(".sessions b", has_text="rivers of the north").count() == 2


def test_a_label_that_cannot_be_is_said_on_the_page_and_nothing_is_lost(visit: Visit):
    visit.open("?q=river")
    visit.page.locator(".st-key-label button").first.click()
    visit.page.get_by_role("combobox", name="Label").fill("L" * 101)
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("button", name="Add to all").click()
    visit.page.locator(".notice.error", has_text="A label is 1 to 100 characters").wait_for()
    assert visit.page.locator(".hit").count() > 0
    assert visit.page.locator(".chip.label").count() == 0


def test_a_mark_that_another_window_took_back_is_said(visit: Visit):
    visit.open("?q=river")
    label_all(visit.page, "keep")
    visit.page.wait_for_url("**session=*")
    assert visit.page.context.browser is not None
    with visit.page.context.browser.new_page() as other:
        other.goto(f"{visit.address}/sessions?session={session_of(visit.page)}")
        other.get_by_role("button", name="undo").click()
        other.locator(".sheet", has_text="Label documents on the Search page").wait_for()
    visit.page.get_by_role("button", name="Undo").click()
    visit.page.locator(".notice.error", has_text="no mark").wait_for()
