"""Finding personal data in text: e-mail addresses, IP addresses, phone numbers and secret keys.

The rules follow what published pipelines do, without their known faults: datatrove's PIIFormatter (e-mail, global IP
addresses only), Dolma's PII taggers (phone numbers, with a look at what stands before them) and the redaction of
BigScience ROOTS (keys, IPv6). FineWeb's own placeholders are no personal data. Patterns are RE2: time is linear.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal["email", "ip", "phone", "key"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Addresses that datatrove wrote over the real ones, so that released FineWeb text is full of them.
PLACEHOLDER_EMAILS = frozenset({"email@example.com", "firstname.lastname@example.org"})
PLACEHOLDER_IPS = frozenset(
    {"22.214.171.124", "126.96.36.199", "188.8.131.52", "184.108.40.206", "220.127.116.11", "18.104.22.168"}
)

_LETTER = r"\p{Latin}\p{Greek}\p{Cyrillic}"
_EMAIL = (
    rf"[{_LETTER}0-9_](?:[{_LETTER}0-9._%+'-]*[{_LETTER}0-9_+-])?@"
    rf"(?:(?:[{_LETTER}0-9](?:[{_LETTER}0-9-]*[{_LETTER}0-9])?\.)+(?:xn--[A-Za-z0-9-]+|[A-Za-z]{{2,}}|[{_LETTER}]{{2,}})"
    r"|\[[0-9]{1,3}(?:\.[0-9]{1,3}){3}\])"
)
_IPV4 = r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]+)*"
#: Global unicast addresses are 2000::/3 (RFC 4291), so the first group starts with 2 or 3.
_IPV6 = r"[23][0-9A-Fa-f]{3}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*"
_GAP = r"[ .()/\x{A0}\x{2010}-\x{2013}-]"
_PHONE_INTERNATIONAL = rf"\+\(?[1-9](?:{_GAP}{{0,3}}[0-9]){{6,}}"
#: North American numbers, 3-3-4 digits, as Dolma's tagger finds them, but never as one bare run of digits.
_PHONE_AMERICAN = (
    r"\([0-9]{3}\)[ .-]{0,2}[0-9]{3}[ .-][0-9]{4}"
    r"|[0-9]{3}-[0-9]{3}-[0-9]{4}|[0-9]{3}\.[0-9]{3}\.[0-9]{4}|[2-9][0-9]{2} [2-9][0-9]{2}[ -][0-9]{4}"
)
_PHONE_WORD = (
    r"(?:tele(?:phone|fono|fon|fax)|teléfono|téléphone|phone|tel|tél|tlf|fax|mobile|mobil|cell|call|whatsapp"
    r"|тел|电话|電話|전화)(?:[ .]?(?:no|nr|number|us|at))?"
)
_PHONE_LABELLED = rf"(?i:{_PHONE_WORD})[ .:：]{{1,3}}\(?[0-9](?:{_GAP}{{0,3}}[0-9]){{6,}}"
_KEY_KNOWN = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|[rs]k_(?:live|test)_[0-9A-Za-z]{20,}"
    r"|sk-[A-Za-z0-9_-]{32,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
)
_KEY_BLOCK = (
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:[^-]|-[^-])*-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|(?:\s*[A-Za-z0-9+/=]{40,})*)"
)
_KEY_LABELLED = (
    r"(?i:api[_-]?key|secret(?:[_-]?(?:access[_-])?key)?|(?:access|auth)[_-]?token|token|passw(?:or)?d|pwd)"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?[A-Za-z0-9/+_.-]{16,}={0,2}"
)

#: What may not stand right before or after a number for it to be an address or a phone number.
_BEFORE_IP = re.compile(
    rb"(?:[\w.:-]|[A-Za-z]/|[<>=~!]=|<<|>>"
    rb"|\b(?:versions?|ver|release|rev|revision|build|firmware|update|section|chapter|clause)\W{0,3}|\xc2\xa7 ?)\Z",
    re.IGNORECASE,
)
#: Four small numbers are mostly a section or a version ("see 5.3.1.4"), unless something near them says network.
_SMALL_OCTET = 32
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "9.9.9.9"})
_NETWORK = re.compile(
    rb"\b(?:ips?|ipv4|dns|servers?|hosts?|address(?:es)?|ping|resolvers?|https?|gateway|proxy)\b", re.I
)
_AFTER_IP = re.compile(rb"[\w:]|\.\w|-\w*[A-Za-z]")
_BEFORE_PHONE = re.compile(rb"(?:[\w./=+#-]|\b(?:isbn|issn|doi|arxiv)\b[^\n]{0,24})\Z", re.IGNORECASE)
_AFTER_PHONE = re.compile(rb"\w|[-./,]\d")
_YEARS = re.compile(rb"(?:1[5-9]|20)\d\d\D{1,3}(?:1[5-9]|20)\d\d")
#: 3 500 000 with a sign: groups of three, too few digits for a number with its country's code.
_AMOUNT = re.compile(rb"\+\d{1,3}(?:\D{1,2}\d{3}){1,2}|.*000000", re.DOTALL)
_IMAGE = re.compile(rb"\.(?:png|jpe?g|gif|svg|webp)\Z", re.IGNORECASE)
_SECRET = re.compile(rb"[A-Za-z0-9/+_.-]+={0,2}\Z")
_CONTEXT_BYTES = 48
#: How far around a window personal data is looked for, so that what the window cuts is still found whole.
_WINDOW_CONTEXT = 4096
#: Stands in the first line of every key block.
_BLOCK_MARK = "PRIVATE KEY"
_PHONE_DIGITS = range(7, 16)


@dataclass(frozen=True, order=True)
class Span:
    """One piece of personal data; `start` and `end` are code points, end exclusive."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class _Rule:
    """A pattern and what narrows a match down: `accept(text, start, end)` gives the byte span, or None."""

    kind: Kind
    pattern: str
    accept: Callable[[bytes, int, int], tuple[int, int] | None]


def spans(text: str) -> list[Span]:
    """Every piece of personal data in `text`, in order and without overlap."""
    data = text.encode("utf-8", "surrogatepass")
    if joint_pattern().search(data) is None:  # most texts: one search in place of one a rule
        return []
    return _to_code_points(data, _merge(sorted(_find(data))))


def spans_near(text: str, start: int, end: int) -> list[Span]:
    """What `spans` finds in and near `text[start:end]`, whole, without a look at all of a long text."""
    low = max(0, start - _WINDOW_CONTEXT)
    found = [(s.start + low, s.end + low, s.kind) for s in spans(text[low : end + _WINDOW_CONTEXT])]
    return [Span(*where) for where in _merge(sorted(found + _key_blocks(text)))]


@functools.cache
def joint_pattern() -> Any:
    """One RE2 pattern over UTF-8 bytes that matches wherever there is personal data (and in some other places)."""
    import re2

    return re2.compile("|".join(rule.pattern for rule in _RULES).encode())


def _key_blocks(text: str) -> list[tuple[int, int, Kind]]:
    """The key blocks of a whole text: they may be longer than any context."""
    if _BLOCK_MARK not in text:
        return []
    data = text.encode("utf-8", "surrogatepass")
    kind, accept, regexp = _compiled()[0]
    found = [(*match.span(), kind) for match in regexp.finditer(data) if accept(data, *match.span())]
    return [(span.start, span.end, span.kind) for span in _to_code_points(data, found)]


def _to_code_points(data: bytes, found: Iterable[tuple[int, int, Kind]]) -> list[Span]:
    """Disjoint byte spans, in order, as spans of code points."""
    out: list[Span] = []
    byte = point = 0
    for start, end, kind in found:
        first = point + _count_points(data[byte:start])
        byte, point = end, first + _count_points(data[start:end])
        out.append(Span(first, point, kind))
    return out


def _find(data: bytes) -> Iterator[tuple[int, int, Kind]]:
    for kind, accept, regexp in _compiled():
        for match in regexp.finditer(data):
            found = accept(data, *match.span())
            if found is not None:
                yield (*found, kind)


def _merge(found: list[tuple[int, int, Kind]]) -> Iterator[tuple[int, int, Kind]]:
    """Join overlapping spans: the first one's kind stays, so that a number in an address is no phone."""
    current: tuple[int, int, Kind] | None = None
    for start, end, kind in found:
        if current is not None and start < current[1]:
            current = (current[0], max(current[1], end), current[2])
            continue
        if current is not None:
            yield current
        current = (start, end, kind)
    if current is not None:
        yield current


def _count_points(data: bytes) -> int:
    return len(data.decode("utf-8", "surrogatepass"))


@functools.cache
def _compiled() -> list[tuple[Kind, Callable[[bytes, int, int], tuple[int, int] | None], Any]]:
    import re2

    return [(rule.kind, rule.accept, re2.compile(rule.pattern.encode())) for rule in _RULES]


def _accept_email(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    found = data[start:end]
    placeholder = found.decode("utf-8").lower() in PLACEHOLDER_EMAILS
    return None if placeholder or _IMAGE.search(found) else (start, end)


def _accept_ip(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    end = start + len(data[start:end].rstrip(b":"))
    before = data[max(0, start - _CONTEXT_BYTES) : start]
    if _BEFORE_IP.search(before) or _AFTER_IP.match(data[end : end + 8]):
        return None
    found = data[start:end].decode("ascii")
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return None
    public = address.is_global and not address.is_multicast and found not in PLACEHOLDER_IPS
    return None if not public or _is_numbering(found, address.version, before) else (start, end)


def _is_numbering(found: str, version: int, before: bytes) -> bool:
    """Whether what reads as an address is more likely a section, a version or a scope (`2016::a`)."""
    if version == 6:
        return len([group for group in found.split(":") if group]) < 3
    small = all(int(octet) < _SMALL_OCTET for octet in found.split("."))
    return small and found not in _RESOLVERS and not _NETWORK.search(before)


def _accept_phone(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    if _BEFORE_PHONE.search(data[max(0, start - _CONTEXT_BYTES) : start]):
        return None
    return _accept_number(data, start, end)


def _accept_labelled_phone(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    before = data[max(0, start - 1) : start]
    if before.isalnum() or before in (b".", b"/", b"_", b"-") or before >= b"\x80":
        return None
    number = re.search(rb"[(0-9]", data[start:end])
    return None if number is None else _accept_number(data, start + number.start(), end)


def _accept_number(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The number with as many of its groups of digits as a phone number can have (15 digits, E.164)."""
    groups = [start + m.end() for m in re.finditer(rb"\d+", data[start:end])]
    if _AFTER_PHONE.match(data[end : end + 2]):
        groups.pop()
    while groups and _count_digits(data[start : groups[-1]]) >= _PHONE_DIGITS.stop:
        groups.pop()
    if not groups or _count_digits(data[start : groups[-1]]) not in _PHONE_DIGITS:
        return None
    found = data[start : groups[-1]]
    return None if _AMOUNT.fullmatch(found) or _YEARS.search(found) else (start, groups[-1])


def _count_digits(data: bytes) -> int:
    return sum(48 <= byte < 58 for byte in data)


def _accept_key(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    glued = data[start - 1 : start].isalnum() if start else False
    return None if glued else (start, end)


def _accept_labelled_key(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    value = _SECRET.search(data[start:end])
    if value is None:
        return None
    digits = _count_digits(value.group())
    letters = any(chr(byte).isalpha() for byte in value.group())
    return (start + value.start(), end) if digits >= 2 and letters else None


_RULES = (
    _Rule("key", _KEY_BLOCK, _accept_key),  # the first, which `_key_blocks` takes
    _Rule("key", _KEY_KNOWN, _accept_key),
    _Rule("key", _KEY_LABELLED, _accept_labelled_key),
    _Rule("email", _EMAIL, _accept_email),
    _Rule("ip", _IPV4, _accept_ip),
    _Rule("ip", _IPV6, _accept_ip),
    _Rule("phone", _PHONE_INTERNATIONAL, _accept_phone),
    _Rule("phone", _PHONE_AMERICAN, _accept_phone),
    _Rule("phone", _PHONE_LABELLED, _accept_labelled_phone),
)
