"""GET /export?ticket=...&what=data|recipe: an export, written to a private file, streamed and deleted."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.export.export import FORMATS, ExportOptions, export
from corpuscope.tickets import ExportTicket, TicketRefused
from pages.widgets import corpora
from pages.widgets.download import BOOTH

#: Exports that are written at the same time; further ones wait.
_AT_ONCE = 2
_limiter = anyio.CapacityLimiter(_AT_ONCE)


class CorpusChanged(CorpuscopeError):
    """The corpus is no longer the one that the page showed."""


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
        recipe = _wants_recipe(request.query_params.get("what", "data"))
        path = await anyio.to_thread.run_sync(_write, ticket, recipe, limiter=_limiter)
    except CorpuscopeError as error:
        return PlainTextResponse(f"{error}\n", _status(error))
    return _TemporaryFile(path, filename=path.name, headers={"Cache-Control": "no-store"})


def _write(ticket: ExportTicket, recipe: bool) -> Path:
    """Write the export to a folder of its own; the folder is deleted when that fails."""
    _, corpus = corpora.find(ticket.corpus)
    if corpus.version != ticket.version:
        raise CorpusChanged("The corpus has changed since this page was drawn. Search again, then download.")
    if ticket.suffix not in FORMATS:
        raise UsageError(f"There is no format {ticket.suffix!r}. Known: {', '.join(FORMATS)}.")
    folder = Path(tempfile.mkdtemp(prefix="corpuscope-export-"))
    try:
        out = folder / f"{_file_name(corpus.name)}{ticket.suffix}"
        export(corpus, ticket.query, out, ExportOptions(ticket.fields, ticket.limit))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return out.with_name(out.name + ".recipe.json") if recipe else out


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "corpus"


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
