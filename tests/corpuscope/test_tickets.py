from dataclasses import replace

import pytest

from corpuscope.query import Query
from corpuscope.tickets import ExportTicket, TicketBooth, TicketRefused

TICKET = ExportTicket("demo", "a1b2c3", Query(text="sea ice", filters=("year>=2016",)), ".parquet", ("id", "text"), 10)


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_a_ticket_reads_back_as_it_was_issued():
    booth = TicketBooth()
    assert booth.read(booth.issue(TICKET)) == TICKET
    everything = replace(TICKET, fields=None, limit=None)
    assert booth.read(booth.issue(everything)) == everything


def test_a_ticket_expires():
    clock = Clock()
    booth = TicketBooth(lifetime_s=300, now=clock)
    text = booth.issue(TICKET)
    clock.time += 299
    assert booth.read(text) == TICKET
    clock.time += 2
    with pytest.raises(TicketRefused, match="expired"):
        booth.read(text)


def test_a_ticket_of_another_process_is_refused():
    with pytest.raises(TicketRefused, match="not valid"):
        TicketBooth().read(TicketBooth().issue(TICKET))


def test_every_altered_character_is_noticed():
    booth = TicketBooth()
    text = booth.issue(TICKET)
    body, signature = text.split(".")
    for i in range(0, len(body), 7):
        forged = body[:i] + ("A" if body[i] != "A" else "B") + body[i + 1 :]
        with pytest.raises(TicketRefused):
            booth.read(f"{forged}.{signature}")
    with pytest.raises(TicketRefused):
        booth.read(f"{body}.{signature[::-1]}")


@pytest.mark.parametrize("text", ["", ".", "a.b", "....", "é.é", "x" * 1000, "AAAA", "../../etc/passwd"])
def test_what_is_no_ticket_is_refused(text: str):
    with pytest.raises(TicketRefused):
        TicketBooth().read(text)


def test_the_key_does_not_show():
    booth = TicketBooth()
    assert booth.key.hex() not in repr(booth) and str(booth.key) not in repr(booth)
