"""Examples made from examples: disguised bad words, and posts that stand in the middle of clean text."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from indexing.toxicity.data import Example
from indexing.toxicity.windows import LONGEST

_VOWEL = re.compile("[aeiou]")
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")


def disguised(examples: Sequence[Example], words: Any, count: int, rng: random.Random) -> list[Example]:
    """Up to `count` toxic examples with their bad words written as f*ck, f**k or f_u_c_k."""
    out: list[Example] = []
    for example in rng.sample(examples, len(examples)):
        if len(out) == count:
            break
        if example.toxic and words.search(example.text):
            text = words.sub(lambda match: _disguise(match.group(), rng), example.text)
            out.append(replace(example, text=text, source="disguised"))
    return out


def starred(examples: Sequence[Example], count: int, rng: random.Random) -> list[Example]:
    """`count` harmless examples with a harmless word disguised in the same ways, so that stars alone say nothing."""
    clean = [e for e in examples if e.toxic is False and _LONG_WORD.search(e.text)]
    return [
        replace(
            e, text=_LONG_WORD.sub(lambda match: _disguise(match.group(), rng), e.text, count=1), source="disguised"
        )
        for e in rng.sample(clean, min(count, len(clean)))
    ]


def _disguise(word: str, rng: random.Random) -> str:
    way = rng.randrange(4)
    if way == 0:
        return _VOWEL.sub("*", word, count=1)
    if way == 1:
        return word[0] + "*" * max(1, len(word) - 2) + word[-1]
    if way == 2:
        return rng.choice(" .-_").join(word)
    return word.translate(str.maketrans("aeios", "43105"))


def embedded(examples: Sequence[Example], clean: Sequence[str], count: int, rng: random.Random) -> Iterator[Example]:
    """Posts in the middle of clean text, in one window; they keep their targets."""
    short = [e for e in examples if 20 < len(e.text) < LONGEST // 2]
    for example in rng.sample(short, min(count, len(short))):
        room = LONGEST - len(example.text) - 4
        frame = rng.choice(clean)[: rng.randrange(room // 3, room)]
        break_at = frame.rfind(" ", 0, rng.randrange(len(frame) + 1)) + 1
        joint = rng.choice(("\n", " "))
        text = f"{frame[:break_at]}{joint}{example.text}{joint}{frame[break_at:]}"
        yield replace(example, text=text.strip(), source="embedded")
