"""The Quality page under a hand: ranges become filters, doors lead to the search; on a document, why it was dropped."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import Visit, start_server
from tests.conftest import build_corpus

LINES = [f"- item {i} of a long list of things by the river" for i in range(60)]
ROWS = [
    {
        "id": "dropped",
        "text": "\n".join(LINES),
        "gopher_quality": "gopher_too_many_bullets",
        "gopher_quality_failed": ["gopher_too_many_bullets"],
        "gopher_quality_bullet_lines": 1.0,
    },
    {"id": "kept", "text": "A river.", "gopher_quality": "keep", "gopher_quality_failed": []},
]


def open_quality(visit: Visit, parameters: str = "corpus=tiny&open=source") -> None:
    visit.page.goto(f"{visit.address}/quality?{parameters}")
    visit.page.locator(".heat").wait_for()


def filters(visit: Visit) -> list[str]:
    return parse_qs(urlparse(visit.page.url).query).get("filter", [])


def test_a_typed_range_narrows_and_leads_to_its_documents_and_back(visit: Visit, tiny_corpus: Corpus):
    open_quality(visit)
    visit.page.get_by_label("rank_b from").fill("5")
    visit.page.get_by_label("rank_b to").fill("9")
    visit.page.keyboard.press("Enter")
    visit.page.locator(".pill", has_text="rank_b is 5 – 9").wait_for()
    total = tiny_corpus.search(Query(filters=("rank_b=5..9",))).total
    visit.page.get_by_role("link", name=f"Show {total} documents").click()
    visit.total(str(total))
    assert filters(visit) == ["rank_b=5..9"] and "/quality" not in visit.page.url
    visit.page.go_back()
    visit.page.locator(".heat").wait_for()
    assert "/quality" in visit.page.url and filters(visit) == ["rank_b=5..9"]
    assert visit.strangers == []


def test_a_drag_over_bars_is_a_range_and_the_corpus_stays_behind(visit: Visit, tiny_corpus: Corpus):
    open_quality(visit)
    bars = visit.page.locator('[data-brush="rank_b"] .bar')
    bars.nth(3).hover()
    visit.page.mouse.down()
    bars.nth(6).hover()
    visit.page.mouse.up()
    visit.page.locator(".pill", has_text="rank_b").wait_for()
    (asked,) = filters(visit)
    total = tiny_corpus.search(Query(filters=(asked,))).total
    visit.page.get_by_role("link", name=f"Show {total} documents").wait_for()
    assert visit.page.locator('[data-brush="score_a"] .bar i').count() > 1
    visit.page.go_back()
    visit.page.get_by_role("link", name=f"Show {tiny_corpus.manifest.rows} documents").wait_for()


def test_ratings_are_found_by_name_as_one_types(visit: Visit):
    open_quality(visit)
    visit.page.get_by_label("Search the ratings").press_sequentially("rank")
    visit.page.locator('.rating[aria-label="score_a"]').wait_for(state="detached")
    assert visit.page.locator(".rating").all_inner_texts()[0].startswith("rank_b")
    asked = visit.page.get_by_label("Search the ratings")
    assert asked.input_value() == "rank" and asked.evaluate("field => field.getRootNode().activeElement === field")


def test_groups_unfold_by_keyboard(visit: Visit):
    open_quality(visit)
    group = visit.page.get_by_role("button", name=re.compile("personal_data"))
    assert group.get_attribute("aria-expanded") == "false"
    group.focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator('.rating[aria-label="pii_email"]').wait_for()
    assert parse_qs(urlparse(visit.page.url).query)["open"] == ["personal_data", "source"]


@pytest.fixture(scope="module")
def judged_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app over documents with decisions listens."""
    corpus = build_corpus(tmp_path_factory.mktemp("corpora") / "judged", ROWS, annotators=())
    server, address = start_server(corpus.folder)
    yield address
    server.terminate()
    server.wait(20)


def test_why_a_document_was_dropped_is_marked_in_its_text(visit: Visit, judged_address: str):
    visit.page.goto(f"{judged_address}/document?corpus=judged&doc=dropped")
    page = visit.page
    page.locator(".reasons li").wait_for()
    assert page.locator(".pane mark").count() == 0
    page.get_by_role("button", name=re.compile("Mark .* in the text")).click()
    page.locator(".pane mark.current").wait_for()
    place = page.locator("[data-place]")
    assert place.inner_text() == "1"
    page.keyboard.press("n")
    assert place.inner_text() == "2"
    page.get_by_role("button", name="Mark them no longer").click()
    page.locator(".pane mark").first.wait_for(state="detached")
    page.go_back()
    page.locator(".pane mark.current").wait_for()
