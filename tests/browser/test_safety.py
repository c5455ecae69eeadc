"""The Safety page under a hand: the threshold moves, a cell opens, three documents are judged by key, and stay so."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from corpuscope.safety.cut import Cut
from corpuscope.safety.dimensions import dimensions
from corpuscope.safety.effect import threshold_effect
from corpuscope.safety.population import population
from tests.browser.conftest import Visit, start_server
from tests.conftest import build_corpus
from tests.corpuscope.safety.conftest import MADE, ROWS


@pytest.fixture(scope="session")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """240 documents with scores."""
    return build_corpus(tmp_path_factory.mktemp("browser") / "flagged", ROWS, annotators=MADE)


@pytest.fixture(scope="session")
def flagged_address(flagged: Corpus) -> Iterator[str]:
    """Where the app over them listens."""
    server, address = start_server(flagged.folder)
    yield address
    server.terminate()
    server.wait(20)


def judged(visit: Visit, number: int) -> None:
    visit.page.locator('.review [data-name="judged"] b', has_text=str(number)).wait_for()


def test_a_threshold_is_moved_a_cell_opened_and_documents_judged(visit: Visit, flagged: Corpus, flagged_address: str):
    page = visit.page
    visit.address = flagged_address
    page.goto(f"{flagged_address}/safety?corpus=flagged")
    slider = page.get_by_label("Threshold of toxicity, slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => new URL(location.href).searchParams.has('threshold')")
    threshold = parse_qs(urlparse(page.url).query)["threshold"][0]
    assert float(threshold) > 0.5
    cut = Cut(dimensions(flagged.fields.values())[0], threshold)
    kept = threshold_effect(population(flagged, Query()), cut).kept.documents
    page.locator(f'a[data-name="kept"][data-count="{kept}"]').wait_for()

    for number, key in enumerate("aad", start=1):
        document = page.locator('.answer[data-key="a"]').get_attribute("data-value")
        page.locator(".review-card .question").click()  # away from the slider, whose keys are its own
        page.keyboard.press(key)
        judged(visit, number)
        page.locator(f'.answer[data-key="a"]:not([data-value="{document}"])').wait_for()
    page.locator('.review [data-name="estimate"] b', has_text="67%").wait_for()
    page.wait_for_function("() => new URL(location.href).searchParams.has('session')")
    page.reload()
    judged(visit, 3)
    assert page.locator(".review-card details").first.get_attribute("open") is None

    cell = page.locator(".heat.flags td a").first
    count = cell.get_attribute("data-count") or ""
    cell.click()
    visit.total(count)
    assert f"toxicity>={threshold}" in parse_qs(urlparse(page.url).query)["filter"]
    page.go_back()
    judged(visit, 3)
    page.locator('a[data-name="reviewed"]').click()
    visit.total("3")
    assert visit.strangers == [] and visit.dialogs == []
