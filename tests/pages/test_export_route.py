import json
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import anyio
import pyarrow.parquet as pq
import pytest
from starlette.requests import Request

from corpuscope.corpus import Corpus
from corpuscope.export.export import FORMATS
from corpuscope.query import Query
from corpuscope.tickets import ExportTicket, TicketBooth
from pages.routes import export as route
from pages.routes.export import export_route
from pages.widgets.download import BOOTH

QUERY = Query(text="river", filters=("topic=odd",))


class Answer:
    """What a request to the route gets back, body and all."""

    def __init__(self, *, stays: Callable[[], bool] = lambda: True, **params: str) -> None:
        self.stays = stays
        self.body = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        scope = {"type": "http", "method": "GET", "path": "/export", "headers": []}
        anyio.run(self._ask, scope | {"query_string": urlencode(params).encode()})

    async def _ask(self, scope: dict) -> None:
        response = await export_route(Request(scope, self._receive))
        await response(scope, self._receive, self._send)

    async def _receive(self) -> dict:
        while self.stays():
            await anyio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def _send(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        self.body += message.get("body", b"")


@pytest.fixture
def ticket(serving: Corpus) -> ExportTicket:
    return ExportTicket("tiny", serving.version, QUERY, ".parquet")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_download_holds_what_the_page_counted(ticket: ExportTicket, serving: Corpus, tmp_path: Path):
    answer = Answer(ticket=BOOTH.issue(ticket))
    (tmp_path / "x.parquet").write_bytes(answer.body)
    table = pq.read_table(tmp_path / "x.parquet")
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny.parquet"'
    assert table.num_rows == serving.search(QUERY).total
    assert set(table.column("id").to_pylist()) == {h.id for h in serving.search(replace(QUERY, k=100)).hits}


def test_nothing_is_left_behind(ticket: ExportTicket, temporary: Path):
    Answer(ticket=BOOTH.issue(ticket))
    Answer(ticket=BOOTH.issue(replace(ticket, fields=("no_such_field",))))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_can_be_had(ticket: ExportTicket, suffix: str):
    answer = Answer(ticket=BOOTH.issue(replace(ticket, suffix=suffix, limit=2)))
    assert answer.status == 200 and answer.body
    assert f'filename="tiny{suffix}"' in answer.headers["content-disposition"]


def test_the_recipe_can_be_had(ticket: ExportTicket, serving: Corpus):
    answer = Answer(ticket=BOOTH.issue(ticket), what="recipe")
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny.parquet.recipe.json"'
    assert str(serving.search(QUERY).total) in answer.body.decode()
    assert json.loads(answer.body)


def test_the_recipe_of_a_download_writes_no_second_export(ticket: ExportTicket, monkeypatch: pytest.MonkeyPatch):
    Answer(ticket=BOOTH.issue(ticket))
    monkeypatch.setattr(route, "export", lambda *_, **__: pytest.fail("the export is written again"))
    answer = Answer(ticket=BOOTH.issue(ticket), what="recipe")
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny.parquet.recipe.json"'
    assert json.loads(answer.body)["format"] == ".parquet"


def test_recipes_are_not_kept_for_ever(ticket: ExportTicket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(route, "_KEPT_RECIPES", 2)
    monkeypatch.setattr(route, "_recipes", OrderedDict())
    tickets = [replace(ticket, limit=n) for n in (1, 2, 3)]
    for one in tickets:
        Answer(ticket=BOOTH.issue(one))
    assert list(route._recipes) == tickets[1:]


def test_an_export_that_nobody_waits_for_is_not_begun(ticket: ExportTicket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(route, "export", lambda *_, **__: pytest.fail("nobody waits for it"))
    assert Answer(stays=lambda: False, ticket=BOOTH.issue(ticket)).status == 499


def test_an_export_whose_reader_leaves_is_given_up(
    ticket: ExportTicket, temporary: Path, monkeypatch: pytest.MonkeyPatch
):
    written = []

    def endless(*_: object, advance: Callable[[int], None]) -> None:
        while len(written) < 10_000:
            written.append(advance(1))
            time.sleep(0.001)

    monkeypatch.setattr(route, "export", endless)
    assert Answer(stays=lambda: len(written) < 5, ticket=BOOTH.issue(ticket)).status == 499
    assert 5 <= len(written) < 10_000
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("text", ["", "forged.ticket", "..%2F..%2Fetc"])
def test_without_a_ticket_there_is_nothing(text: str):
    answer = Answer(ticket=text)
    assert (answer.status, answer.body.count(b"\n")) == (403, 1)


def test_a_ticket_of_another_server_is_refused(ticket: ExportTicket):
    assert Answer(ticket=TicketBooth().issue(ticket)).status == 403


def test_an_old_ticket_is_refused(ticket: ExportTicket):
    old = replace(BOOTH, now=lambda: 0.0).issue(ticket)
    answer = Answer(ticket=old)
    assert (answer.status, b"expired" in answer.body) == (403, True)


def test_a_corpus_that_has_changed_is_not_exported_in_silence(ticket: ExportTicket):
    answer = Answer(ticket=BOOTH.issue(replace(ticket, version="0" * 12)))
    assert (answer.status, b"has changed" in answer.body) == (409, True)


def test_a_wish_that_cannot_be_met_is_one_sentence(ticket: ExportTicket):
    assert Answer(ticket=BOOTH.issue(ticket), what="everything").status == 400
    assert Answer(ticket=BOOTH.issue(replace(ticket, suffix=".exe"))).status == 400
    assert Answer(ticket=BOOTH.issue(replace(ticket, fields=("no_such_field",)))).body.startswith(b"There is no field")
