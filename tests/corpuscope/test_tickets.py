import pytest

from corpuscope.tickets import TicketBooth, TicketRefused

NAME = "a1b2c3"


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.mark.parametrize("name", [("job", "a1b2c3"), (), ("a/b", ""), ("é\u2028\x00", "a.b/../c?d&e")])
def test_a_ticket_reads_back_as_it_was_issued(name: tuple[str, ...]):
    booth = TicketBooth()
    assert booth.read(booth.issue(*name)) == name


def test_a_ticket_expires():
    clock = Clock()
    booth = TicketBooth(lifetime_s=300, now=clock)
    text = booth.issue(NAME)
    clock.time += 299
    assert booth.read(text) == (NAME,)
    clock.time += 2
    with pytest.raises(TicketRefused, match="expired"):
        booth.read(text)


def test_a_ticket_of_another_process_is_refused():
    with pytest.raises(TicketRefused, match="not valid"):
        TicketBooth().read(TicketBooth().issue(NAME))


def test_every_altered_character_is_noticed():
    booth = TicketBooth()
    text = booth.issue(NAME)
    body, signature = text.split(".")
    for i in range(len(body)):
        forged = body[:i] + ("A" if body[i] != "A" else "B") + body[i + 1 :]
        with pytest.raises(TicketRefused):
            booth.read(f"{forged}.{signature}")
    with pytest.raises(TicketRefused):
        booth.read(f"{body}.{signature[::-1]}")


def test_the_signature_of_one_name_is_none_for_another():
    booth = TicketBooth()
    body, _ = booth.issue("mine").split(".")
    _, signature = booth.issue("other").split(".")
    with pytest.raises(TicketRefused, match="not valid"):
        booth.read(f"{body}.{signature}")


@pytest.mark.parametrize("text", ["", ".", "a.b", "....", "é.é", "x" * 1000, "AAAA", "../../etc/passwd"])
def test_what_is_no_ticket_is_refused(text: str):
    with pytest.raises(TicketRefused):
        TicketBooth().read(text)


def test_the_key_does_not_show():
    booth = TicketBooth()
    assert booth.key.hex() not in repr(booth) and str(booth.key) not in repr(booth)
