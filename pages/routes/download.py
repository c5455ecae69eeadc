"""GET /download?ticket=...&what=...: data or recipe of an export, or the verdicts of a session as csv or jsonl."""

from __future__ import annotations

from urllib.parse import quote

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from corpuscope.errors import CorpuscopeError, UsageError
from corpuscope.export import recipe as recipes
from corpuscope.sessions.verdicts import VerdictFormat, written
from corpuscope.tickets import TicketRefused
from pages.widgets import exploration
from pages.widgets.download import BOOTH
from pages.widgets.export_jobs import jobs

_NOT_STORED = {"Cache-Control": "no-store"}
_VERDICT_TYPES: dict[VerdictFormat, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


class FileGone(CorpuscopeError):
    """A file that was deleted since its link was drawn."""


async def download_route(request: Request) -> Response:
    """Deliver what a ticket promises; one plain sentence when it cannot be had."""
    try:
        name = BOOTH.read(request.query_params.get("ticket", ""))
        return await anyio.to_thread.run_sync(_answer, name, request.query_params.get("what", "data"))
    except CorpuscopeError as error:
        return PlainTextResponse(f"{error}\n", _status(error))


def _answer(name: tuple[str, ...], what: str) -> Response:
    match name, what:
        case ("job", job_id), "data" | "recipe":
            return _kept_file(job_id, what)
        case ("past", session, export_id), "recipe":
            return _past_recipe(session, int(export_id))
        case ("verdicts", session), "csv" | "jsonl":
            return _verdicts(session, "csv" if what == "csv" else "jsonl")
        case _:
            raise UsageError(f"what is {what!r}; it must be data, recipe, csv or jsonl, as the ticket says.")


def _kept_file(job_id: str, what: str) -> Response:
    path = jobs().file(job_id)
    if path is None:
        raise FileGone("This file was deleted: files are kept for an hour. Export it again, or replay its recipe.")
    if what == "recipe":
        path = path.with_name(path.name + recipes.SUFFIX)
    return FileResponse(path, filename=path.name, headers=_NOT_STORED)


def _past_recipe(session: str, export_id: int) -> Response:
    for export in exploration.store().exports(session):
        if export.id == export_id:
            content = recipes.from_json(export.recipe, "The recipe").to_bytes()
            disposition = f"attachment; filename*=utf-8''{quote(export.file_name + recipes.SUFFIX)}"
            headers = _NOT_STORED | {"Content-Disposition": disposition}
            return Response(content, media_type="application/json", headers=headers)
    raise FileGone("This export is no longer in the session.")


def _verdicts(session: str, form: VerdictFormat) -> Response:
    content = written(exploration.store().marks(session), form)
    headers = _NOT_STORED | {"Content-Disposition": f'attachment; filename="verdicts-{session}.{form}"'}
    return Response(content, media_type=_VERDICT_TYPES[form], headers=headers)


def _status(error: CorpuscopeError) -> int:
    if isinstance(error, TicketRefused):
        return 403
    if isinstance(error, FileGone):
        return 410
    return 400 if isinstance(error, UsageError) else 500
