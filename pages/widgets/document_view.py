"""A document's text as HTML: what the query matched, what is masked, and where in the text it stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpuscope.links import Link
from corpuscope.personal_data import Kind
from corpuscope.reading.flags import FLAGS
from corpuscope.reading.records import Reading
from pages.widgets.panel import door
from pages.widgets.safe_html import Html, element, join, text

#: Ticks that the strip beside the text has room for.
_TICKS = 200
_KINDS: dict[Kind, str] = {
    "email": "an e-mail address",
    "ip": "an IP address",
    "phone": "a phone number",
    "key": "a secret key",
}


def text_html(link: Link, reading: Reading, *, is_masked: bool) -> Html:
    """One page of the text with its marks, what can be done with them, and the strip of where they are."""
    pane = element(
        "div",
        _page(reading, is_masked=is_masked),
        class_="pane",
        data_pane=True,
        dir="auto",
        tabindex=0,
        role="document",
        aria_label="Text of the document",
    )
    body = element("div", pane, _strip(link, reading), class_="pane-and-strip")
    current = _current(link, reading) if reading.marks else None
    bar = element("div", _stepper(link, reading), _pager(link, reading), class_="reading-bar")
    notes = (element("p", note, class_="note") for note in _notes(link, reading))
    return element("section", bar, *notes, body, class_="reading", data_current=current)


def _page(reading: Reading, *, is_masked: bool) -> Html:
    """The text, marked: a mark bears the number of its first match."""
    out: list[Html] = []
    at = 0
    for mark in reading.marks:
        out += _spans(reading, at, mark.start, is_masked=is_masked)
        inside = _spans(reading, mark.start, mark.end, is_masked=is_masked)
        out.append(element("mark", *inside, data_n=mark.first + 1))
        at = mark.end
    return join([*out, *_spans(reading, at, len(reading.text), is_masked=is_masked)])


def _spans(reading: Reading, start: int, end: int, *, is_masked: bool) -> Iterator[Html]:
    """A part of the text with personal data, or the masks of it, set apart."""
    at = start
    first = bisect_left(reading.personal, start, key=lambda span: span.end)
    for span in reading.personal[first:]:
        if span.start >= end:
            break
        low, high = max(span.start, start), min(span.end, end)
        if low >= high:
            continue
        yield _text(reading.text[at:low])
        what = f"{_KINDS[span.kind]}, {'masked' if is_masked else 'masked unless it is asked for'}"
        yield element(
            "span", reading.text[low:high], class_="personal" if is_masked else "personal revealed", title=what
        )
        at = high
    yield _text(reading.text[at:end])


def _text(part: str) -> Html:
    """Text with the line ends of Windows as line ends."""
    return text(part.replace("\r\n", "\n"))


def _current(link: Link, reading: Reading) -> int:
    """The mark to begin with: the first at or behind the place that the link names, else the last."""
    if link.start is None:
        return 0
    starts = [reading.matches.spans[m.first][0] for m in reading.marks]
    return min(bisect_left(starts, link.start), len(starts) - 1)


def _stepper(link: Link, reading: Reading) -> Html | None:
    """How many matches there are, and the way through them."""
    if not _looks_for_something(link):
        return None
    before, after = _beyond(link, reading)
    if not reading.matches.spans and before is None and after is None:
        return element("span", f"No {_nouns(link)[0]} in this text", class_="quiet")
    return element(
        "span",
        _button("‹", f"Previous {_nouns(link)[0]}", "p", data_step=-1),
        element("span", *_place(link, reading), role="status"),
        _button("›", f"Next {_nouns(link)[0]}", "n", data_step=1),
        before and door(before, data_before=True, hidden=True, aria_hidden="true", tabindex=-1),
        after and door(after, data_after=True, hidden=True, aria_hidden="true", tabindex=-1),
        class_="stepper",
    )


def _looks_for_something(link: Link) -> bool:
    return link.query.has_text or link.why is not None


def _nouns(link: Link) -> tuple[str, str]:
    """What is marked, one and many: matches of the query, or places that show why a rule fails."""
    return ("match", "matches") if link.why is None else ("place", "places")


def _place(link: Link, reading: Reading) -> Iterator[object]:
    """Which match is the current one, of how many."""
    total = len(reading.matches.spans)
    if reading.marks:
        yield element("b", f"{reading.marks[_current(link, reading)].first + 1:,}", data_place=True)
        yield f" of {total:,}"
    else:
        yield f"{total or 'no'} {_nouns(link)[total != 1]}"
    if not reading.knows_all_matches:
        yield f" in characters {reading.matches.start + 1:,} – {reading.matches.end:,}"
    elif not reading.marks:
        yield ", none on this page"


def _beyond(link: Link, reading: Reading) -> tuple[Link | None, Link | None]:
    """Where stepping leads past the first and past the last mark of the page: around, where all matches are known."""
    found = reading.matches
    starts = [a for a, _ in found.spans]
    first, behind = bisect_left(starts, reading.start), bisect_left(starts, reading.end)
    earlier, later = starts[:first], starts[behind:]
    if reading.knows_all_matches:
        before, after = [*later, *earlier][-1:], [*later, *earlier][:1]
    else:
        before = earlier[-1:] or [found.start - 1]
        after = later[:1] or [found.end]
    return _at(link, before, reading), _at(link, after, reading)


def _at(link: Link, place: Sequence[int], reading: Reading) -> Link | None:
    """The page with a place of the text, if it is one."""
    return next((replace(link, start=at) for at in place if 0 <= at < reading.length), None)


def _pager(link: Link, reading: Reading) -> Html | None:
    """Which part of a long text is shown, and the way to the others."""
    if reading.is_whole:
        return None
    earlier, later = _at(link, [reading.start - 1], reading), _at(link, [reading.end], reading)
    return element(
        "span",
        _turn(earlier, "‹ Earlier", "earlier"),
        f"characters {reading.start + 1:,} – {reading.end:,} of {reading.length:,}",
        _turn(later, "Later ›", "later"),
        class_="text-pager",
    )


def _turn(link: Link | None, label: str, name: str) -> Html:
    if link is None:
        return element("span", label, class_="off", aria_hidden="true")
    return door(link, label, data_name=name)


def _notes(link: Link, reading: Reading) -> Iterator[str]:
    if link.why is not None and link.why.startswith(FLAGS):
        yield f"Marked: what {link.why.removeprefix(FLAGS)} flags, instead of what the query matches."
    elif link.why is not None:
        yield f"Marked: what fails {link.why.replace(':', ', rule ')}, instead of what the query matches."
    if link.query.has_text and not reading.knows_all_matches and not reading.matches.cut:
        yield "The text is long: matches are looked for around this page; stepping on looks further."
    if reading.matches.cut:
        yield f"Only the first {len(reading.matches.spans):,} are marked."
    if link.query.has_text and not reading.matches.spans and reading.title_marks:
        yield "The query matches the title."


def _strip(link: Link, reading: Reading) -> Html | None:
    """Where the matches are in as much of the text as was looked at."""
    if not reading.matches.spans:
        return None
    low, high = reading.matches.start, reading.matches.end
    by_tick: dict[int, list[int]] = {}
    for number, (start, _) in enumerate(reading.matches.spans):
        by_tick.setdefault((start - low) * _TICKS // max(1, high - low), []).append(number)
    index = {m.first: i for i, m in enumerate(reading.marks)}
    ticks = [_tick(link, reading, place, numbers, index) for place, numbers in by_tick.items()]
    return element("nav", _window(reading, low, high), *ticks, class_="strip", aria_label="Where the matches are")


def _tick(link: Link, reading: Reading, place: int, numbers: list[int], index: dict[int, int]) -> Html:
    style = f"top: {100 * place / _TICKS:g}%"
    last = "" if len(numbers) == 1 else f" – {numbers[-1] + 1:,}"
    label = f"{_nouns(link)[len(numbers) > 1].capitalize()} {numbers[0] + 1:,}{last}"
    mark = next((index[n] for n in numbers if n in index), None)
    if mark is not None:
        return element(
            "button",
            type="button",
            class_="tick",
            style=style,
            title=label,
            aria_label=label,
            tabindex=-1,
            data_mark=mark,
        )
    there = replace(link, start=reading.matches.spans[numbers[0]][0])
    return door(there, class_="tick", style=style, title=label, aria_label=label, tabindex=-1)


def _window(reading: Reading, low: int, high: int) -> Html | None:
    """The page that is shown, on the strip of the whole text."""
    if (low, high) == (reading.start, reading.end):
        return None
    size = max(1, high - low)
    style = f"top: {100 * (reading.start - low) / size:.2f}%; height: {100 * (reading.end - reading.start) / size:.2f}%"
    return element("span", class_="window", style=style)


def _button(sign: str, label: str, key: str, **attributes: object) -> Html:
    title = f"{label} ({key})"
    return element("button", sign, type="button", title=title, aria_label=label, data_key=key, **attributes)
