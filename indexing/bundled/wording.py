"""How hard the words and sentences of a text are, in numbers: lengths, syllables, and how rare the words are."""

from __future__ import annotations

import numpy as np

from corpuscope.compiled import compiled
from indexing.bundled.layout import Figures
from indexing.bundled.tokenizing import LINE, MARK, WORD, Hashes, Tokens, lower_of
from indexing.bundled.vectors import Floats, Words, find_word
from indexing.signals.codepoints import Codes

#: How many figures there are.
WORDING = 13
#: Of the words' rarities from the rarest on, these hundredths are looked at.
_HUNDREDTHS = (5, 10, 20, 35, 50)


@compiled
def measure_wording(
    words: Words, codes: Codes, tokens: Tokens, count: int, rarities: Floats, seen: Hashes, out: Figures
) -> None:
    """Write the WORDING figures of a text; `rarities` and `seen` have room for a number of each word."""
    out[:] = 0
    number = syllables = long = sentences = known = 0
    total = 0.0
    for i in range(count):
        if tokens.kinds[i] == WORD:
            parts = count_syllables(codes, tokens.starts[i], tokens.ends[i])
            syllables += parts
            long += parts >= 3
            seen[number] = tokens.hashes[i]
            number += 1
            k = find_word(words, tokens.hashes[i])
            if k >= 0:
                rarities[known] = words.rarity[k]
                total += words.rarity[k]
                known += 1
        elif ends_sentence(codes, tokens, count, i):
            sentences += 1
    if number == 0:
        return
    per_sentence = number / max(1, sentences)
    per_word = syllables / number
    ordered = np.sort(rarities[:known])
    for h in range(len(_HUNDREDTHS)):
        out[h] = ordered[known * _HUNDREDTHS[h] // 100] if known else 0
    out[5] = total / known if known else 0
    out[6] = 1 - known / number
    out[7] = per_sentence
    out[8] = np.log(per_sentence)
    out[9] = per_word
    out[10] = long / number
    out[11] = len(np.unique(seen[:number])) / number
    out[12] = 206.835 - 1.015 * per_sentence - 84.6 * per_word  # Flesch (1948)


@compiled
def ends_sentence(codes: Codes, tokens: Tokens, count: int, at: int) -> bool:
    """Whether a token is . ! or ? with a space, a line end, a mark that is none of these, or nothing behind it."""
    if tokens.kinds[at] != MARK or not _is_stop(codes[tokens.starts[at]]):
        return False
    if at + 1 == count or tokens.kinds[at + 1] >= LINE:
        return True
    if tokens.kinds[at + 1] == MARK:
        return not _is_stop(codes[tokens.starts[at + 1]])
    return bool(tokens.starts[at + 1] > tokens.ends[at])


@compiled
def _is_stop(code: np.uint32) -> bool:
    return bool(code == 0x2E or code == 0x21 or code == 0x3F)


@compiled
def count_syllables(codes: Codes, start: int, end: int) -> int:
    """Groups of vowels, one e at the end not counted, and at least one."""
    groups = 0
    within = False
    for i in range(start, end):
        vowel = _is_vowel(lower_of(codes[i]))
        groups += vowel and not within
        within = vowel
    if end - start > 2 and lower_of(codes[end - 1]) == 0x65:
        groups -= 1
    return max(1, groups)


@compiled
def _is_vowel(code: np.uint32) -> bool:
    return bool(code == 0x61 or code == 0x65 or code == 0x69 or code == 0x6F or code == 0x75 or code == 0x79)
