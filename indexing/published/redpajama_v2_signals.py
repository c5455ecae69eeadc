"""The quality signals of RedPajama-V2, one by one: what each measures, its range, and the rules over its lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpuscope.fields import FieldType
from indexing.published.values import PROBABILITY

SOURCE = "togethercomputer/RedPajama-Data, commit 6d2cee9d."

_SHARE = (0.0, 1.0)
_AMOUNT = (0.0, float(2**53))
_LENGTHS = (0.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)


@dataclass(frozen=True)
class Signal:
    """A signal of a whole document."""

    meaning: str
    range: tuple[float, float] | None = _SHARE
    bins: tuple[float, ...] | None = None
    type: FieldType = "double"


@dataclass(frozen=True)
class LineRule:
    """A signal of each line, and a published rule by which lines fail."""

    meaning: str
    says: str
    source: str
    fails: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]]
    least: FieldType = "double"


def _count(meaning: str) -> Signal:
    return Signal(meaning, (0.0, float(2**53)), _LENGTHS, "int")


def _top(words: int) -> Signal:
    about = f"Characters in the most frequent {words}-gram of words, divided by characters of all words."
    return Signal(about, (0.0, float(words)))  # occurrences that overlap count twice


def _repeated(words: int) -> Signal:
    return Signal(f"Characters of words in a repeated {words}-gram of words, divided by characters of all words.")


def _probability(target: str) -> Signal:
    return Signal(f"Probability that a classifier gives to {target}.", PROBABILITY)


def _importance(target: str) -> dict[str, Signal]:
    about = f"Importance weight (log-likelihood ratio of hashed words and word pairs) towards {target}"
    return {
        f"rps_doc_{target}_importance": Signal(f"{about}.", range=None),
        f"rps_doc_{target}_importance_length_correction": Signal(f"{about}, corrected for length.", range=None),
    }


SIGNALS: dict[str, Signal] = {
    "ccnet_length": _count("Characters after CCNet's deduplication of lines."),
    "ccnet_nlines": _count("Lines after CCNet's deduplication of lines."),
    "ccnet_original_length": _count("Characters before CCNet's deduplication of lines."),
    "ccnet_original_nlines": _count("Lines before CCNet's deduplication of lines."),
    "ccnet_language_score": Signal("Confidence of CCNet's language identification.", PROBABILITY),
    "ccnet_perplexity": Signal("Perplexity under CCNet's 5-gram model of Wikipedia in the page's language.", _AMOUNT),
    "ccnet_bucket": Signal("Third of the language by perplexity: head, middle or tail.", (0.0, 2.0)),
    "rps_doc_num_sentences": _count("Sentences, cut at . ! and ?."),
    "rps_doc_word_count": _count("Words of the normalised text."),
    "rps_doc_mean_word_length": Signal("Mean length of the words of the normalised text.", _AMOUNT),
    "rps_doc_symbol_to_word_ratio": Signal("Occurrences of #, ... and …, divided by words.", _AMOUNT),
    "rps_doc_frac_lines_end_with_ellipsis": Signal("Share of lines that end with an ellipsis."),
    "rps_doc_frac_no_alph_words": Signal("Share of words without a letter from a to z."),
    "rps_doc_frac_unique_words": Signal("Distinct words divided by words, normalised text."),
    "rps_doc_unigram_entropy": Signal("Entropy (natural logarithm) of the words of the normalised text.", _AMOUNT),
    "rps_doc_frac_all_caps_words": Signal("Share of words in capitals."),
    "rps_doc_stop_word_fraction": Signal("Stop words divided by words."),
    "rps_doc_curly_bracket": Signal("{ and } divided by characters."),
    "rps_doc_lorem_ipsum": Signal("Occurrences of lorem ipsum divided by characters of the normalised text."),
    **{f"rps_doc_frac_chars_top_{n}gram": _top(n) for n in (2, 3, 4)},
    **{f"rps_doc_frac_chars_dupe_{n}grams": _repeated(n) for n in (5, 6, 7, 8, 9, 10)},
    "rps_doc_ldnoobw_words": _count("Occurrences of entries of the LDNOOBW list of bad words."),
    "rps_doc_ut1_blacklist": Signal("Number of the set of UT1 categories of the page's domain.", None),
    "rps_doc_ml_wikiref_score": _probability("a reference of Wikipedia (English)"),
    "rps_doc_ml_palm_score": _probability("Wikipedia, books or OpenWebText (English)"),
    "rps_doc_ml_wikipedia_score": _probability("Wikipedia (other than English)"),
    **_importance("wikipedia"),
    **_importance("books"),
    **_importance("openwebtext"),
}

_C4 = "C4 (Raffel et al., 2020)"
_REFINEDWEB = "RefinedWeb (Penedo et al., 2023)"

LINE_RULES: dict[str, LineRule] = {
    "rps_lines_ending_with_terminal_punctution_mark": LineRule(
        "whether it ends with . ! ? or ”.", "it ends without a terminal mark.", _C4, lambda v: v == 0
    ),
    "rps_lines_javascript_counts": LineRule(
        "occurrences of the word javascript.", "it holds the word javascript.", _C4, lambda v: v > 0, least="int"
    ),
    "rps_lines_num_words": LineRule("words.", "it has fewer than 3 words.", _C4, lambda v: v < 3, least="int"),
    "rps_lines_numerical_chars_fraction": LineRule(
        "share of numeric characters.", "it has only numeric characters.", _REFINEDWEB, lambda v: v >= 1
    ),
    "rps_lines_start_with_bulletpoint": LineRule(
        "whether it begins with a bullet.", "it begins with a bullet.", "Gopher (Rae et al., 2021)", lambda v: v > 0
    ),
    "rps_lines_uppercase_letter_fraction": LineRule(
        "share of upper-case characters.", "more than half of it is upper case.", _REFINEDWEB, lambda v: v > 0.5
    ),
}
