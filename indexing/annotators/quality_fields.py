"""What the fields of the quality rules say about themselves."""

from __future__ import annotations

from corpuscope.fields import Field, FieldType
from corpuscope.rules import KEEP, RULES, SYSTEMS, failed_field, rules_of

ORIGIN = "quality_rules"

_ENGLISH = "The rules were made for English pages: texts in other languages, poems, tables and code often fail them."
_NAMES = {
    "gopher_quality": "Gopher's quality filter",
    "gopher_repetition": "Gopher's repetition filter",
    "c4_quality": "C4's filter (without its rule that lines must end with punctuation, as FineWeb runs it)",
    "fineweb_quality": "FineWeb's own filter",
}
_SOURCES = {rule.system: rule.source for rule in RULES}
_WORDS = "Words and punctuation marks are cut as spaCy 3.8 does for English."

_SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.67, 0.8, 0.9, 1.0)
_PER_WORD = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 10.0)
_MANY = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 10_000.0, 100_000.0)
_LENGTHS = (0.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 8.0, 10.0, 20.0)
_UNBOUNDED = float(2**63 - 1)

#: Name, type, highest value, histogram edges (None: a bar a value), meaning.
_Row = tuple[str, FieldType, float, tuple[float, ...] | None, str]


def _share(name: str, meaning: str, most: float = 1.0) -> _Row:
    return name, "double", most, _SHARES, meaning


def _count(name: str, meaning: str) -> _Row:
    return name, "int", _UNBOUNDED, _MANY, meaning


_GOPHER_QUALITY: tuple[_Row, ...] = (
    _count("words", f"Number of words that are not made of punctuation alone. {_WORDS}"),
    ("mean_word_length", "double", _UNBOUNDED, _LENGTHS, "Characters a word, of words that are not punctuation alone."),
    ("hashes_per_word", "double", _UNBOUNDED, _PER_WORD, "Hash signs a word, punctuation marks counted as words."),
    ("ellipses_per_word", "double", _UNBOUNDED, _PER_WORD, "Ellipses (... and …) a word, punctuation marks counted."),
    _share("bullet_lines", "Fraction of lines that begin with • or -, white space apart."),
    _share("ellipsis_lines", "Fraction of lines that end with ... or …, white space apart."),
    _share("alphabetic_words", "Fraction of words with a letter, punctuation marks counted as words."),
    ("stop_words", "int", 8.0, None, "How many of the, be, to, of, and, that, have, with are there in lower case."),
)
_GOPHER_REPETITION: tuple[_Row, ...] = (
    _count("characters", "Length of the text in Unicode code points: what the characters of repeats are divided by."),
    _share("duplicate_paragraphs", "Fraction of paragraphs (parted by empty lines) that repeat an earlier one."),
    _share("duplicate_paragraph_characters", "Fraction of characters in paragraphs that repeat an earlier one."),
    _share("duplicate_lines", "Fraction of lines that repeat an earlier one; empty lines do not count."),
    _share("duplicate_line_characters", "Fraction of characters in lines that repeat an earlier one."),
    *(
        _share(
            f"top_{n}_gram_characters",
            f"Length times occurrences of the most frequent run of {n} words, as a fraction of the characters; "
            "occurrences that overlap all count, so that it may exceed 1.",
            2.0 * n,
        )
        for n in (2, 3, 4)
    ),
    *(
        _share(
            f"duplicate_{n}_gram_characters",
            f"Fraction of characters in runs of {n} words that repeat an earlier run; runs do not overlap.",
        )
        for n in range(5, 11)
    ),
)
_C4_QUALITY: tuple[_Row, ...] = (
    _count("lorem_ipsum_lines", "Number of lines with the placeholder lorem ipsum."),
    _count("curly_bracket_lines", "Number of lines with a curly bracket {, those that mention JavaScript apart."),
    _count("sentences", "Number of sentences in the lines that the line rules keep, cut by spaCy's sentencizer."),
    _count(
        "dropped_lines",
        "Number of lines that are dropped: fewer than 3 words, a word of more than 1,000 characters, javascript, or a "
        "phrase of cookie notices and terms of use. Blank lines do not count.",
    ),
    _count("dropped_characters", "Number of characters in the lines that are dropped."),
)
_FINEWEB_QUALITY: tuple[_Row, ...] = (
    _count("lines", "Number of lines that are not blank."),
    _share("punctuated_lines", "Fraction of lines whose last character ends a sentence."),
    _share("short_lines", "Fraction of lines of 30 characters or fewer."),
    _share("duplicate_line_characters", "Fraction of characters in lines that repeat an earlier one."),
    ("newlines_per_word", "double", _UNBOUNDED, _PER_WORD, f"Line ends a word, punctuation marks counted. {_WORDS}"),
)
_ROWS = {
    "gopher_quality": _GOPHER_QUALITY,
    "gopher_repetition": _GOPHER_REPETITION,
    "c4_quality": _C4_QUALITY,
    "fineweb_quality": _FINEWEB_QUALITY,
}


def _decision(system: str) -> Field:
    reasons = ", ".join(rule.reason for rule in rules_of(system))
    return Field(
        name=system,
        type="text",
        origin=ORIGIN,
        meaning=f"What {_NAMES[system]} decides: {KEEP}, or the first reason to drop the page.",
        source=f"{_SOURCES[system]}. Reasons: {reasons}.",
        caveat=_ENGLISH,
    )


def _failed(system: str) -> Field:
    return Field(
        name=failed_field(system),
        type="text",
        multi=True,
        origin=ORIGIN,
        meaning=f"All reasons for which {_NAMES[system]} would drop the page, the first first; none if it is kept.",
        source=f"{_SOURCES[system]}, which stops at the first.",
        caveat=_ENGLISH,
    )


def _value(system: str, row: _Row) -> Field:
    name, kind, most, bins, meaning = row
    return Field(
        name=f"{system}_{name}",
        type=kind,
        origin=ORIGIN,
        meaning=meaning,
        source=f"{_SOURCES[system]}.",
        caveat="" if kind == "int" else "Null where there is nothing to divide by.",
        range=(0.0, most),
        bins=bins,
    )


#: The values in the order in which they are measured.
MEASURES: tuple[Field, ...] = tuple(_value(system, row) for system in SYSTEMS for row in _ROWS[system])
FIELDS: tuple[Field, ...] = (
    *(field for system in SYSTEMS for field in (_decision(system), _failed(system))),
    *MEASURES,
)
