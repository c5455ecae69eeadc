"""Words and sentences of one text, as spaCy 3.8's blank English pipeline and its sentencizer cut them.

Chunks between white space are cut at their ends (prefixes, suffixes), then inside (infixes) unless they are addresses;
exceptions are looked up on the way and once more over the words that were cut. Whole corpora are cut by the compiled
loops of `indexing.signals`, which have to find the same words.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from corpuscope.english import characters as c
from corpuscope.english.exceptions import exceptions

#: A place in a text: its first character and the one after its last.
Span = tuple[int, int]


def _set(ranges: c.Ranges) -> str:
    """Ranges as what stands between the brackets of a regular expression."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


_A, _L, _U, _ICONS, _QUOTES = (_set(r) for r in (c.LETTERS, c.LOWER, c.UPPER, c.ICONS, c.single(c.QUOTES)))
_UNIT = "|".join(re.escape(unit) for unit in sorted(c.UNITS))
_MONEY = rf"(?:[{re.escape(c.CURRENCY)}]|(?:US|C|A)\$)"

_PREFIX = re.compile(rf"\.\.+|(?:US|C|A)\$|\+(?![0-9])|[{_set(c.PREFIXES)}]")
_SUFFIX = re.compile(
    rf"(?:\.\.+|……|['’][sS]|[{_set(c.SUFFIXES)}]|(?<=[0-9])(?:\+|{_MONEY}|{_UNIT})|(?<=°[FfCcKk])\.|"
    rf"(?<=[0-9{_L}{_set(c.BEFORE_STOP)}])\.|(?<=[{_U}][{_U}])\.)\Z"
)
_INFIX = re.compile(
    rf"\.\.+|[…{_ICONS}]|(?<=[0-9])[+*^-](?=[0-9-])|(?<=[{_L}{_QUOTES}])\.(?=[{_U}{_QUOTES}])|(?<=[{_A}]),(?=[{_A}])|"
    rf"(?<=[{_A}0-9])(?:---?|——|[-–—~])(?=[{_A}])|(?<=[{_A}0-9])[:<>=/](?=[{_A}])"
)
_HOST = r"A-Za-z0-9\u00a1-\uffff"
_ADDRESS = re.compile(
    r"(?:[\w+.-]{2,}://)?(?:\S+@)?(?:"
    r"(?!(?:10|127)(?:\.\d{1,3}){3}|(?:169\.254|192\.168)(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})"
    r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4])"
    rf"|(?:[{_HOST}](?:[{_HOST}_-]{{0,62}}[{_HOST}])?\.)+[{_L}]{{2,63}})(?::\d{{2,5}})?(?:[/?#]\S*)?"
)
_SPACE_OR_NOT = re.compile(r"\s+|\S+")
_NO_EXCEPTIONS: Mapping[str, Sequence[str]] = {}
_ENDS = c.members(c.SENTENCE_ENDS)


def words(text: str) -> list[Span]:
    """Where the words and punctuation marks of a text are."""
    return [(start, end) for start, end in _tokens(text) if not text[start].isspace()]


def count_sentences(line: str) -> int:
    """How many sentences a line has: a new one begins at the first word after the mark of a sentence's end."""
    count, ended = 1, False
    for start, end in _tokens(line):
        word = line[start:end]
        if word in _ENDS:
            ended = True
        elif ended and any(not unicodedata.category(character).startswith("P") for character in word):
            count, ended = count + 1, False
    return count


def _tokens(text: str) -> list[Span]:
    """Words, and white space but for a single space after a word."""
    spans: list[Span] = []
    for chunk in _SPACE_OR_NOT.finditer(text):
        start, end = chunk.span()
        if not text[start].isspace():
            parts: Sequence[str] = _cut(chunk[0], exceptions())
        else:
            start += text[start] == " " and start > 0
            parts = (text[start:end],) if start < end else ()
        for part in parts:
            spans.append((start, start + len(part)))
            start += len(part)
    return list(_with_exceptions(text, spans))


def _cut(chunk: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """The words of a chunk without white space."""
    if chunk in known:
        return list(known[chunk])
    before: list[str] = []
    after: list[str] = []
    size = -1
    while chunk and len(chunk) != size and chunk not in known:
        size = len(chunk)
        prefix = _length(_PREFIX.match(chunk))
        if prefix and chunk[prefix:] in known:
            before.append(chunk[:prefix])
            chunk = chunk[prefix:]
            break
        suffix = _length(_SUFFIX.search(chunk[prefix:]))
        if suffix and chunk[:-suffix] in known:
            after.append(chunk[-suffix:])
            chunk = chunk[:-suffix]
            break
        before += [chunk[:prefix]] * (prefix > 0)
        after += [chunk[size - suffix :]] * (suffix > 0)
        chunk = chunk[prefix : size - suffix]
    inside = list(known[chunk]) if chunk in known else _cut_inside(chunk)
    return before + inside + after[::-1]


def _length(match: re.Match[str] | None) -> int:
    return match.end() - match.start() if match else 0


def _cut_inside(chunk: str) -> list[str]:
    if not chunk or _ADDRESS.fullmatch(chunk):
        return [chunk] * bool(chunk)
    cuts = [0]
    for infix in _INFIX.finditer(chunk):
        if infix.start():
            cuts += infix.span()
    cuts.append(len(chunk))
    return [chunk[a:b] for a, b in zip(cuts, cuts[1:], strict=False) if a < b]


@functools.cache
def merged() -> dict[tuple[str, ...], str]:
    """The exceptions by the words that they would be cut into, did spaCy not know them; those cut into several."""
    found = ((tuple(_cut(string, _NO_EXCEPTIONS)), string) for string in exceptions())
    return {parts: string for parts, string in found if len(parts) > 1}


def _with_exceptions(text: str, spans: list[Span]) -> Iterator[Span]:
    """Cut anew where words that follow each other make up an exception: the longest first, none into another."""
    token = [text[start:end] for start, end in spans]
    firsts = {parts[0] for parts in merged()}
    candidates = [i for i, word in enumerate(token) if word in firsts]
    longest = max(map(len, merged()))
    taken: set[int] = set()
    anew: dict[int, tuple[int, Sequence[str]]] = {}
    for size in range(longest, 1, -1):
        for i in candidates:
            string = merged().get(tuple(token[i : i + size]))
            if string is None or i + size > len(token):
                continue
            free = i not in taken and i + size - 1 not in taken
            taken.update(range(i, i + size))
            if free and text[spans[i][0] : spans[i + size - 1][1]] == string:
                anew[i] = (size, exceptions()[string])
    i = 0
    while i < len(spans):
        size, parts = anew.get(i, (1, (token[i],)))
        start = spans[i][0]
        for part in parts:
            yield start, start + len(part)
            start += len(part)
        i += size
