"""RedPajama-V2's signals in plain Python, one by one from their definitions: slow, and easy to check by eye."""

import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable

import regex

Score = float | None
#: A list of stop words, and one of words and phrases that should not be there.
Lists = tuple[frozenset[str], frozenset[str]]

BULLETS = tuple("\u2022\u2023\u25b6\u25c0\u25e6\u25a0\u25a1\u25aa\u25ab\u2013")
WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
#: The line rules: a line that fails is one for which this holds.
FAILS: dict[str, Callable[[float], bool]] = {
    "rps_lines_ending_with_terminal_punctution_mark": lambda score: score == 0,
    "rps_lines_javascript_counts": lambda score: score > 0,
    "rps_lines_num_words": lambda score: score < 3,
    "rps_lines_numerical_chars_fraction": lambda score: score == 1,
    "rps_lines_start_with_bulletpoint": lambda score: score == 1,
    "rps_lines_uppercase_letter_fraction": lambda score: score > 0.5,
}


def normalize(text: str) -> str:
    text = text.translate(WITHOUT_PUNCTUATION).lower().strip()
    return unicodedata.normalize("NFD", re.sub(r"\s+", " ", text))


def ngrams(words: list[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def top(words: list[str], n: int) -> float:
    counts = Counter(ngrams(words, n))
    best = max(counts, key=counts.__getitem__, default=())
    if not best or counts[best] == 1:
        return 0.0
    return len("".join(best)) * counts[best] / len("".join(words))


def duplicated(words: list[str], n: int) -> float:
    counts = Counter(ngrams(words, n))
    covered = {i + k for i, ngram in enumerate(ngrams(words, n)) if counts[ngram] > 1 for k in range(n)}
    return sum(len(words[i]) for i in covered) / len("".join(words)) if words else 0.0


def document_signals(text: str, lists: Lists) -> dict[str, Score]:
    stop_words, bad_words = lists
    raw, normal = regex.findall(r"\w+|[^\w\s]+", text), normalize(text)
    words, lines = normal.split(), re.findall(r"[^\n]*\n|[^\n]+", text)
    counts = Counter(words)
    lorem = len(re.findall("lorem ipsum", normal, re.IGNORECASE)) if "lorem ipsum" in normal else 0

    def of(number: float, whole: float) -> Score:
        return number / whole if whole else None

    return {
        "rps_doc_num_sentences": len(re.findall(r"\b[^.!?]+[.!?]*", text)),
        "rps_doc_word_count": len(words),
        "rps_doc_mean_word_length": of(len("".join(words)), len(words)),
        "rps_doc_symbol_to_word_ratio": of(sum(text.count(s) for s in ("#", "...", "\u2026")), len(raw)),
        "rps_doc_frac_lines_end_with_ellipsis": of(
            sum(line.rstrip().endswith(("...", "\u2026")) for line in lines), len(lines)
        ),
        "rps_doc_frac_no_alph_words": of(sum(not re.search("[a-zA-Z]", word) for word in raw), len(raw)),
        "rps_doc_frac_unique_words": of(len(counts), len(words)),
        "rps_doc_unigram_entropy": -sum(c / len(words) * math.log(c / len(words)) for c in counts.values())
        if words
        else None,
        "rps_doc_frac_all_caps_words": of(sum(word.isupper() for word in raw), len(raw)),
        "rps_doc_stop_word_fraction": sum(word in stop_words for word in raw) / len(raw) if words else 0.0,
        "rps_doc_curly_bracket": (text.count("{") + text.count("}")) / len(text) if text else 0.0,
        "rps_doc_lorem_ipsum": lorem / len(normal) if normal else 0.0,
        "rps_doc_ldnoobw_words": sum(
            " ".join(ngram) in bad_words
            for n in {1 + bad.count(" ") for bad in bad_words}
            for ngram in ngrams(words, n)
        ),
        **{f"rps_doc_frac_chars_top_{n}gram": top(words, n) for n in (2, 3, 4)},
        **{f"rps_doc_frac_chars_dupe_{n}grams": duplicated(words, n) for n in range(5, 11)},
    }


def line_scores(text: str) -> dict[str, list[float]]:
    raw = re.findall(r"[^\n]*\n|[^\n]+", text)
    normal = [normalize(line) for line in raw]
    return {
        "rps_lines_ending_with_terminal_punctution_mark": [
            float(line.rstrip().endswith((".", "!", "?", "\u201d"))) for line in raw
        ],
        "rps_lines_javascript_counts": [line.split().count("javascript") for line in normal],
        "rps_lines_num_words": [len(line.split()) for line in normal],
        "rps_lines_numerical_chars_fraction": [
            sum(map(str.isnumeric, line)) / len(line) if line else 0.0 for line in normal
        ],
        "rps_lines_start_with_bulletpoint": [float(line.lstrip().startswith(BULLETS)) for line in raw],
        "rps_lines_uppercase_letter_fraction": [sum(map(str.isupper, line)) / len(line) for line in raw],
    }


def of_lines(scores: dict[str, list[float]]) -> dict[str, Score]:
    """What a document gets from the scores of its lines; None where it has no line."""
    out: dict[str, Score] = {}
    for name, found in scores.items():
        out[f"{name}.mean"] = sum(found) / len(found) if found else None
        out[f"{name}.min"] = min(found, default=None)
        out[f"{name}.share"] = sum(map(FAILS[name], found)) / len(found) if found else None
    return out


def signals(text: str, lists: Lists) -> dict[str, Score]:
    return document_signals(text, lists) | of_lines(line_scores(text))
