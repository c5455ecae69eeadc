import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import anyio
import pytest
from starlette.requests import Request

from corpuscope.corpus import Corpus
from corpuscope.export.export import FORMATS, ExportOptions
from corpuscope.links import Link
from corpuscope.query import Query
from corpuscope.sessions.records import Reviewed
from corpuscope.tickets import TicketBooth
from pages.routes.download import download_route
from pages.widgets import download, exploration
from pages.widgets.export_jobs import ExportJobs, Job
from pages.widgets.export_orders import export_order

QUERY = Query(text="river", filters=("topic=odd",))
SESSION = "route12345"


class Answer:
    """What a request to the route gets back, body and all."""

    def __init__(self, address: str = "", **params: str) -> None:
        self.body = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        query = address.partition("?")[2] or urlencode(params)
        scope = {"type": "http", "method": "GET", "path": "/download", "headers": [], "query_string": query.encode()}
        anyio.run(self._ask, scope)

    async def _ask(self, scope: dict) -> None:
        response = await download_route(Request(scope, self._receive))
        await response(scope, self._receive, self._send)

    async def _receive(self) -> dict:
        await anyio.sleep_forever()
        return {}

    async def _send(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        self.body += message.get("body", b"")


@pytest.fixture
def jobs(serving: Corpus, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExportJobs]:
    """Jobs of this test alone, seen by the route."""
    found = ExportJobs()
    monkeypatch.setattr("pages.routes.download.jobs", lambda: found)
    yield found
    found.close()


def finished(jobs: ExportJobs, corpus: Corpus, suffix: str = ".jsonl") -> Job:
    link = Link(QUERY, "tiny", session=SESSION)
    job = jobs.start(export_order(link, corpus, ExportOptions(), suffix, 1))
    while not job.is_over:
        job.cancelled.wait(0.01)
    assert job.state == "done"
    return job


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_file_and_its_recipe_can_be_had_in_every_format(jobs: ExportJobs, serving: Corpus, suffix: str):
    job = finished(jobs, serving, suffix)
    data, recipe = Answer(download.file_address(job.id)), Answer(download.recipe_address(job.id))
    assert job.path is not None
    assert (data.status, data.body) == (200, job.path.read_bytes())
    assert data.headers["content-disposition"] == f'attachment; filename="tiny-river{suffix}"'
    assert data.headers["cache-control"] == "no-store"
    assert recipe.headers["content-disposition"] == f'attachment; filename="tiny-river{suffix}.recipe.json"'
    assert json.loads(recipe.body)["documents_written"] == serving.search(QUERY).total


def test_a_file_holds_what_the_page_counted(jobs: ExportJobs, serving: Corpus):
    answer = Answer(download.file_address(finished(jobs, serving).id))
    ids = [json.loads(line)["id"] for line in answer.body.split(b"\n") if line]
    assert sorted(ids) == sorted(h.id for h in serving.search(replace(QUERY, k=100)).hits)


def test_the_recipe_of_a_past_export_is_the_same_to_the_byte(jobs: ExportJobs, serving: Corpus):
    job = finished(jobs, serving)
    past = exploration.store().exports(SESSION)[-1]
    then = Answer(download.recipe_address(job.id))
    jobs.drop(SESSION, job.id)
    answer = Answer(download.past_recipe_address(SESSION, past.id))
    assert (answer.status, answer.body) == (200, then.body)
    assert answer.headers["content-disposition"].endswith("tiny-river.jsonl.recipe.json")


@pytest.mark.parametrize("text", ["", "forged.ticket", "../../etc/passwd"])
def test_without_a_ticket_there_is_nothing(text: str):
    answer = Answer(ticket=text)
    assert (answer.status, answer.body.count(b"\n")) == (403, 1)


def test_a_ticket_of_another_server_is_refused(jobs: ExportJobs, serving: Corpus):
    job = finished(jobs, serving)
    assert Answer(ticket=TicketBooth().issue("job", job.id), what="data").status == 403


def test_an_old_ticket_is_refused_in_a_sentence(jobs: ExportJobs, serving: Corpus):
    job = finished(jobs, serving)
    old = replace(download.BOOTH, now=lambda: 0.0).issue("job", job.id)
    answer = Answer(ticket=old, what="data")
    assert (answer.status, b"expired" in answer.body) == (403, True)


@pytest.mark.parametrize("name", [("job", "../../../../etc/passwd"), ("job", "/etc/passwd"), ("job", "")])
def test_even_a_signed_name_is_no_path(jobs: ExportJobs, name: tuple[str, ...]):
    assert Answer(ticket=download.BOOTH.issue(*name), what="data").status == 410


def test_a_ticket_for_a_recipe_fetches_no_other_session(jobs: ExportJobs, serving: Corpus):
    finished(jobs, serving)
    past = exploration.store().exports(SESSION)[-1]
    assert Answer(download.past_recipe_address("someoneelse", past.id)).status == 410


def test_a_file_that_is_gone_says_so(jobs: ExportJobs, serving: Corpus):
    job = finished(jobs, serving)
    address = download.file_address(job.id)
    jobs.drop(SESSION, job.id)
    answer = Answer(address)
    assert (answer.status, answer.body.startswith(b"This file was deleted")) == (410, True)


@pytest.mark.parametrize("name", [("job", "x"), ("past", SESSION, "1"), ("other",), ()])
def test_a_wish_that_is_unknown_is_one_sentence(jobs: ExportJobs, name: tuple[str, ...]):
    answer = Answer(ticket=download.BOOTH.issue(*name), what="everything")
    assert (answer.status, answer.body.count(b"\n")) == (400, 1)


def test_addresses_name_no_place_on_the_machine(jobs: ExportJobs, serving: Corpus):
    job = finished(jobs, serving)
    assert job.path is not None
    ticket = parse_qs(download.file_address(job.id).partition("?")[2])["ticket"][0]
    assert download.BOOTH.read(ticket) == ("job", job.id)
    assert str(Path(job.path).parent.parent) not in download.file_address(job.id)


def test_a_page_drawn_twice_shows_the_same_links_and_they_outlive_it(monkeypatch: pytest.MonkeyPatch):
    time = 1_000_000.0
    monkeypatch.setattr(download, "BOOTH", replace(download.BOOTH, now=lambda: time))
    first = download.file_address("again")
    oldest = time
    while download.file_address("again") == first:
        oldest, time = time, time + 1
    assert oldest - 1_000_000.0 > 1
    time = oldest + download.RENEW_S
    ticket = parse_qs(first.partition("?")[2])["ticket"][0]
    assert download.BOOTH.read(ticket) == ("job", "again")


def test_the_verdicts_of_a_session_are_fetched_by_a_ticket(jobs: ExportJobs, serving: Corpus):
    about = Reviewed("toxicity", "0.5", flagged=True)
    exploration.store().mark(SESSION, serving, "review", name="agree", ids=("=cmd",), about=about)
    table = Answer(download.verdicts_address(SESSION, "csv"))
    assert table.status == 200 and b"=cmd,toxicity,0.5,true,agree,true" in table.body
    assert table.headers["content-disposition"] == f'attachment; filename="verdicts-{SESSION}.csv"'
    assert json.loads(Answer(download.verdicts_address(SESSION, "jsonl")).body)["id"] == "=cmd"
    ticket = parse_qs(download.verdicts_address(SESSION, "csv").partition("?")[2])["ticket"][0]
    assert Answer(ticket=ticket, what="data").status == 400
