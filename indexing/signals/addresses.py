"""Whether a chunk of text is a web or mail address that spaCy leaves whole (its `url_match`)."""

from __future__ import annotations

from corpuscope.compiled import compiled
from indexing.signals.codepoints import Codes
from indexing.signals.english_classes import DECIMAL, HOST, LOWER, WORD, Table

_AT, _DOT, _COLON, _SLASH, _PLUS, _HYPHEN, _UNDERSCORE = ord("@"), ord("."), ord(":"), ord("/"), ord("+"), 45, 95
_DIGIT_1, _DIGIT_9 = ord("1"), ord("9")
_QUERY, _HASH = ord("?"), ord("#")
_LONGEST_LABEL, _LONGEST_TOP = 64, 63


@compiled
def is_address(codes: Codes, start: int, end: int, classes: Table) -> bool:
    """[scheme://][user@]host[:port][/path]: the host may begin at the start, after a scheme, or after any @."""
    if is_host(codes, start, end, classes):
        return True
    i = start
    while i < end and (classes[codes[i]] & WORD or codes[i] == _PLUS or codes[i] == _DOT or codes[i] == _HYPHEN):
        i += 1
    scheme = i - start >= 2 and i + 2 < end and codes[i] == _COLON and codes[i + 1] == _SLASH and codes[i + 2] == _SLASH
    if scheme and is_host(codes, i + 3, end, classes):
        return True
    user = start + 1
    while user < end and not (codes[user] == _AT and is_host(codes, user + 1, end, classes)):
        user += 1
    return user < end


@compiled
def is_host(codes: Codes, start: int, end: int, classes: Table) -> bool:
    """A numeric address or a name, then nothing, a port or a path."""
    after = _numeric(codes, start, end, classes)
    if after > 0 and _ends_well(codes, after, end, classes):
        return True
    i = start
    labels = 0
    while i < end:
        if labels:
            top = i
            while top < end and classes[codes[top]] & LOWER:
                top += 1
            if 2 <= top - i <= _LONGEST_TOP and _ends_well(codes, top, end, classes):
                return True
        label = i
        while i < end and (classes[codes[i]] & HOST or codes[i] == _UNDERSCORE or codes[i] == _HYPHEN):
            i += 1
        if i in (label, end) or i - label > _LONGEST_LABEL or codes[i] != _DOT:
            return False
        if not (classes[codes[label]] & HOST and classes[codes[i - 1]] & HOST):
            return False
        labels += 1
        i += 1
    return False


@compiled
def _ends_well(codes: Codes, i: int, end: int, classes: Table) -> bool:
    """Nothing, or a port of two to five digits, and then nothing or a path."""
    if i < end and codes[i] == _COLON:
        digits = i + 1
        while digits < end and classes[codes[digits]] & DECIMAL:
            digits += 1
        if not 2 <= digits - i - 1 <= 5:
            return False
        i = digits
    return i == end or codes[i] == _SLASH or codes[i] == _QUERY or codes[i] == _HASH


@compiled
def _numeric(codes: Codes, start: int, end: int, classes: Table) -> int:
    """The place after four numbers of a public IPv4 address, or 0."""
    i = start
    first = second = -1
    for k in range(4):
        if k:
            if i >= end or codes[i] != _DOT:
                return 0
            i += 1
        size = 0
        while i + size < end and classes[codes[i + size]] & DECIMAL:
            size += 1
        value = _octet(codes, i, size, k == 0, k == 3)
        if value < 0:
            return 0
        if k == 0:
            first = value
        elif k == 1:
            # 172.16 to 172.19 are private in digits of ASCII only.
            second = value if codes[i] != _DIGIT_1 or codes[i + size - 1] <= _DIGIT_9 else 0
        i += size
    if first == 10 or first == 127 or (first == 169 and second == 254) or (first == 192 and second == 168):
        return 0
    return 0 if first == 172 and 16 <= second <= 31 else i


@compiled
def _octet(codes: Codes, i: int, size: int, is_first: bool, is_last: bool) -> int:
    """The number, or -1 where it may not stand; digits of other scripts, which spaCy lets through, count as 9."""
    if size < 1 or size > 3:
        return -1
    value = 0
    for k in range(size):
        digit = int(codes[i + k]) - 48
        value = value * 10 + (digit if 0 <= digit <= 9 else 9)
    leading = codes[i] == 48 or codes[i] > 57
    if (is_first or is_last) and leading:
        return -1
    if size == 3 and (leading or codes[i] > 50):
        return -1
    if is_first:
        return value if value <= 223 else -1
    if is_last:
        return value if value <= 254 else -1
    return value if value <= 255 else -1
