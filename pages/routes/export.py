"""GET /export?ticket=...&what=data|recipe: an export, written to a private file, streamed and deleted."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.export.export import FORMATS, ExportOptions, export
from corpuscope.export.recipe import SUFFIX as RECIPE_SUFFIX
from corpuscope.export.recipe import Recipe
from corpuscope.tickets import ExportTicket, TicketRefused
from pages.widgets import corpora
from pages.widgets.download import BOOTH

#: Exports that are written at the same time; further ones wait.
_AT_ONCE = 2
_limiter = anyio.CapacityLimiter(_AT_ONCE)
#: The recipes of the latest exports, by what was asked for. Only the event loop touches them.
_recipes: OrderedDict[ExportTicket, Recipe] = OrderedDict()
_KEPT_RECIPES = 64
#: What web servers log when nobody is there to read the answer.
_CLIENT_CLOSED_REQUEST = 499


class CorpusChanged(CorpuscopeError):
    """The corpus is no longer the one that the page showed."""


class _ReaderLeft(Exception):
    """Nobody waits for the export any longer."""


class _TemporaryFile(FileResponse):
    """A file that is gone, with its folder, once it was sent or the reader has left."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            shutil.rmtree(Path(self.path).parent, ignore_errors=True)


async def export_route(request: Request) -> Response:
    """Deliver what a ticket promises; one plain sentence when it cannot be had."""
    try:
        ticket = BOOTH.read(request.query_params.get("ticket", ""))
        wanted = _recipe if _wants_recipe(request.query_params.get("what", "data")) else _data
        path = await wanted(request, ticket)
    except _ReaderLeft:
        return Response(status_code=_CLIENT_CLOSED_REQUEST)
    except CorpuscopeError as error:
        return PlainTextResponse(f"{error}\n", _status(error))
    return _TemporaryFile(path, filename=path.name, headers={"Cache-Control": "no-store"})


async def _recipe(request: Request, ticket: ExportTicket) -> Path:
    """The recipe's file; who has the data by the same ticket does not wait for them to be written again."""
    kept = _recipes.get(ticket)
    if kept is not None:
        return kept.write_beside(_new_folder() / _file_name(kept.corpus, ticket.suffix))
    out = await _data(request, ticket)
    return out.with_name(out.name + RECIPE_SUFFIX)


async def _data(request: Request, ticket: ExportTicket) -> Path:
    """The export's file, written in a thread while the reader waits for it."""
    left = threading.Event()
    watching = asyncio.create_task(_watch(request, left))
    try:
        out, recipe = await anyio.to_thread.run_sync(_write, ticket, left, limiter=_limiter)
    finally:
        watching.cancel()
    _recipes[ticket] = recipe
    if len(_recipes) > _KEPT_RECIPES:
        _recipes.popitem(last=False)
    return out


async def _watch(request: Request, left: threading.Event) -> None:
    """Set `left` when the reader closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    left.set()


def _write(ticket: ExportTicket, left: threading.Event) -> tuple[Path, Recipe]:
    """Write the export to a folder of its own; the folder is deleted when that fails or the reader has left."""

    def advance(documents: int) -> None:
        if left.is_set():
            raise _ReaderLeft

    advance(0)  # the wait for a place may have been long
    _, corpus = corpora.find(ticket.corpus)
    if corpus.version != ticket.version:
        raise CorpusChanged("The corpus has changed since this page was drawn. Search again, then download.")
    if ticket.suffix not in FORMATS:
        raise UsageError(f"There is no format {ticket.suffix!r}. Known: {', '.join(FORMATS)}.")
    folder = _new_folder()
    try:
        out = folder / _file_name(corpus.name, ticket.suffix)
        return out, export(corpus, ticket.query, out, ExportOptions(ticket.fields, ticket.limit), advance=advance)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _new_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="corpuscope-export-"))


def _file_name(corpus: str, suffix: str) -> str:
    return (re.sub(r"[^\w.-]+", "-", corpus).strip(".-") or "corpus") + suffix


def _wants_recipe(what: str) -> bool:
    if what not in ("data", "recipe"):
        raise UsageError(f"what is {what!r}; it must be data or recipe.")
    return what == "recipe"


def _status(error: CorpuscopeError) -> int:
    if isinstance(error, TicketRefused):
        return 403
    if isinstance(error, CorpusChanged):
        return 409
    return 400 if isinstance(error, UsageError) else 500
