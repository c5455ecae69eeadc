"""Short-lived signed tickets: a download link that works for minutes and that nobody can alter.

A ticket names a corpus by the key under which it is served, never by a path, and says which documents to
write and how. It is signed with a random key that lives as long as the process.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from corpuscope.errors import UsageError
from corpuscope.query import Query

LIFETIME_S = 300


class TicketRefused(UsageError):
    """A ticket that was altered, was made by another process or is too old."""


@dataclass(frozen=True)
class ExportTicket:
    """One export: which corpus in which version, which documents, in which format."""

    corpus: str
    version: str
    query: Query
    suffix: str
    fields: tuple[str, ...] | None = None
    limit: int | None = None


@dataclass(frozen=True)
class TicketBooth:
    """Issues tickets and reads them back."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    lifetime_s: float = LIFETIME_S
    now: Callable[[], float] = time.time

    def issue(self, ticket: ExportTicket) -> str:
        """The ticket as text for a URL."""
        body = {
            "corpus": ticket.corpus,
            "version": ticket.version,
            "query": ticket.query.to_json(),
            "suffix": ticket.suffix,
            "fields": ticket.fields,
            "limit": ticket.limit,
            "until": self.now() + self.lifetime_s,
        }
        packed = zlib.compress(json.dumps(body).encode())
        return f"{_encode(packed)}.{_encode(self._sign(packed))}"

    def read(self, text: str) -> ExportTicket:
        """The ticket that `issue` wrote; raises TicketRefused when it is not one, or too old."""
        packed, signature = _decode(text)
        # The signature comes first: nothing of an unsigned ticket is unpacked or parsed.
        if not hmac.compare_digest(signature, self._sign(packed)):
            raise TicketRefused("This download link is not valid here. Open the page again and use its new link.")
        body = json.loads(zlib.decompress(packed))
        if self.now() > body.pop("until"):
            raise TicketRefused("This download link has expired. Open the page again and use its new link.")
        chosen = body.pop("fields")
        query = Query.from_json(body.pop("query"))
        return ExportTicket(**body, query=query, fields=None if chosen is None else tuple(chosen))

    def _sign(self, packed: bytes) -> bytes:
        return hmac.digest(self.key, packed, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> tuple[bytes, bytes]:
    """The body and the signature; both empty when the text is no ticket, which no signature fits."""
    try:
        body, signature = (base64.b64decode(p + "=" * (-len(p) % 4), b"-_", validate=True) for p in text.split("."))
    except (ValueError, binascii.Error):
        return b"", b""
    return body, signature
