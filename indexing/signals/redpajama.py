"""RedPajama-V2's signals of many texts: all that hang on the text alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from corpuscope.compiled import compiled
from indexing.signals.characters import Classes, classes
from indexing.signals.codepoints import Codes, Offsets, code_points
from indexing.signals.hashing import Table, new_table
from indexing.signals.normalizing import LONGEST, Forms, forms, normalize
from indexing.signals.redpajama_lines import write_lines
from indexing.signals.redpajama_raw import Figures, write_sentences, write_symbols, write_words
from indexing.signals.redpajama_words import (
    Words,
    count_listed,
    count_lorem_ipsum,
    cut_words,
    new_words,
    total,
    write_repetitions,
    write_variety,
)
from indexing.signals.word_lists import WordLists, hash_word, word_lists

#: In the order of the figures.
DOCUMENT_SIGNALS = (
    "rps_doc_num_sentences",
    "rps_doc_frac_no_alph_words",
    "rps_doc_frac_all_caps_words",
    "rps_doc_stop_word_fraction",
    "rps_doc_symbol_to_word_ratio",
    "rps_doc_curly_bracket",
    "rps_doc_frac_lines_end_with_ellipsis",
    "rps_doc_word_count",
    "rps_doc_mean_word_length",
    "rps_doc_frac_unique_words",
    "rps_doc_unigram_entropy",
    *(f"rps_doc_frac_chars_top_{n}gram" for n in range(2, 5)),
    *(f"rps_doc_frac_chars_dupe_{n}grams" for n in range(5, 11)),
    "rps_doc_ldnoobw_words",
    "rps_doc_lorem_ipsum",
)
#: Each has three figures: the mean, the least, and the share of lines that fail.
LINE_SIGNALS = (
    "rps_lines_ending_with_terminal_punctution_mark",
    "rps_lines_start_with_bulletpoint",
    "rps_lines_uppercase_letter_fraction",
    "rps_lines_javascript_counts",
    "rps_lines_num_words",
    "rps_lines_numerical_chars_fraction",
)
SIGNALS = (*DOCUMENT_SIGNALS, *(f"{name}.{what}" for name in LINE_SIGNALS for what in ("mean", "min", "share")))


class Tables(NamedTuple):
    """What is known of characters and words."""

    classes: Classes
    forms: Forms
    lists: WordLists
    javascript: np.uint64


class Room(NamedTuple):
    """Memory for the work on one text, used for one after the other."""

    kinds: Classes
    normal: Codes
    normal_kinds: Classes
    words: Words
    table: Table


def compute_signals(column: pa.Array) -> Figures:
    """The signals of texts, rows x SIGNALS, unrounded; NaN where one has no value, and a null is as an empty text."""
    codes, starts = code_points(column)
    tables = Tables(classes(), forms(), word_lists(), hash_word("javascript"))
    longest, normal = longest_texts(codes, starts)
    words = normal // 2 + 1
    kinds = np.empty(longest, np.uint16)
    room = Room(kinds, np.empty(normal, np.uint32), np.empty(normal, np.uint16), new_words(words), new_table(words))
    out = np.empty((len(column), len(SIGNALS)))
    compute(codes, starts, tables, room, out)
    return out


@compiled
def longest_texts(codes: Codes, starts: Offsets) -> tuple[int, int]:
    """Length of the longest text, and of the longest that normalising may make."""
    longest = normal = 0
    for row in range(len(starts) - 1):
        size = starts[row + 1] - starts[row]
        beyond_ascii = 0
        for i in range(starts[row], starts[row + 1]):
            beyond_ascii += codes[i] >= 0x80
        longest = max(longest, size)
        normal = max(normal, size + (LONGEST - 1) * beyond_ascii)
    return longest, normal


@compiled
def compute(codes: Codes, starts: Offsets, tables: Tables, room: Room, out: Figures) -> None:
    """Compute the signals of every row."""
    for row in range(len(starts) - 1):
        text = codes[starts[row] : starts[row + 1]]
        size = normalize(text, tables.classes, tables.forms, room.normal)
        classify(text, tables.classes, room.kinds)
        classify(room.normal[:size], tables.classes, room.normal_kinds)
        compute_one(text, room.kinds[: len(text)], room.normal[:size], room.normal_kinds[:size], tables, room, out[row])


@compiled
def classify(codes: Codes, classes: Classes, out: Classes) -> None:
    """Look up the class of each character."""
    for i in range(len(codes)):
        out[i] = classes[codes[i]]


@compiled
def compute_one(
    text: Codes, kinds: Classes, normal: Codes, normal_kinds: Classes, tables: Tables, room: Room, out: Figures
) -> None:
    """Compute the signals of one text."""
    words = room.words
    count = cut_words(normal, normal_kinds, words)
    length = total(words.lengths[:count]) + count - 1
    write_sentences(kinds, out[0:1])
    raw_words = write_words(text, kinds, tables.lists.stop_words, out[1:4])
    if count == 0:
        out[3] = 0.0
    write_symbols(text, raw_words, out[4:6])
    write_variety(words, count, room.table, out[7:11])
    write_repetitions(words, count, room.table, out[11:20])
    out[20] = count_listed(words.hashes[:count], tables.lists.bad_words)
    out[21] = count_lorem_ipsum(normal, words, count) / length if count else 0.0
    lines, ellipses = write_lines(text, kinds, words, count, normal_kinds, tables.javascript, out[22:40])
    out[6] = ellipses / lines if lines else np.nan
