"""Exports in a real browser: from a search to a file, and again."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from corpuscope.corpus import Corpus
from corpuscope.query import Query
from tests.browser.conftest import Visit, start_server
from tests.conftest import build_corpus

RIVER = Query(text="river")


def choose_json_lines(visit: Visit) -> None:
    visit.page.get_by_role("combobox", name="Format").click()
    visit.page.get_by_role("option", name="JSON lines", exact=True).click()
    visit.page.locator(".recipe dd", has_text=".jsonl").wait_for()


def start(visit: Visit) -> Locator:
    """Press the button; the newest job."""
    visit.page.get_by_role("button", name="Export").click()
    return visit.page.locator(".job").first


def ids_in(visit: Visit, job: Locator, folder: Path) -> list[str]:
    with visit.page.expect_download() as download:
        job.get_by_role("link", name="Download").click()
    download.value.save_as(folder / download.value.suggested_filename)
    data = (folder / download.value.suggested_filename).read_bytes()
    return [json.loads(line)["id"] for line in data.split(b"\n") if line]


def test_a_search_becomes_a_file_with_the_documents_that_were_counted(
    visit: Visit, tiny_corpus: Corpus, tmp_path: Path
):
    visit.open("?q=river&filter=topic%3Dodd")
    wanted = replace(RIVER, filters=("topic=odd",))
    total = tiny_corpus.search(wanted).total
    visit.total(str(total))
    visit.page.locator("a.button", has_text=f"Export {total}").click()
    visit.page.locator(".counts strong", has_text=f"{total} documents").wait_for()
    choose_json_lines(visit)
    job = start(visit)
    job.get_by_role("link", name="Download").wait_for()
    assert sorted(ids_in(visit, job, tmp_path)) == sorted(h.id for h in tiny_corpus.search(replace(wanted, k=100)).hits)
    assert (tmp_path / "tiny-river.jsonl").exists()
    with visit.page.expect_download() as download:
        job.get_by_role("link", name="Recipe").click()
    assert json.loads(Path(download.value.path()).read_bytes())["documents_written"] == total
    visit.page.go_back()
    visit.total(str(total))
    assert visit.strangers == []


def test_a_past_export_is_found_after_a_reload_and_replayed(visit: Visit, tiny_corpus: Corpus, tmp_path: Path):
    visit.page.goto(f"{visit.address}/export?q=river")
    choose_json_lines(visit)
    job = start(visit)
    job.get_by_role("link", name="Download").wait_for()
    first = ids_in(visit, job, tmp_path)
    visit.page.wait_for_url("**session=*")
    visit.page.reload()
    visit.page.locator(".job", has_text="tiny-river.jsonl").get_by_role("link", name="Download").wait_for()
    visit.page.locator("tr", has_text="tiny-river.jsonl").get_by_role("button", name="replay").click()
    again = visit.page.locator(".job", has_text="The same documents and the same file, byte for byte")
    again.get_by_role("link", name="Download").wait_for()
    assert ids_in(visit, again, tmp_path) == first
    assert visit.page.locator(".job").count() == 2
    again.get_by_role("button", name="Remove").click()
    again.wait_for(state="detached")
    assert visit.page.locator(".job").count() == 1


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose export takes some seconds: few documents with long texts, in many parts."""
    words = random.Random(1).choices([f"word{i}" for i in range(500)], k=350_000)
    rows = [{"id": str(i), "text": f"{i} {' '.join(words)}"} for i in range(32)]
    corpus = build_corpus(tmp_path_factory.mktemp("slow") / "slow", rows, part_size=2)
    server, address = start_server(corpus.folder)
    yield address
    server.terminate()
    server.wait(20)


def start_slowly(visit: Visit, server: str, session: str) -> Locator:
    visit.page.goto(f"{server}/export?session={session}")
    visit.page.get_by_role("combobox", name="Format").click()
    visit.page.get_by_role("option", name="JSON lines, gzip").click()
    visit.page.locator(".recipe dd", has_text=".jsonl.gz").wait_for()
    job = start(visit)
    job.locator("progress").wait_for()
    return job


def test_an_export_that_is_cancelled_leaves_no_file(visit: Visit, slow_server: str):
    job = start_slowly(visit, slow_server, "cancels")
    job.get_by_role("button", name="Cancel").click()
    visit.page.locator(".job", has_text="nothing of it was kept").wait_for()
    assert visit.page.locator(".job a.button").count() == 0
    assert visit.page.locator("tr", has_text="slow.jsonl.gz").count() == 0


def test_an_export_goes_on_when_the_reader_leaves(visit: Visit, slow_server: str):
    start_slowly(visit, slow_server, "leaves")
    visit.page.get_by_role("link", name="Corpus").click()
    visit.page.locator(".sheet").first.wait_for()
    visit.page.goto(f"{slow_server}/export?session=leaves")
    visit.page.locator(".job").get_by_role("link", name="Download").wait_for()
    visit.page.locator("tr", has_text="slow.jsonl.gz").wait_for()
    assert visit.page.locator(".job").count() == 1
