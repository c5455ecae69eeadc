"""The fields of the toxicity annotator by name, and where it flags: what jobs, counts and pages share."""

from __future__ import annotations

#: The highest probability of any piece of a document, 0 to 1.
FIELD = "toxicity"
#: The mean over its pieces, and the share of its pieces that are flagged.
MEAN, SHARE = "toxicity_mean", "toxicity_share"
#: Places in the text as "start-end probability": code points, the end exclusive.
SPANS = "toxicity_spans"
#: Words of the lists, and their places as "start-end category".
WORDS, WORD_SPANS = "toxicity_words", "toxicity_word_spans"
#: From here on a document is flagged, unless the reader says otherwise.
DEFAULT_THRESHOLD = 0.5
