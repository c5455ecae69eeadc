"""Reading in a real browser: keys, marks, arrows and the way back."""

from __future__ import annotations

import re

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import Visit


def test_read_a_hit_step_through_it_go_on_and_come_back(visit: Visit, tiny_corpus: Corpus):
    query = Query(text="river mountains", k=20)
    hits = tiny_corpus.search(query).hits
    visit.open("?q=river+mountains&k=20")
    visit.page.locator(".hit h4 a").nth(2).click()
    visit.page.locator(".pane mark.current").wait_for()
    assert f"doc={hits[2].id}" in visit.page.url and "at=3" in visit.page.url
    visit.page.locator(".neighbours", has_text="3 of").wait_for()  # which knows the arrows; drawn by itself
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_url(re.compile(f"doc={hits[3].id}&"))
    visit.page.locator(
        ".neighbours", has_text=f"4 of {len(tiny_corpus.search(Query(text=query.text, k=99)).hits)}"
    ).wait_for()
    visit.page.keyboard.press("ArrowLeft")
    visit.page.wait_for_url(re.compile(f"doc={hits[2].id}&"))
    visit.page.locator(".neighbours", has_text="3 of").wait_for()
    visit.page.go_back()
    visit.page.wait_for_url(re.compile(f"doc={hits[3].id}&"))
    visit.page.locator(".neighbours", has_text="4 of").wait_for()
    visit.page.get_by_role("link", name="Back to the hits").click()
    visit.page.locator(".hit").first.wait_for()
    shown = visit.page.locator(".hit").evaluate_all("hits => hits.map(h => h.dataset.id)")
    assert shown == [h.id for h in hits]


def test_marks_are_stepped_through_by_keys_and_buttons(visit: Visit):
    visit.page.goto(f"{visit.address}/document?doc=mail&q=write+call+river")
    visit.page.locator(".pane mark.current").wait_for()
    marks = visit.page.locator(".pane mark")
    current = visit.page.locator(".pane mark.current")
    place = visit.page.locator("[data-place]")
    seen = []
    for key in "nnp":
        visit.page.keyboard.press(key)
        seen.append((current.inner_text(), place.inner_text()))
    words = marks.all_inner_texts()
    assert len(words) == 3
    assert seen == [(words[1], "2"), (words[2], "3"), (words[1], "2")]
    visit.page.get_by_role("button", name="Next match").click()
    visit.page.get_by_role("button", name="Next match").click()  # around
    assert current.inner_text() == words[0]
    visit.page.locator(".strip .tick").last.click()
    assert current.inner_text() == words[2]


def test_typing_a_label_steps_through_nothing(visit: Visit):
    visit.page.goto(f"{visit.address}/document?doc=mail&q=write+river&at=1")
    visit.page.locator(".pane mark.current").wait_for()
    visit.page.get_by_role("combobox", name="Labels").click()
    visit.page.keyboard.type("npn")
    assert visit.page.locator("[data-place]").inner_text() == "1"
    visit.page.keyboard.press("Enter")
    visit.page.locator(".document-fields dd", has_text="npn").wait_for()
    assert "doc=mail" in visit.page.url


def test_a_star_is_kept_and_personal_data_is_masked_again(visit: Visit):
    visit.page.goto(f"{visit.address}/document?doc=mail&q=river")
    visit.page.get_by_role("button", name="Bookmark this document").click()
    visit.page.get_by_role("button", name="Remove the bookmark").wait_for()
    visit.page.get_by_text("Show personal data").click()
    visit.page.locator(".pane", has_text="jane.roe@rivers.org").wait_for()
    visit.page.get_by_role("link", name="Back to the hits").click()
    visit.page.locator(".hit").first.wait_for()
    visit.page.go_back()
    visit.page.locator(".pane", has_text="[EMAIL]").wait_for()
    visit.page.get_by_role("button", name="Remove the bookmark").wait_for()
    assert "jane.roe@rivers.org" not in visit.page.locator(".pane").inner_text()
    assert visit.page.get_by_role("button", name="Bookmark this document").count() == 0


def test_hostile_text_runs_nothing(visit: Visit):
    for identifier in ("html", "rtl", "nul"):
        visit.page.goto(f"{visit.address}/document?doc={identifier}&q=river")
        visit.page.locator(".pane").wait_for()
    assert visit.page.locator(".pane script, .pane img").count() == 0
    assert (visit.dialogs, visit.strangers) == ([], [])
