"""RedPajama-V2's quality signals, computed: those that hang on the text alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from corpuscope.fields import Field, FieldType
from indexing.annotators.contract import WARM_UP, Annotator, Settings

_REPOSITORY = "RedPajama-Data (https://github.com/togethercomputer/RedPajama-Data, commit 6d2cee9d)"
_NORMALISED = "Normalised: without ASCII punctuation, in lower case, decomposed (NFD), words parted by white space."
_CUT = r"Cut as \w+|[^\w\s]+ by NLTK 3.10, whose words include combining marks; older NLTK cuts at them."
_LINES = r"A line ends with \n; empty lines count."
_LONGEST = float(2**63 - 1)

_SHARES = tuple(i / 20 for i in range(21))
_RARE = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_COUNTS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 10_000.0, 100_000.0)
_LENGTHS = (0.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 10.0, 20.0, 100.0)
_ENTROPIES = tuple(i / 2 for i in range(21))


def _field(
    name: str,
    meaning: str,
    caveat: str = "",
    *,
    type: FieldType = "double",
    highest: float = 1.0,
    bins: tuple[float, ...] = _SHARES,
    source: str = _REPOSITORY,
) -> Field:
    return Field(
        name=name,
        type=type,
        origin="redpajama_v2",
        meaning=meaning,
        source=source,
        caveat=caveat,
        range=(0.0, highest),
        bins=bins,
    )


def _count(name: str, meaning: str, caveat: str = "") -> Field:
    return _field(name, meaning, caveat, type="int", highest=_LONGEST, bins=_COUNTS)


_DOCUMENT_FIELDS = (
    _count(
        "rps_doc_num_sentences",
        r"Number of matches of \b[^.!?]+[.!?]* in the text.",
        "Abbreviations and numbers with points count as several sentences.",
    ),
    _field(
        "rps_doc_frac_no_alph_words",
        "Words without a letter from a to z or A to Z, of all words.",
        f"{_CUT} Punctuation is a word, and so is each word in another script. Null without a word.",
    ),
    _field(
        "rps_doc_frac_all_caps_words",
        "Words in capitals, of all words.",
        f"{_CUT} Null without a word.",
    ),
    _field(
        "rps_doc_stop_word_fraction",
        "Words that are in the English list of stop words of stopwords-json, of all words.",
        f"{_CUT} The English list is used whatever the language; words with a capital are not found. 0 without a word.",
        source=f"{_REPOSITORY}; stopwords-json (https://github.com/6/stopwords-json, Apache-2.0)",
    ),
    _field(
        "rps_doc_symbol_to_word_ratio",
        "Occurrences of #, ... and \u2026, divided by the number of words.",
        f"{_CUT} Null without a word.",
        highest=_LONGEST,
        bins=_RARE,
    ),
    _field("rps_doc_curly_bracket", "Curly brackets, of all characters.", "0 in an empty text.", bins=_RARE),
    _field(
        "rps_doc_frac_lines_end_with_ellipsis",
        "Lines that end with ... or \u2026, of all lines.",
        f"{_LINES} Null in an empty text.",
    ),
    _count("rps_doc_word_count", "Number of normalised words.", _NORMALISED),
    _field(
        "rps_doc_mean_word_length",
        "Mean length of the normalised words, in characters.",
        f"{_NORMALISED} Null without a word.",
        highest=_LONGEST,
        bins=_LENGTHS,
    ),
    _field(
        "rps_doc_frac_unique_words",
        "Different normalised words, of all normalised words.",
        f"{_NORMALISED} Falls with the length of a text. Null without a word.",
    ),
    _field(
        "rps_doc_unigram_entropy",
        "Entropy of the distribution of the normalised words: the sum of -p log p, with natural logarithms.",
        f"{_NORMALISED} Grows with the length of a text. Null without a word.",
        highest=_LONGEST,
        bins=_ENTROPIES,
    ),
    *(
        _field(
            f"rps_doc_frac_chars_top_{n}gram",
            f"Characters in all occurrences of the most frequent {n}-gram of normalised words, of those of all words.",
            f"{_NORMALISED} 0 where none occurs twice. Above 1 where occurrences overlap.",
            highest=float(n),
        )
        for n in (2, 3, 4)
    ),
    *(
        _field(
            f"rps_doc_frac_chars_dupe_{n}grams",
            f"Characters of normalised words in {n}-grams that occur more than once, of those of all words.",
            f"{_NORMALISED} The first occurrence counts too; each word counts once.",
        )
        for n in range(5, 11)
    ),
    _count(
        "rps_doc_ldnoobw_words",
        "Occurrences of the words and phrases of the English list LDNOOBW among the normalised words.",
        f"{_NORMALISED} The English list is used whatever the language; it has words that are harmless in many texts.",
    ),
    _field(
        "rps_doc_lorem_ipsum",
        "Occurrences of lorem ipsum, divided by the number of normalised characters.",
        f"{_NORMALISED} 0 without a word.",
        bins=_RARE,
    ),
)


def _line_fields(
    name: str, score: str, failing: str, rule: str, caveat: str = "", *, counts: bool = False
) -> tuple[Field, ...]:
    """Mean, least, and share of lines that fail."""
    notes = " ".join(note for note in (_LINES, caveat, "Null in an empty text.") if note)
    highest, bins = (_LONGEST, _COUNTS) if counts else (1.0, _SHARES)
    kind: FieldType = "int" if counts else "double"
    return (
        _field(f"{name}.mean", f"{score}: mean over the lines.", notes, highest=highest, bins=bins),
        _field(f"{name}.min", f"{score}: least of all lines.", notes, type=kind, highest=highest, bins=bins),
        _field(f"{name}.share", f"Lines that fail: {failing}, of all lines.", notes, source=f"{_REPOSITORY}; {rule}"),
    )


_C4 = "rule of C4 (Raffel et al., 2020)"
_GOPHER = "rule of Gopher (Rae et al., 2021), there for nine lines of ten"
_REFINED_WEB = "rule of RefinedWeb (Penedo et al., 2023)"

_LINE_FIELDS = (
    *_line_fields(
        "rps_lines_ending_with_terminal_punctution_mark",
        "Whether a line ends with . ! ? or \u201d (1) or not (0)",
        "those that end otherwise",
        _C4,
    ),
    *_line_fields(
        "rps_lines_start_with_bulletpoint",
        "Whether a line starts with one of ten bullets (1) or not (0)",
        "those that start with one",
        _GOPHER,
        "Bullets: \u2022 \u2023 \u25b6 \u25c0 \u25e6 \u25a0 \u25a1 \u25aa \u25ab \u2013; neither - nor *.",
    ),
    *_line_fields(
        "rps_lines_uppercase_letter_fraction",
        "Upper-case letters of a line, of its characters",
        "those with more than a half in upper case",
        _REFINED_WEB,
        "The paper says mainly; a half is this program's reading.",
    ),
    *_line_fields(
        "rps_lines_javascript_counts",
        "Occurrences of the word javascript in a line",
        "those with the word",
        _C4,
        _NORMALISED,
        counts=True,
    ),
    *_line_fields(
        "rps_lines_num_words", "Words of a line", "those with fewer than 3 words", _C4, _NORMALISED, counts=True
    ),
    *_line_fields(
        "rps_lines_numerical_chars_fraction",
        "Numerical characters of a line, of its characters",
        "those of numerical characters alone",
        _REFINED_WEB,
        f"{_NORMALISED} Spaces inside a line count as characters.",
    ),
)
FIELDS = (*_DOCUMENT_FIELDS, *_LINE_FIELDS)

#: The reference publishes so many decimals.
_DECIMALS = 8


def annotate(batch: pa.RecordBatch, settings: Settings) -> list[pa.Array]:
    """Compute all signals; null where the reference has no value, and where there is no text."""
    from indexing.signals.redpajama import SIGNALS, compute_signals

    column = batch.column("text")
    figures = dict(zip(SIGNALS, np.round(compute_signals(column), _DECIMALS).T, strict=True))
    missing = np.asarray(column.is_null())
    return [
        pa.array(figures[f.name], mask=missing | np.isnan(figures[f.name])).cast(f.arrow_type, safe=False)
        for f in FIELDS
    ]


REDPAJAMA_V2 = Annotator(
    name="redpajama_v2",
    version="1",
    fields=FIELDS,
    needs=("text",),
    annotate=annotate,
    cost="about 9,000 web pages of 3 kB a second",
    warm_up=WARM_UP,
)
