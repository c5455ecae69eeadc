"""What the fields of toxicity are called, and from where on a stretch of text counts as toxic."""

from __future__ import annotations

from typing import Literal, get_args

WordCategory = Literal["slur", "profanity", "insult", "violence", "sexual"]
WORD_CATEGORIES: tuple[WordCategory, ...] = get_args(WordCategory)

#: A window is flagged from this probability on.
THRESHOLD = 0.5
#: Flagged windows and word hits that a document keeps the places of, at most; the worst and the first.
MOST_SPANS = 100

SCORE, MEAN, SHARE = "toxicity", "toxicity_mean", "toxicity_share"
SPANS = "toxicity_spans"
WORDS, WORD_SPANS = "toxicity_words", "toxicity_word_spans"
