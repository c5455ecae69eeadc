"""The rules by which published filters keep or drop a page: reasons, thresholds, and the fields that hold their values.

The filters are Gopher's quality and repetition filters, C4's and FineWeb's, with the thresholds, the order and the
reasons of datatrove 0.10.1 (C4 with `filter_no_terminal_punct=False`, as FineWeb runs it).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Keep = Literal["<=", "<", ">=", ">"]

KEEP = "keep"

#: The line rules of C4: a line has so many words, none of more characters, and none of these phrases.
C4_FEWEST_WORDS, C4_LONGEST_WORD = 3, 1_000
C4_JAVASCRIPT, C4_LOREM_IPSUM = "javascript", "lorem ipsum"
C4_POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
#: Characters of a line that is short to FineWeb.
FINEWEB_SHORT_LINE = 30

_GOPHER = "Rae et al. 2021 (arXiv 2112.11446), appendix A; datatrove 0.10.1"
_C4 = "Raffel et al. 2020 (JMLR 21/140), section 2.2; datatrove 0.10.1"
_FINEWEB = "Penedo et al. 2024 (arXiv 2406.17557), section 3.6; datatrove 0.10.1"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: a page passes when the field `value` stands in the relation `keep` to the threshold, or is null.

    `system` is the field with the decision: "keep", or the first reason that fails. Several rules may share a value.
    """

    system: str
    reason: str
    value: str
    keep: Keep
    threshold: float
    meaning: str
    source: str

    def passes(self, value: float | None) -> bool:
        """Whether a page with this value passes; no value, nothing to fail."""
        if value is None:
            return True
        low, inclusive = self.keep.startswith(">"), self.keep.endswith("=")
        return (inclusive and value == self.threshold) or (value > self.threshold if low else value < self.threshold)


def rules_of(system: str) -> tuple[Rule, ...]:
    """The rules of one system in the order in which datatrove tries them; none if the system is unknown."""
    return tuple(rule for rule in RULES if rule.system == system)


def failed_field(system: str) -> str:
    """The field with all reasons that fail, in the order of the rules."""
    return f"{system}_failed"


_Row = tuple[str, str, Keep, float, str]

_GOPHER_QUALITY: tuple[_Row, ...] = (
    ("gopher_short_doc", "words", ">=", 50, "Too few words (those made of punctuation alone do not count)."),
    ("gopher_long_doc", "words", "<=", 100_000, "Too many words (those made of punctuation alone do not count)."),
    ("gopher_below_avg_threshold", "mean_word_length", ">=", 3, "Words are too short on average."),
    ("gopher_above_avg_threshold", "mean_word_length", "<=", 10, "Words are too long on average."),
    ("gopher_too_many_hashes", "hashes_per_word", "<=", 0.1, "Too many hash signs for the number of words."),
    ("gopher_too_many_ellipsis", "ellipses_per_word", "<=", 0.1, "Too many ellipses for the number of words."),
    ("gopher_too_many_bullets", "bullet_lines", "<=", 0.9, "Too many lines begin with a bullet (• or -)."),
    ("gopher_too_many_end_ellipsis", "ellipsis_lines", "<=", 0.3, "Too many lines end with an ellipsis."),
    ("gopher_below_alpha_threshold", "alphabetic_words", ">=", 0.8, "Too few of the words have a letter."),
    (
        "gopher_enough_stop_words",
        "stop_words",
        ">=",
        2,
        "Too few of the words the, be, to, of, and, that, have, with (in lower case) are there.",
    ),
)


def _gopher_repetition() -> Iterator[_Row]:
    yield "empty", "characters", ">=", 1, "There is no text."
    yield "dup_para_frac", "duplicate_paragraphs", "<=", 0.3, "Too many paragraphs repeat an earlier one."
    yield "dup_para_char_frac", "duplicate_paragraph_characters", "<=", 0.2, "Too much text is in repeated paragraphs."
    yield "dup_line_frac", "duplicate_lines", "<=", 0.3, "Too many lines repeat an earlier one."
    yield "dup_line_char_frac", "duplicate_line_characters", "<=", 0.2, "Too much text is in repeated lines."
    for n, threshold in ((2, 0.20), (3, 0.18), (4, 0.16)):
        meaning = f"The most frequent run of {n} words takes too much of the text."
        yield f"top_{n}_gram", f"top_{n}_gram_characters", "<=", threshold, meaning
    for n, threshold in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10)):
        meaning = f"Too much text is in runs of {n} words that repeat an earlier run."
        yield f"duplicated_{n}_n_grams", f"duplicate_{n}_gram_characters", "<=", threshold, meaning


_C4_QUALITY: tuple[_Row, ...] = (
    ("lorem_ipsum", "lorem_ipsum_lines", "<=", 0, "A line holds the placeholder lorem ipsum."),
    ("curly_bracket", "curly_bracket_lines", "<=", 0, "A line holds a curly bracket, a sign of program code."),
    ("too_few_sentences", "sentences", ">=", 5, "Too few sentences in the lines that are kept."),
)

_FINEWEB_QUALITY: tuple[_Row, ...] = (
    ("empty", "lines", ">=", 1, "There is no line that is not blank."),
    ("line_punct_ratio", "punctuated_lines", ">=", 0.12, "Too few lines end with the mark of a sentence's end."),
    ("short_line_ratio", "short_lines", "<=", 0.67, "Too many lines have 30 characters or fewer."),
    ("char_dup_ratio", "duplicate_line_characters", "<=", 0.01, "Too much text is in repeated lines."),
    ("list_ratio", "newlines_per_word", "<=", 0.3, "Too many line ends for the number of words."),
)


def _rules(system: str, source: str, rows: tuple[_Row, ...]) -> Iterator[Rule]:
    for reason, measure, keep, threshold, meaning in rows:
        yield Rule(
            system=system,
            reason=reason,
            value=f"{system}_{measure}",
            keep=keep,
            threshold=threshold,
            meaning=meaning,
            source=source,
        )


RULES: tuple[Rule, ...] = (
    *_rules("gopher_quality", _GOPHER, _GOPHER_QUALITY),
    *_rules("gopher_repetition", _GOPHER, tuple(_gopher_repetition())),
    *_rules("c4_quality", _C4, _C4_QUALITY),
    *_rules("fineweb_quality", _FINEWEB, _FINEWEB_QUALITY),
)

SYSTEMS: tuple[str, ...] = tuple(dict.fromkeys(rule.system for rule in RULES))
