"""The places of one text that make the value of a quality rule what it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from corpuscope.english.characters import TERMINAL, members
from corpuscope.english.words import Span, words
from corpuscope.rules import (
    C4_FEWEST_WORDS,
    C4_JAVASCRIPT,
    C4_LONGEST_WORD,
    C4_LOREM_IPSUM,
    C4_POLICIES,
    FINEWEB_SHORT_LINE,
    Rule,
)

_ELLIPSIS = re.compile(r"\.\.\.|…")
_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_DROPPING = (C4_JAVASCRIPT, *C4_POLICIES)
_TERMINAL = tuple(members(TERMINAL))


def evidence(rule: Rule, text: str) -> list[Span]:
    """Where in the text (in code points) what the rule counts is, in reading order; runs of words may overlap.

    Of repeats these are all but the first, of too few sentences the lines that were dropped before sentences were
    counted. Nothing where the value comes from the whole text, such as a mean, or from what is missing.
    """
    find = _FINDERS.get(rule.value)
    return [(start, end) for start, end in find(text) if start < end] if find else []


_Finder = Callable[[str], Iterator[Span]]


def _hashes(text: str) -> Iterator[Span]:
    return (match.span() for match in re.finditer("#", text))


def _ellipses(text: str) -> Iterator[Span]:
    return (match.span() for match in _ELLIPSIS.finditer(text))


def _bullet_lines(text: str) -> Iterator[Span]:
    return (span for span in _lines(text) if text[slice(*span)].startswith(("•", "-")))


def _ellipsis_lines(text: str) -> Iterator[Span]:
    return (span for span in _lines(text) if text[slice(*span)].endswith(("...", "…")))


def _words_without_letters(text: str) -> Iterator[Span]:
    return (span for span in words(text) if not any(map(str.isalpha, text[slice(*span)])))


def _repeated_paragraphs(text: str) -> Iterator[Span]:
    start, end = _stripped(text, 0, len(text))
    return _repeats(text, _between(text, r"\n{2,}", start, end))


def _repeated_lines(text: str) -> Iterator[Span]:
    return _repeats(text, _between(text, r"\n+", 0, len(text)))


def _top_ngram(n: int) -> _Finder:
    def find(text: str) -> Iterator[Span]:
        spans = words(text)
        cut = [text[slice(*span)] for span in spans]
        runs = [tuple(cut[i : i + n]) for i in range(len(cut) - n + 1)]
        top = max(Counter(runs).items(), key=lambda item: item[1], default=((), 0))[0]
        return ((spans[i][0], spans[i + n - 1][1]) for i, run in enumerate(runs) if run == top)

    return find


def _repeated_ngrams(n: int) -> _Finder:
    def find(text: str) -> Iterator[Span]:
        spans = words(text)
        cut = [text[slice(*span)] for span in spans]
        met: set[str] = set()
        i = 0
        while i + n <= len(cut):
            run = "".join(cut[i : i + n])
            if run in met:
                yield spans[i][0], spans[i + n - 1][1]
                i += n
            else:
                met.add(run)
                i += 1

    return find


def _lorem_ipsum(text: str) -> Iterator[Span]:
    return (span for line in _lines(text) if _is_long(text, line) for span in _phrase(text, line, C4_LOREM_IPSUM))


def _curly_brackets(text: str) -> Iterator[Span]:
    lines = (line for line in _lines(text) if _is_long(text, line) and not any(_phrase(text, line, C4_JAVASCRIPT)))
    return (span for line in lines for span in _phrase(text, line, "{"))


def _dropped_lines(text: str) -> Iterator[Span]:
    for line in _lines(text):
        if not _is_long(text, line) or any(any(_phrase(text, line, phrase)) for phrase in _DROPPING):
            yield line


def _unpunctuated_lines(text: str) -> Iterator[Span]:
    return (span for span in _not_blank(text) if not text[slice(*span)].endswith(_TERMINAL))


def _short_lines(text: str) -> Iterator[Span]:
    return (span for span in _not_blank(text) if span[1] - span[0] <= FINEWEB_SHORT_LINE)


def _repeated_not_blank(text: str) -> Iterator[Span]:
    return _repeats(text, _not_blank(text))


def _lines(text: str) -> Iterator[Span]:
    """Lines as `str.splitlines` finds them, without the white space around them."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield _stripped(text, start, start + len(line))
        start += len(line)


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _not_blank(text: str) -> Iterator[Span]:
    return (span for span in _between(text, "\n", 0, len(text)) if text[slice(*span)].strip())


def _between(text: str, separator: str, start: int, end: int) -> Iterator[Span]:
    for match in re.compile(separator).finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _repeats(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    met: set[str] = set()
    for span in spans:
        piece = text[slice(*span)]
        if piece in met:
            yield span
        met.add(piece)


def _is_long(text: str, line: Span) -> bool:
    """Whether C4 keeps a line for its words: three at least, none too long."""
    cut = text[slice(*line)].split()
    return len(cut) >= C4_FEWEST_WORDS and all(len(word) <= C4_LONGEST_WORD for word in cut)


def _phrase(text: str, line: Span, phrase: str) -> Iterator[Span]:
    """Where a line has a phrase, in any case, once its citation marks are gone; they may stand in it."""
    places: list[int] = []
    for start, end in _between(text, _CITATION.pattern, *line):
        places += range(start, end)
    lowered = "".join(_lower(text[place]) for place in places)
    at = lowered.find(phrase)
    while at >= 0:
        yield places[at], places[at + len(phrase) - 1] + 1
        at = lowered.find(phrase, at + 1)


def _lower(character: str) -> str:
    """One character for one: the only one whose lower case is two characters holds none of a phrase's end."""
    lower = character.lower()
    return lower if len(lower) == 1 else character


_FINDERS: dict[str, _Finder] = {
    "gopher_quality_hashes_per_word": _hashes,
    "gopher_quality_ellipses_per_word": _ellipses,
    "gopher_quality_bullet_lines": _bullet_lines,
    "gopher_quality_ellipsis_lines": _ellipsis_lines,
    "gopher_quality_alphabetic_words": _words_without_letters,
    "gopher_repetition_duplicate_paragraphs": _repeated_paragraphs,
    "gopher_repetition_duplicate_paragraph_characters": _repeated_paragraphs,
    "gopher_repetition_duplicate_lines": _repeated_lines,
    "gopher_repetition_duplicate_line_characters": _repeated_lines,
    **{f"gopher_repetition_top_{n}_gram_characters": _top_ngram(n) for n in range(2, 5)},
    **{f"gopher_repetition_duplicate_{n}_gram_characters": _repeated_ngrams(n) for n in range(5, 11)},
    "c4_quality_lorem_ipsum_lines": _lorem_ipsum,
    "c4_quality_curly_bracket_lines": _curly_brackets,
    "c4_quality_sentences": _dropped_lines,
    "fineweb_quality_punctuated_lines": _unpunctuated_lines,
    "fineweb_quality_short_lines": _short_lines,
    "fineweb_quality_duplicate_line_characters": _repeated_not_blank,
}
