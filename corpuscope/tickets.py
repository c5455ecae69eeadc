"""Short-lived signed tickets: a download link that works for minutes and that nobody can alter.

A ticket names what may be fetched by a name that only the server can resolve, never by a path. It is signed with a
random key that lives as long as the process.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from corpuscope.errors import UsageError

LIFETIME_S = 300


class TicketRefused(UsageError):
    """A ticket that was altered, was made by another process or is too old."""


@dataclass(frozen=True)
class TicketBooth:
    """Issues tickets and reads them back."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    lifetime_s: float = LIFETIME_S
    now: Callable[[], float] = time.time

    def issue(self, *name: str) -> str:
        """A ticket for what the server knows by this name, of one word or several, as text for a URL."""
        body = json.dumps({"name": name, "until": self.now() + self.lifetime_s}).encode()
        return f"{_encode(body)}.{_encode(self._sign(body))}"

    def read(self, text: str) -> tuple[str, ...]:
        """The name that `issue` was given; raises TicketRefused for what this booth did not issue, or too long ago."""
        body, signature = _decode(text)
        # The signature comes first: nothing of an unsigned ticket is parsed.
        if not hmac.compare_digest(signature, self._sign(body)):
            raise TicketRefused(
                "This download link is not valid here. Reload the page that it is on and use the new link."
            )
        ticket = json.loads(body)
        if self.now() > ticket["until"]:
            raise TicketRefused("This download link has expired. Reload the page that it is on and use the new link.")
        name: tuple[str, ...] = tuple(ticket["name"])
        return name

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self.key, body, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> tuple[bytes, bytes]:
    """The body and the signature; both empty when the text is no ticket, which no signature fits."""
    try:
        body, signature = (base64.b64decode(p + "=" * (-len(p) % 4), b"-_", validate=True) for p in text.split("."))
    except (ValueError, binascii.Error):
        return b"", b""
    return body, signature
