"""Search by meaning under a hand, with the real MiniLM: ask, follow examples, set a least similarity, come back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import corpuscope
from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import Visit, start_server
from tests.conftest import build_corpus

SUBJECTS = {
    "water": [
        "The dam broke at night and the lower town was under water by morning.",
        "After three weeks of rain the river left its bed and took two bridges.",
        "Volunteers filled sandbags while the gauge at the weir kept rising.",
        "Insurance seldom covers a cellar that fills from the ground.",
    ],
    "money": [
        "The central bank raised its rate by half a point to slow inflation.",
        "Shares fell after the company halved what it expects to earn.",
        "A household budget begins with what leaves the account each month.",
        "Bond traders expect the ministry to borrow more next year.",
    ],
    "kitchen": [
        "Knead the dough until it no longer sticks, then let it rise for an hour.",
        "Roast the peppers whole and peel them while they are warm.",
        "A sharp knife and a wet cloth under the board are half of cooking.",
        "Season the soup at the end, when it has boiled down.",
    ],
}
ROWS = [
    {"id": f"{subject}-{i}", "text": text, "subject": subject}
    for subject, texts in SUBJECTS.items()
    for i, text in enumerate(texts)
]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Twelve documents on three subjects, with vectors by MiniLM."""
    folder = tmp_path_factory.mktemp("browser") / "subjects"
    return build_corpus(folder, ROWS, annotators=("characters",), embedder="minilm", device="cpu")


@pytest.fixture(scope="session")
def embedded_address(embedded: Corpus) -> Iterator[str]:
    """Where the app over them listens."""
    server, address = start_server(embedded.folder)
    yield address
    server.terminate()
    server.wait(20)


def shown(visit: Visit) -> list[str]:
    return visit.page.locator(".hit").evaluate_all("hits => hits.map(h => h.dataset.id)")


def test_a_question_finds_what_has_none_of_its_words(embedded: Corpus):
    found = corpuscope.open(embedded.folder).search(Query(text="flooding of a city", mode="semantic", k=3))
    assert {hit.fields["subject"] for hit in found.hits} == {"water"}
    assert embedded.search(Query(text="flooding city")).total == 0


def test_ask_by_meaning_follow_examples_and_come_back(visit: Visit, embedded: Corpus, embedded_address: str):
    visit.address = embedded_address
    page = visit.page
    visit.open("?q=flooding+of+a+city&mode=semantic")
    page.locator(".counts", has_text="by meaning the nearest of 12, however near").wait_for()
    assert shown(visit)[:4] == [
        h.id for h in embedded.search(Query(text="flooding of a city", mode="semantic", k=4)).hits
    ]
    page.locator('[data-name="like water-3"]').click()
    page.locator(".pill", has_text="like water-3").wait_for()
    page.locator(".note", has_text="The example is not among the hits").wait_for()
    assert "water-3" not in shown(visit)
    page.locator('[data-name="unlike kitchen-0"]').click()
    page.locator(".pill", has_text="unlike kitchen-0").wait_for()
    page.locator('.hit[data-id="kitchen-0"]').wait_for(state="detached")
    asked = Query(text="flooding of a city", mode="semantic", like=("water-3",), unlike=("kitchen-0",))
    assert shown(visit) == [h.id for h in embedded.search(asked).hits]
    page.go_back()
    page.locator(".pill", has_text="unlike kitchen-0").wait_for(state="detached")
    page.get_by_role("button", name="Options").click()
    field = page.get_by_role("spinbutton", name="Least similarity")
    field.fill("0.2")
    field.press("Enter")
    wanted = Query(text="flooding of a city", mode="semantic", like=("water-3",), threshold=0.2)
    result = embedded.search(wanted)
    assert 0 < result.total < 11
    visit.total(str(result.total))
    page.locator(".counts", has_text="of the corpus is below 0.2").wait_for()
    page.locator(".counts", has_text="exact").wait_for()
    assert (visit.dialogs, visit.strangers) == ([], [])


def test_a_hybrid_hit_shows_both_ranks_and_its_words_marked(visit: Visit, embedded_address: str):
    visit.address = embedded_address
    visit.open("?q=river+rain+town&mode=hybrid")
    first = visit.page.locator(".hit").first
    first.locator(".score", has_text="words 1 · meaning").wait_for()
    assert first.locator("mark").count() >= 2


def test_more_like_this_from_a_document(visit: Visit, embedded_address: str):
    visit.address = embedded_address
    visit.page.goto(f"{embedded_address}/document?doc=money-3")
    visit.page.locator('.document-head [data-name="like money-3"]').click()
    visit.page.locator(".pill", has_text="like money-3").wait_for()
    visit.page.locator('.hit[data-id^="money"]').first.wait_for()
    assert shown(visit)[0].startswith("money")
