"""Addresses of downloads: each bears a signed ticket that holds for a few minutes."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from corpuscope.sessions.verdicts import VerdictFormat
from corpuscope.tickets import LIFETIME_S, TicketBooth

#: Shared with the route that delivers: same process, same key.
BOOTH = TicketBooth()
ROUTE = "download"
#: A page may stay open for hours; it draws its links anew while their tickets still hold.
RENEW_S = LIFETIME_S * 0.7
#: A ticket is given out again for so long, so that a page drawn twice a second stays the same.
_AGAIN_S = LIFETIME_S * 0.2


def file_address(job_id: str) -> str:
    """Where the file of a finished job is fetched."""
    return _address("data", "job", job_id)


def recipe_address(job_id: str) -> str:
    """Where the recipe of a finished job is fetched."""
    return _address("recipe", "job", job_id)


def past_recipe_address(session: str, export_id: int) -> str:
    """Where the recipe of a past export of a session is fetched."""
    return _address("recipe", "past", session, str(export_id))


def verdicts_address(session: str, form: VerdictFormat) -> str:
    """Where the reviews of a session are fetched."""
    return _address(form, "verdicts", session)


def _address(what: str, *name: str) -> str:
    return f"{ROUTE}?{urlencode({'what': what, 'ticket': _ticket(BOOTH.now() // _AGAIN_S, *name)})}"


@lru_cache(maxsize=1024)
def _ticket(time: float, *name: str) -> str:
    del time  # tells one stretch of time from the next
    return BOOTH.issue(*name)
