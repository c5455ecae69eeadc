"""The values that the quality rules judge, computed in plain Python, one text at a time."""

import re
from collections import Counter

from corpuscope.english.characters import PUNCTUATION, TERMINAL, members
from corpuscope.english.words import count_sentences, words

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


def plain_values(text: str) -> dict[str, float | None]:
    cut = [text[start:end] for start, end in words(text)]
    return {**_quality(text, cut), **_repetition(text, cut), **_c4(text), **_fineweb(text, cut)}


def _part(count: float, whole: float) -> float | None:
    return count / whole if whole else None


def _quality(text, cut):
    proper = [len(w) for w in cut if not set(w) <= members(PUNCTUATION)]
    lines = text.splitlines()
    values = {
        "words": len(proper),
        "mean_word_length": _part(sum(proper), len(proper)),
        "hashes_per_word": _part(text.count("#"), len(cut)),
        "ellipses_per_word": _part(text.count("...") + text.count("…"), len(cut)),
        "bullet_lines": _part(sum(line.lstrip().startswith(("•", "-")) for line in lines), len(lines)),
        "ellipsis_lines": _part(sum(line.rstrip().endswith(("...", "…")) for line in lines), len(lines)),
        "alphabetic_words": _part(sum(any(c.isalpha() for c in w) for w in cut), len(cut)),
        "stop_words": len(STOP_WORDS & set(cut)),
    }
    return {f"gopher_quality_{name}": value for name, value in values.items()}


def _repeats(pieces):
    again = [piece for i, piece in enumerate(pieces) if piece in pieces[:i]]
    return len(again), sum(map(len, again))


def _repeated_runs(cut, n):
    met, characters, i = set(), 0, 0
    while i + n <= len(cut):
        run = "".join(cut[i : i + n])
        characters += len(run) * (run in met)
        i += n if run in met else 1
        met.add(run)
    return characters


def _top_run(cut, n):
    runs = [" ".join(cut[i : i + n]) for i in range(len(cut) - n + 1)]
    return max((len(run) * count for run, count in Counter(runs).most_common(1)), default=None)


def _repetition(text, cut):
    values = {"characters": len(text)}
    if text:
        counts = {}
        for name, pieces in (("paragraph", re.split(r"\n{2,}", text.strip())), ("line", re.split(r"\n+", text))):
            again, counts[f"duplicate_{name}_characters"] = _repeats(pieces)
            values[f"duplicate_{name}s"] = again / len(pieces)
        counts |= {f"top_{n}_gram_characters": _top_run(cut, n) for n in (2, 3, 4)}
        counts |= {f"duplicate_{n}_gram_characters": _repeated_runs(cut, n) for n in range(5, 11)}
        values |= {name: None if count is None else count / len(text) for name, count in counts.items()}
    return {f"gopher_repetition_{name}": value for name, value in values.items()}


def _c4(text):
    counts = Counter()
    for line in map(str.strip, text.splitlines()):
        cut = line.split()
        line_now = re.sub(r"\[\d*]|\[edit]|\[citation needed]", "", line)
        lower = line_now.lower()
        long = len(cut) >= 3 and max(map(len, cut)) <= 1000
        counts["lorem_ipsum_lines"] += long and "lorem ipsum" in lower
        counts["curly_bracket_lines"] += long and "{" in line_now and "javascript" not in lower
        if long and "javascript" not in lower and not any(phrase in lower for phrase in POLICY):
            counts["sentences"] += count_sentences(line_now)
        elif line:
            counts["dropped_lines"] += 1
            counts["dropped_characters"] += len(line)
    names = ("lorem_ipsum_lines", "curly_bracket_lines", "sentences", "dropped_lines", "dropped_characters")
    return {f"c4_quality_{name}": counts[name] for name in names}


def _fineweb(text, cut):
    lines = [line for line in text.split("\n") if line.strip()]
    characters = len(text.replace("\n", ""))
    values = {
        "lines": len(lines),
        "punctuated_lines": _part(sum(line[-1] in members(TERMINAL) for line in lines), len(lines)),
        "short_lines": _part(sum(len(line) <= 30 for line in lines), len(lines)),
        "duplicate_line_characters": _part(_repeats(lines)[1], characters) if lines else None,
        "newlines_per_word": _part(text.count("\n"), len(cut)),
    }
    return {f"fineweb_quality_{name}": value for name, value in values.items()}
